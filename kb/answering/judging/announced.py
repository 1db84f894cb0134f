"""Announced: the number of things that a sentence says will follow ("tre sono le linee di lavoro")."""

from __future__ import annotations

import re

from kb.language import kinship
from kb.language.figures import LABEL_BEFORE, FigureKind, find_figures
from kb.language.words import stem, tokenize

MAX_LIST_ITEMS = 12
"""A longer list is not given whole."""

_THING = re.compile(
    r"\b(?:line|ass|livell|obiettiv|front|direttric|azion|mission|driver|filon|punt|tip|caratter|aspett|priorità|fas)\w*",
    re.IGNORECASE,
)
_WORDS_BETWEEN = 4


def announced(text: str, *, thing: str | None = None) -> int | None:
    """
    The number, 2 to MAX_LIST_ITEMS; None where the sentence announces none.

    thing: the stem of what it must be a number of; of any usual one without it.
    """
    for figure in find_figures(text):
        if figure.kind is not FigureKind.NUMBER or LABEL_BEFORE.search(text[: figure.start]):
            continue
        after = text[figure.end :].split()[:_WORDS_BETWEEN]
        if any(_THING.match(word) for word in after) and _are(thing, after) and figure.value.isdigit():
            return int(figure.value) if 2 <= int(figure.value) <= MAX_LIST_ITEMS else None
    return None


def _are(thing: str | None, words: list[str]) -> bool:
    if thing is None:
        return True
    stems = stem(tokenize(" ".join(words)))
    return any(word == thing or kinship.nearness(thing, word) > 0 for word in stems)
