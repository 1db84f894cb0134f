"""Totals: whether it is asked how many there are of something in all, and how plainly a sentence tells it."""

from __future__ import annotations

import re

from kb.language.figures import find_figures
from kb.language.questions import Asked
from kb.language.stems import has_stem, same_stem
from kb.language.words import fold, stem, tokenize

MOST_BESIDE = 6
"""Words beside the question's from which a sentence is about something else."""
ON_THEM = 0.5
"""How plainly a sentence tells it whose subject is all that are counted, whatever else it says."""
_IN_ALL = re.compile(r"\b(?:ci sono|esistono|in tutto|in totale|complessivamente)\b|^quanti sono: ")
_ARTICLES = ("", "i", "gli", "le")


def asks_how_many_in_all(asked: Asked) -> bool:
    """True for a question how many there are of something and no more ("quanti Comuni ci sono nell'area?")."""
    if asked.counted is None:
        return False
    return asked.focus == (asked.counted,) or bool(_IN_ALL.search(fold(asked.text)))


def plainness(asked: Asked, words: frozenset[str], text: str) -> float:
    """In [0, 1]: how little else than the question a sentence says, where all that is asked is how many there are."""
    if not asks_how_many_in_all(asked):
        return 0.0
    beside = sum(not word[0].isdigit() and not has_stem(asked.focus, word) for word in words)
    return max(0.0, 1 - beside / MOST_BESIDE, ON_THEM * _is_on_all(asked, text))


def _is_on_all(asked: Asked, text: str) -> bool:
    """True for "I dieci Driver sono …", not for "le azioni dei dieci Driver"."""
    figure = next(iter(find_figures(text)), None)
    if figure is None or fold(text[: figure.start]).strip() not in _ARTICLES:
        return False
    return any(same_stem(word, asked.counted or "") for word in stem(tokenize(text[figure.end :])[:1]))
