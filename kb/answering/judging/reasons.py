"""Reasons: whether a question asks why, and whether a sentence gives a reason or an aim."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from kb.answering.judging.shapes import place_after
from kb.answering.state import Evidence
from kb.language.questions import Asked
from kb.language.words import fold

_WHY = re.compile(
    r"^(?:ma |e |scusa,? |allora )?"
    r"(?:perche|come mai|per (?:quale|che) (?:motivo|ragione|causa|scopo)|a che scopo|why)\b"
)
_REASON = re.compile(
    r"\b(?:perche|poiche|siccome|giacche|in quanto|a causa d\w+|per (?:via|effetto|colpa|ragioni|motivi) d\w+"
    r"|grazie a\w*"
    r"|dovut[oaie] a\w*|dat[oaie] (?:che|il|la|lo|l')|visto che|attribui\w+|dipend\w+|deriva\w*|caus\w+|motiv[oi]\w*"
    r"|ragion[ei]|cosi da|in modo da|al fine di|affinche|allo scopo di|con l'obiettivo di|mirat\w* a|finalizzat\w+"
    r"|because|due to|since)\b"
)


@lru_cache(maxsize=500)
def asks_why(question: str) -> bool:
    """True for a question that asks the reason of something."""
    return bool(_WHY.search(fold(question)))


def gives_reason(sentence: str) -> float:
    """1 where a sentence says in so many words why or what for, else 0."""
    return float(bool(_REASON.search(fold(sentence))))


def reason_after(best: Evidence, asked: Asked) -> Evidence | None:
    """The sentence after the best one where the reason asked for stands there; None elsewhere."""
    if not asks_why(asked.text) or gives_reason(best.text):
        return None
    text = best.passage.text
    after = place_after(text, best.end)
    if after is None or not gives_reason(text[slice(*after)]):
        return None
    return replace(best, start=after[0], end=after[1])
