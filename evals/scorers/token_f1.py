"""How much of the expected quote is in the answer, and how little else?"""

from __future__ import annotations

import re
from collections import Counter

from evals.scorers.answer_contains import normalise

_TOKEN = re.compile(r"\w+")


def token_f1(answer: str, gold: str) -> float:
    """
    The harmonic mean of precision and recall over words, case and accents ignored, in [0, 1]; 0 where none is shared.

    An answer of several sentences loses precision by design: read it beside answer_contains.

    Source: metric A10; Rajpurkar et al., EMNLP 2016 (SQuAD), without dropping articles, which are English there.
    """
    said, wanted = (Counter(_TOKEN.findall(normalise(text))) for text in (answer, gold))
    shared = (said & wanted).total()
    if not shared:
        return 0.0
    precision, recall = shared / said.total(), shared / wanted.total()
    return 2 * precision * recall / (precision + recall)
