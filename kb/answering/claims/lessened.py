"""Lessened: what the quotes want less of ("il contenimento del consumo di suolo") is not what a claim may want."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned
from kb.language.words import STOP_WORDS, fold, stem, tokenize

_NOUNS = (
    "contenimento|riduzion[ei]|diminuzion[ei]|abbattimento|superamento|eliminazione|rimozione|contrasto|lotta"
    "|prevenzione|limitazion[ei]|abolizione|divieto|cessazione|esclusione|sospensione|assenza|mancanza|carenza|calo"
    "|tagli[oi]|rinuncia|decremento|perdita|scarsita|interruzione|demolizione|dismissione|mitigazione|attenuazione"
)
_OF = r"(?:d[ei]l?|dell[oae']|dei|degli|d'|a[il]?|all[oae']|agli|contro(?: i?l| l[oae']| i| gli)?)"
_GOVERNED = re.compile(rf"\b(?:{_NOUNS})(?:\s(?!(?:e|o)\b)\w{{5,}})?\s{_OF}\s?(?=\w)")
_TELLS_LESS = re.compile(
    r"\b(?:non|nessun|senza|meno|minor|bass[oaie]\b|zero\b|ridu|ridott|contien|conten|diminu|abbatt|super|elimin|rimuov"
    r"|rimoz|rimoss|contrast|lott|combatt|preven|limit|abol|viet|diviet|cess|esclu|sospe|assenz|manc|carenz|carent|cal[aoi]\b"
    r"|tagli|rinunc|decrement|perd|scars|evit|fren|argin|mitig|attenu|allegger|interromp|interruz|demol|dism|risparmi|togl"
    r"|tolt|scompar|scend|sces|decongest)"
)
_STAYS_OPEN = re.compile(
    r"\b(?:affront|riguard|occup|tratt|interv|gest|tem[ai]\b|materia|rispo|politic|in relazione|rispetto a|ambit|effett"
    r"|impatt)"
)
"""A claim in these words says of a thing neither that more of it is wanted nor less."""


def loses_lessening(aligned: Aligned) -> bool:
    """
    True when a claim has a thing that the quotes only speak of as to be lessened, and says nothing of less.

    "Il Comune promuove i rifiuti" where the quote says "la riduzione dei rifiuti".
    """
    claim = fold(aligned.claim.text)
    if _TELLS_LESS.search(claim) or _STAYS_OPEN.search(claim):
        return False
    mine = set(stem(tokenize(claim)))
    sources = [fold(source.text) for source in aligned.sources]
    lessened = {word for source in sources for word in _governed_in(source)}
    return any(word in mine and not any(_stands_free(word, source) for source in sources) for word in lessened)


def _governed_in(source: str) -> list[str]:
    """The stems of the things that a text wants less of, or says are lacking."""
    found = (_first_word(source[match.end() :]) for match in _GOVERNED.finditer(source))
    return [word for word in found if word]


def _stands_free(word: str, source: str) -> bool:
    """True where a text has a word that nothing lessens as well."""
    told = _governed_in(source).count(word)
    return stem(tokenize(source)).count(word) > told


def _first_word(text: str) -> str:
    return next((stem([token])[0] for token in tokenize(text[:80]) if token not in STOP_WORDS and token.isalpha()), "")
