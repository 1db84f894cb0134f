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

_IN_SET_PHRASES = frozenset("lavoro lavori casa case piano piani corso corsi".split())
_SET_PHRASE = re.compile(
    r"\b(?:(?:line[ae]|filon[ei]|stil[ei]|metod[oi]|grupp[oi]|tavol[oi]|pian[oi]|ipotesi) di lavor[oi]"
    r"|cas[ae] (?:e (?:gli )?ospedal[ei] )?(?:di|della) (?:comunita|riposo|cura|salute)"
    r"|sul piano \w+(?:ale|ico|ivo|ario)|(?:in|nel) corso)\b"
)
"""Phrases in which such a word means something else: a line of work is no job, a house of the community no home."""

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


def is_of_a_thing(root: str) -> bool:
    """True for the stem of a verb and of a thing, whose synonyms are the thing's: "progettare" is no "intervento"."""
    return root in _thing_stems()


def not_meant(question: str) -> dict[str, frozenset[str]]:
    """Stem of a word of the question → the tokens of that stem which are another word; empty for most questions."""
    found: dict[str, frozenset[str]] = {}
    for token in tokenize(question):
        if others := _others(token):
            found[stem([token])[0]] = others
    outside = [token for token in tokenize(_without_phrases(question)) if token in _IN_SET_PHRASES]
    return dict.fromkeys(stem(outside), frozenset[str]()) | found


def others_alone(others: frozenset[str], root: str, text: str) -> bool:
    """True where a text has the stem only in the forms of the other word, or in phrases with a sense of their own."""
    said = _of_stem(root, text)
    if not others:
        return bool(said) and not _of_stem(root, _without_phrases(text))
    return bool(said) and all(token in others for token in said)


def _of_stem(root: str, text: str) -> list[str]:
    return [token for token in tokenize(text) if stem([token])[0] == root]


def _without_phrases(text: str) -> str:
    return _SET_PHRASE.sub(" ", fold(text))


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
def _thing_stems() -> frozenset[str]:
    return frozenset(stem(_THINGS.split()))


@lru_cache(maxsize=1)
def _pairs() -> tuple[tuple[frozenset[str], ...], ...]:
    return tuple(tuple(frozenset(side.split()) for side in pair.split("|")) for pair in _PAIRS)
