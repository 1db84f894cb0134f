"""Relations: whether a sentence tells the verb that a question turns on, and what it takes for granted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from kb.answering.weighing.weights import stems_of
from kb.language import kinship
from kb.language.own_words import everywhere
from kb.language.questions import Asked, Expectation, is_told_by
from kb.language.stems import same_stem
from kb.language.twins import is_of_a_thing
from kb.language.verbs import forms_of, is_subjunctive, read_verb
from kb.language.words import fold, stem, tokenize

_ATTRIBUTES = re.compile(
    r"\b(?:spett\w+|compet\w+|in capo|a cura|a carico|incaricat\w+|affidat\w+|promotor\w+|responsabil\w+|titolar\w+"
    r"|(?:\w+[aiu]t|svolt|promoss|compost|res|propost|sottoscritt|prescelt|decis)[oaie]"
    r" (?:da|dal|dallo|dalla|dai|dagli|dalle|dall)\b)"
)
"""Words that say whose doing something is: "spetta ai Comuni", "promosso dal Comune"."""
_WHO_MAY = re.compile(r"\W*(?:puo|possono|deve|devono) (?P<verb>\w+)(?: \w+){0,3}? chi\b")
_DONE = re.compile(r"\b(?:e|sono|era|erano|sia|siano)(?: gia| poi)? stat[oaie] (?P<done>\w{4,})")
_MANY = 4
"""Words taken for granted from which one may be told in others."""
NEAR_VERB = 0.6
"""From here a word near the verb tells the same deed (development questions)."""
_SUSTAINABLE = re.compile(r"\b[Ss]ostenibil\w+")
"""Snowball gives it the stem of "sostenere", the rival of "vietare"."""


def tells(relation: str, words: Iterable[str]) -> bool:
    """True where one of a sentence's stems is the verb asked of, of its family, or nearly means it."""
    return any(_tells(relation, word) for word in words)


@lru_cache(maxsize=100_000)
def _tells(relation: str, word: str) -> bool:
    return (
        _is_the_verb(relation, word)
        or is_told_by(relation, word)
        or kinship.nearness(relation, word) > _least(relation)
    )


def _least(relation: str) -> float:
    return kinship.SYNONYM if is_of_a_thing(relation) else 0.0


def tells_itself(relation: str, words: Iterable[str]) -> bool:
    """True where one of a sentence's stems is the verb asked of or of its family, not a synonym."""
    return any(_is_the_verb(relation, word) for word in words)


@lru_cache(maxsize=100_000)
def _is_the_verb(relation: str, word: str) -> bool:
    one = same_stem(relation, word) or word in forms_of(relation)
    return one or kinship.nearness(relation, word) >= kinship.DERIVED


def denies(relation: str, words: Iterable[str]) -> bool:
    """True where one of a sentence's stems excludes the verb asked of: "riduce" answers whether it grows."""
    return any(_denies(relation, word) for word in words)


@lru_cache(maxsize=100_000)
def _denies(relation: str, word: str) -> bool:
    return kinship.are_rivals(relation, word)


def relation_held(asked: Asked, words: frozenset[str], near: Mapping[str, float]) -> float:
    """In [0, 1]: how far a sentence's stems tell the verb that the question turns on; 1 where it has none."""
    if asked.relation is None:
        return 1.0
    if tells(asked.relation, words) or (asked.expects is Expectation.YES_NO and denies(asked.relation, words)):
        return 1.0
    nearest = near.get(asked.relation, 0.0)
    return nearest if nearest >= NEAR_VERB else 0.0


def granted_held(asked: Asked, text: str, near: Mapping[str, float], *, around: frozenset[str] = frozenset()) -> float:
    """
    In [0, 1]: how far a sentence tells the least of what the question takes for granted; 1 without any.

    near is how near the sentence and what stands around it are to each word. A sentence that says the contrary sets
    the question right, so it is 1 too.
    """
    if not asked.granted:
        return 1.0
    words = stems_of(_SUSTAINABLE.sub("", text))
    if any(kinship.are_rivals(word, other) for word in asked.granted for other in words):
        return 1.0
    happened = _happened(asked.text)
    held = {
        word: 1.0 if tells(word, words | around) else _near_enough(near.get(word, 0.0), least=word in happened)
        for word in asked.granted
        if word not in everywhere() or everywhere().issuperset(asked.granted)
    }
    least = min(held, key=lambda word: held[word])
    telling = [word for word in held if word.isalpha() and word not in everywhere()]
    if len(telling) >= _MANY and least not in _verbs_of(asked.text):
        # Of many words one may be said otherwise ("i lavori" are "il rifacimento"), but not what is said to happen.
        del held[least]
    return min(held.values())


def _near_enough(near: float, *, least: bool) -> float:
    """How near a word is; what is said to have happened must be told, or nearly: "bocciato" is near much else."""
    return near if near >= NEAR_VERB or not least else 0.0


@lru_cache(maxsize=256)
def _happened(question: str) -> frozenset[str]:
    """The stems of what a question says was done ("è stato bocciato")."""
    return frozenset(stem([match["done"]])[0] for match in _DONE.finditer(fold(question)))


@lru_cache(maxsize=256)
def _verbs_of(question: str) -> frozenset[str]:
    return frozenset(stem([token])[0] for token in tokenize(question) if read_verb(token) and not is_subjunctive(token))


def says_who(text: str, deed: str) -> bool:
    """True where a text opens with who may do the deed: "Può votare chi …"."""
    match = _WHO_MAY.match(fold(text))
    return match is not None and same_stem(stem([match["verb"]])[0], deed)


def attributes(text: str) -> float:
    """1 where a sentence says in so many words whose doing something is, else 0."""
    return float(bool(_ATTRIBUTES.search(fold(text))))
