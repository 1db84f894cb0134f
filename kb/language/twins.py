"""Twins: words that share a stem and no meaning ("tassa" and "tasso", "progettare" and "il progetto")."""

from __future__ import annotations

import re
from functools import lru_cache

from kb.language.words import fold, stem, tokenize

_PAIRS = (
    "abitante abitanti | abitazione abitazioni",
    "operatore operatori | opera opere operazione operazioni",
    "tassa tasse | tasso tassi",
    "banda bande | bando bandi",
    "corsa corse | corso corsi",
    "pasta paste | pasto pasti",
    "foglia foglie | foglio fogli",
    "tappa tappe | tappo tappi",
    "colpa colpe | colpo colpi",
    "busta buste | busto busti",
    "scala scale | scalo scali",
    "pala pale | palo pali",
    "fila file | filo fili",
    "banca banche | banco banchi",
)
"""Nouns of two genders that Snowball cuts alike, none a form of a verb; the forms of each on its side."""
_THINGS = "progetto progetti programma programmi contratto contratti prodotto prodotti disegno disegni atto atti"
"""Nouns that name a thing, where the verb of their stem tells a deed."""


_UNDERGROUND = re.compile(
    r"(?:^|\b(?:(?:|de|da|a|ne|su)l?l[ae]|una|in|di|line[ae]|stazion[ei]|fermat[ae]|nuov[ae]|altr[ae])\s)"
    r"metropolitan[ae]\b"
    r"|\b(?:la|(?:de|da|a|ne|su)lla|una|in) metro\b(?! (?:hub|quadr\w+|cub\w+)\b)|\btrasporto rapido di massa\b"
)
"""The noun; after "città", "area" or "rete" it is an adjective."""


@lru_cache(maxsize=500)
def speaks_of_underground(text: str) -> bool:
    """True where "metropolitana" is the railway, in a question or a sentence, and nowhere the adjective alone."""
    return bool(_UNDERGROUND.search(fold(text)))


def not_meant(question: str) -> dict[str, frozenset[str]]:
    """Stem of a word of the question → the tokens of that stem which are another word; empty for most questions."""
    found: dict[str, frozenset[str]] = {}
    for token in tokenize(question):
        if others := _others(token):
            found[stem([token])[0]] = others
    return found


def others_alone(others: frozenset[str], root: str, text: str) -> bool:
    """True where a text has the stem only in the forms of the other word."""
    said = [token for token in tokenize(text) if stem([token])[0] == root]
    return bool(said) and all(token in others for token in said)


@lru_cache(maxsize=5_000)
def _others(token: str) -> frozenset[str]:
    for sides in _pairs():
        for side in sides:
            if token in side:
                return frozenset().union(*(other for other in sides if other is not side))
    things = frozenset(_THINGS.split())
    alike = frozenset(thing for thing in things if stem([thing]) == stem([token]))
    return alike if alike and token not in things else frozenset()


@lru_cache(maxsize=1)
def _pairs() -> tuple[tuple[frozenset[str], ...], ...]:
    return tuple(tuple(frozenset(side.split()) for side in pair.split("|")) for pair in _PAIRS)
