"""In what form a question is written: as taught, or as hurried people type."""

from __future__ import annotations

import re

from evals.golden import GoldenQuestion
from evals.metamorphic import MARK

UNACCENTED = frozenset(
    "perche poiche finche affinche cioe cosi gia piu puo pero citta attivita mobilita qualita universita comunita "
    "possibilita sara potra dovra societa novita identita sanita".split()
)
"""Words that are only right with an accent; words without it as well are left out."""


def form_of(golden: GoldenQuestion) -> str:
    """
    One stable code: a variant's rule, else "english", "upper_case", "no_accents", "accents_as_apostrophes",
    "typographic", "no_question_mark" or "plain"; the first that fits.
    """
    text = golden.question
    if MARK in golden.id:
        return golden.id.partition(MARK)[2].replace("-", "_")
    for name, fits in _FORMS:
        if fits(golden, text):
            return name
    return "plain"


def _is_upper(_golden: GoldenQuestion, text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(letters) > 5 and all(char.isupper() for char in letters)


def _lacks_accents(_golden: GoldenQuestion, text: str) -> bool:
    return bool(UNACCENTED & set(re.findall(r"\w+", text.lower())))


_FORMS = (
    ("english", lambda golden, _text: golden.lang == "en"),
    ("upper_case", _is_upper),
    ("accents_as_apostrophes", lambda _golden, text: bool(re.search(r"[aeiouAEIOU]'(?!\w)", text))),
    ("no_accents", _lacks_accents),
    ("typographic", lambda _golden, text: "’" in text),
    ("no_question_mark", lambda _golden, text: "?" not in text),
)
