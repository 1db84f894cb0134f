"""Subjects: of whom a verb is asked ("la scuola può produrre energia?"), and what a follow-up goes on about."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kb.language.own_words import everywhere
from kb.language.questions import Asked, Expectation, focus_stems
from kb.language.stems import same_stem

_BRACKETS = re.compile(r"\((?P<subject>[^()]+)\)\s*\?$")


def subject_words(asked: Asked) -> tuple[str, ...]:
    """
    The stems before the verb that a yes-or-no question turns on, or in the brackets that complete a follow-up.

    Those that stand everywhere are left out: a sentence need not repeat them.
    """
    if before := _BRACKETS.search(asked.text):
        said = frozenset(focus_stems(before["subject"])) - everywhere()
        return tuple(word for word in asked.focus if word in said and not word[0].isdigit())
    if asked.expects is not Expectation.YES_NO or asked.relation is None or asked.language == "en":
        return ()
    verb = next((at for at, word in enumerate(asked.focus) if same_stem(word, asked.relation or "")), 0)
    return tuple(word for word in asked.focus[:verb] if word not in everywhere() and not word[0].isdigit())


def subject_held(asked: Asked, held: Mapping[str, float], nearby: Mapping[str, float]) -> float:
    """
    In [0, 1]: how far a sentence, or what stands around it, tells of the subject; 1 where there is none.

    Who else produces energy says nothing of whether schools do.
    """
    wanted = [word for word in subject_words(asked) if word in held]
    return max((max(held[word], nearby[word]) for word in wanted), default=1.0)
