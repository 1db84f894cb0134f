"""Existing: what a quote has still to come ("il passo successivo è il gestore unico") is not there already."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned, Reading, Word

_THERE = re.compile(
    r"\b(?:esist(?:e|ono|eva|evano)|(?:c['’]è|ci sono) (?:già|gia|ormai)"
    r"|(?:è|sono) (?:già )?(?:attiv[oaie]|operativ[oaie]|in funzione|in vigore))\b"
    r"|\b(?:già|gia|ormai)\b(?!\s+(?:un|uno|una|il|lo|la|i|gli|le|\w+(?:at|ut|it|st|tt|rs|ss)[oaie])\b)",
    re.IGNORECASE,
)
"""What says that a thing is there; "già" before a participle tells what is done, which is for other checks."""
_TO_COME = re.compile(
    r"\b(?:successiv\w+|prossim[oaie]|futur[oaie]|vuole|vogliono|intend\w+|obiettiv[oi]|traguard[oi]|arrivare|mira\w*"
    r"|punta\w*|propon\w+|dovr\w+|sar(?:à|anno)|prevede|prevedono|previst[oaie]"
    r"|da (?:realizzare|costruire|creare|istituire))\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:già|oggi|ormai|attual\w+|vigent[ei]|esist\w+|c['’]è|ci sono|stat[oaie]|ha|hanno|esiste)\b", re.IGNORECASE
)


def is_there_already(aligned: Aligned) -> bool:
    """True when a claim has a thing exist, or be so already, that the quotes only have still to come."""
    claim = aligned.claim
    if not _THERE.search(claim.text) or _TO_COME.search(claim.text):
        return False
    told = [word for word in claim.words if not word.light and not _THERE.fullmatch(word.text)]
    clauses = {_clause(place.word, aligned.sources[place.source]) for word in told for place in aligned.best(word)}
    return any(_TO_COME.search(one) for one in clauses) and not any(_NOW.search(one) for one in clauses)


def _clause(word: Word, source: Reading) -> str:
    """The clause of a quote that a word stands in."""
    words = [other for other in source.words if other.clause == word.clause]
    return source.text[words[0].start : words[-1].end]
