"""Hedges: what a quote says is so "in buona misura", "in parte" or "quasi" is not simply so."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned, Reading, Word

NEAR = 40
"""Characters around a word in which a claim may hedge it."""
_BREAK = re.compile(r"[,;:]")
_HEDGE = re.compile(
    r"\b(?:in (?:buona|gran|grande|larga|massima|qualche) (?:parte|misura)|(?<!prendere )in parte|parzialmente|quasi"
    r"|per lo più|perlopiù|tendenzialmente|di norma|di regola|generalmente|in gene(?:re|rale)|di solito|spesso|a volte"
    r"|talvolta|probabilmente|forse|ancora da|non del tutto|non ancora)\b",
    re.IGNORECASE,
)


def loses_hedge(aligned: Aligned) -> bool:
    """
    True when a claim says simply so what every quote that says it hedges.

    "Il patrimonio è obsolescente" where the quote says "il patrimonio, in buona misura obsolescente".
    """
    simply = (word for word in aligned.claim.words if not word.light and not _has_hedge_near(word, aligned.claim))
    return any(_is_hedged_everywhere(word, aligned) for word in simply)


def _has_hedge_near(word: Word, claim: Reading) -> bool:
    """True where the same stretch between commas hedges a word, before it or after it."""
    between = (
        claim.text[min(match.end(), word.end) : max(match.start(), word.start)] for match in _HEDGE.finditer(claim.text)
    )
    return any(len(text) <= NEAR and not _BREAK.search(text) for text in between)


def _is_hedged_everywhere(word: Word, aligned: Aligned) -> bool:
    places = aligned.best(word)
    return bool(places) and all(_is_hedged(place.word, aligned.sources[place.source]) for place in places)


def _is_hedged(word: Word, source: Reading) -> bool:
    """True for the word right after a hedge ("in parte avviato")."""
    return any(
        match.end() <= word.start and not source.text[match.end() : word.start].strip()
        for match in _HEDGE.finditer(source.text)
    )
