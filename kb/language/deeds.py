"""Deeds: the verb that a question answered by yes or no turns on ("costruirà", "posso portare", "è stato firmato")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kb.language.verbs import Mood, VerbForm, is_subjunctive, read_verb
from kb.language.word_files import read_word_file
from kb.language.words import STOP_WORDS, stem, tokenize

_BEFORE_A_NOUN = frozenset(
    "il lo la i gli le l un uno una di del dello della dei degli delle dell a al allo alla ai agli alle all da dal "
    "dallo dalla dai dagli dalle dall in nel nello nella nei negli nelle nell su sul sullo sulla sui sugli sulle con "
    "per tra fra senza ogni questo questa questi queste quel quella quei quelle loro suo sua suoi sue nuovo nuova "
    "nuovi nuove altro altra altri altre".split()
)
"""Small words after which a form of a verb is a noun ("la cura", "per le funzioni")."""
_FIRST_PERSON = re.compile(r"(?P<root>[a-z]{3,}?)(?:h?iamo|o)")
_LEAST = 4
"""Letters of the shortest form that is read as a verb: "una" and "fino" are no verbs here."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What asking.yaml says of deeds, ready to use."""

    deedless: frozenset[str]
    auxiliaries: frozenset[str]
    modals: frozenset[str]
    permission: re.Pattern[str]


def asked_deed(folded: str) -> str | None:
    """
    The stem of the verb that a yes-or-no question turns on; None where it turns on none, or on one too wide.

    The verb is what stands after "posso", "ha", "è stato", "verrà", or else the first verb in its own right.
    """
    tokens = tokenize(folded)
    readings = [read_verb(token) for token in tokens]
    return _after_another(tokens, readings) or _in_its_own_right(tokens, readings)


def done_by_me(folded: str) -> frozenset[str]:
    """The words of a folded text that are verbs in the first person ("quanto pago"), none of them after an article."""
    tokens = tokenize(folded)
    pairs = zip(["", *tokens], tokens, strict=False)
    return frozenset(word for before, word in pairs if before not in _BEFORE_A_NOUN and _is_first_person(word))


def _is_first_person(word: str) -> bool:
    match = _FIRST_PERSON.fullmatch(word) if word not in STOP_WORDS else None
    return match is not None and any(read_verb(match["root"] + ending) for ending in "ae")


def asks_permission(folded: str) -> bool:
    """True for "posso …?", "si può …?", "è vietato …?": the answer is a rule, not a report."""
    return bool(_words().permission.search(folded))


def _after_another(tokens: list[str], readings: list[VerbForm | None]) -> str | None:
    """The participle after an auxiliary or the infinitive after a modal, small words between them aside."""
    wanted: Mood | None = None
    for token, reading in zip(tokens, readings, strict=True):
        if token in _words().auxiliaries:
            wanted = Mood.PARTICIPLE
        elif token in _words().modals:
            wanted = Mood.INFINITIVE
        elif wanted and reading and reading.mood is wanted and len(token) >= _LEAST:
            return _stem_of(reading)
        elif token not in _SMALL:
            wanted = None
    return None


_SMALL = frozenset(
    "non si ci ne mi ti vi lo la li le gia ancora poi davvero mai anche stato stata stati state di a".split()
)


def _in_its_own_right(tokens: list[str], readings: list[VerbForm | None]) -> str | None:
    for place, (token, reading) in enumerate(zip(tokens, readings, strict=True)):
        if len(token) < _LEAST or (place and tokens[place - 1] in _BEFORE_A_NOUN):
            continue
        if reading and reading.mood is Mood.FINITE and not is_subjunctive(token):
            return _stem_of(reading)
    return None


def _stem_of(reading: VerbForm) -> str | None:
    return None if reading.infinitive in _words().deedless else stem([reading.infinitive])[0]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = read_word_file("asking")["deeds"]
    return _Words(
        deedless=frozenset(data["deedless"].split()),
        auxiliaries=frozenset(data["auxiliaries"].split()),
        modals=frozenset(data["modals"].split()),
        permission=re.compile(data["permission"]),
    )
