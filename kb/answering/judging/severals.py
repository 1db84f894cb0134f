"""Severals: questions whose answer is a list, though they do not ask for one by name."""

from __future__ import annotations

import re
from functools import lru_cache

from kb.language.words import fold

_SEVERAL = re.compile(
    r"\b(?:(?:che )?cosa (?:serve|servono|occorre|ci vuole|devo|dobbiamo|bisogna)"
    r"|(?:che|quali) (?:requisiti|condizioni|documenti|passi|carte)|requisiti"
    r"|in (?:che|quali) casi|chi (?:puo|possono|ha diritto|deve|devono|non puo)"
    r"|a chi (?:spetta|tocca|e rivolt[oa])|come (?:faccio|facciamo|si fa|posso|possiamo|mi iscrivo|ci si iscrive)"
    r"|posso|possiamo|e (?:vietato|permesso|ammesso))\b"
)

_ASKS_NEEDS = re.compile(
    r"\b(?:(?:che|quali) (?:sono i )?requisiti\b|(?:che|quali) (?:documenti|carte|condizioni)"
    r" (?:serv|dev|dobb|occorr|bisogn|vanno|porto|porti|si (?:dev|alleg|present))"
    r"|(?:che )?cosa (?:serve|servono|occorre|ci vuole) per"
    r" (?:\w+(?:are|ere|ire|rre|rsi|rmi|rci)\b|l'iscrizion|l'access|la domanda))"
)
_NEEDS = re.compile(
    r"\b(?:requisit\w+|occorr\w+|bisogna|serv(?:e|ono)|necessari\w+|dev(?:e|ono)|obblig\w+|iscri\w+|almeno|residen(?:te|ti|za)"
    r"|isee|possesso|alleg\w+|presenta\w*|document[oi]|compiut[oi]|modul[oi]|certificat\w+|spid|inferior[ei]|superior[ei]"
    r"|purche|condizion[ei]|diritto|dispon(?:e|gono)|richied\w+|richiest[aei]|ammess[ei]|tessera|autocertificazion\w+)\b"
)


@lru_cache(maxsize=500)
def asks_for_several(question: str) -> bool:
    """True for a question on conditions, steps, papers or who may: what answers it is often a list."""
    return bool(_SEVERAL.search(fold(question)))


@lru_cache(maxsize=500)
def asks_what_is_needed(question: str) -> bool:
    """True for a question on requirements or papers: a sentence that names none is beside the point."""
    return bool(_ASKS_NEEDS.search(fold(question)))


def tells_what_is_needed(text: str) -> bool:
    """True where a text says in so many words what one must have, do or bring."""
    return bool(_NEEDS.search(fold(text)))
