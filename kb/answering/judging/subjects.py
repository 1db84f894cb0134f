"""Subjects: of whom a yes-or-no question asks its verb ("la scuola" in "la scuola può produrre energia?")."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from kb.answering.judging.expected import same_stem
from kb.language.questions import Asked, Expectation
from kb.language.words import stem, tokenize

_EVERYWHERE = "Piano strategico, Agenda strategica, Driver, Città metropolitana di Milano, Ente, Comune, Comuni"
"""Subjects of nearly every sentence, which a sentence need not repeat."""


def subject_words(asked: Asked) -> tuple[str, ...]:
    """The stems before the verb that a yes-or-no question turns on, but for those that stand everywhere."""
    if asked.expects is not Expectation.YES_NO or asked.relation is None or asked.language == "en":
        return ()
    verb = next((at for at, word in enumerate(asked.focus) if same_stem(word, asked.relation or "")), 0)
    return tuple(word for word in asked.focus[:verb] if word not in _everywhere() and not word[0].isdigit())


def subject_held(asked: Asked, held: Mapping[str, float], nearby: Mapping[str, float]) -> float:
    """
    In [0, 1]: how far a sentence, or what stands around it, tells of the subject; 1 where there is none.

    Who else produces energy says nothing of whether schools do.
    """
    wanted = [word for word in subject_words(asked) if word in held]
    return max((max(held[word], nearby[word]) for word in wanted), default=1.0)


@lru_cache(maxsize=1)
def _everywhere() -> frozenset[str]:
    return frozenset(stem(tokenize(_EVERYWHERE)))
