"""Severals: questions whose answer is a list, though they do not ask for one by name."""

from __future__ import annotations

import re

from kb.language.words import fold

_SEVERAL = re.compile(
    r"\b(?:(?:che )?cosa (?:serve|servono|occorre|ci vuole|devo|dobbiamo|bisogna)"
    r"|(?:che|quali) (?:requisiti|condizioni|documenti|passi|carte)|requisiti"
    r"|in (?:che|quali) casi|chi (?:puo|possono|ha diritto|deve|devono|non puo)"
    r"|a chi (?:spetta|tocca|e rivolt[oa])|come (?:faccio|facciamo|si fa|posso|possiamo|mi iscrivo|ci si iscrive)"
    r"|posso|possiamo|e (?:vietato|permesso|ammesso))\b"
)


def asks_for_several(question: str) -> bool:
    """True for a question on conditions, steps, papers or who may: what answers it is often a list."""
    return bool(_SEVERAL.search(fold(question)))
