"""Announced: the number of things that a sentence says will follow ("tre sono le linee di lavoro")."""

from __future__ import annotations

import re

from kb.language.figures import LABEL_BEFORE, FigureKind, find_figures

MAX_LIST_ITEMS = 12
"""A longer list is not given whole."""

_THING = re.compile(
    r"\b(?:line|ass|livell|obiettiv|front|direttric|azion|mission|driver|filon|punt|tip|caratter|aspett|priorità|fas)\w*",
    re.IGNORECASE,
)
_WORDS_BETWEEN = 4


def announced(text: str) -> int | None:
    """The number, 2 to MAX_LIST_ITEMS; None where the sentence announces none."""
    for figure in find_figures(text):
        if figure.kind is not FigureKind.NUMBER or LABEL_BEFORE.search(text[: figure.start]):
            continue
        after = text[figure.end :].split()[:_WORDS_BETWEEN]
        if any(_THING.match(word) for word in after) and figure.value.isdigit():
            return int(figure.value) if 2 <= int(figure.value) <= MAX_LIST_ITEMS else None
    return None
