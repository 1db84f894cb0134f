"""Verbs: whether a word may be a form of an Italian verb, of which, and in which mood; by list and regular endings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from kb.language.word_files import read_word_file
from kb.language.words import fold, stem, tokenize


class Mood(StrEnum):
    """What a form of a verb can do in a sentence."""

    FINITE = "finite"  # indicative, subjunctive or conditional, third person
    INFINITIVE = "infinitive"
    GERUND = "gerund"
    PARTICIPLE = "participle"


@dataclass(frozen=True, slots=True)
class VerbForm:
    """A form of a verb."""

    infinitive: str  # folded
    mood: Mood


_FINITE = {
    "are": "a ano era eranno i ino ava avano erebbe erebbero arono asse assero",
    "ere": "e ono era eranno a ano eva evano erebbe erebbero ra ranno",
    "ire": "e ono ira iranno a ano iva ivano irebbe irebbero i irono",
    "rre": "rra rranno rrebbe",
}
_CONDITIONAL = ("ebbe", "ebbero")
"""What takes the place of "-anno" in the future of an irregular verb ("dovranno", "dovrebbero")."""
_GERUNDS = {"are": "ando", "ere": "endo", "ire": "endo"}
_PARTICIPLES = {"are": "at", "ere": "ut", "ire": "it"}
_LEAST_AGAIN = 6
"""Letters of the shortest word that "ri-" may begin."""
_LEAST_FORM = 4
"""Letters of the shortest form that is told by its stem."""
_CLITICS = ("", "si", "lo", "la", "li", "le", "ne", "gli", "ci", "vi", "loro")
_GENDERS = "oaie"
_UNLISTED = re.compile(r"\w{3}(?:are|ire|rre)$|\w{4}(?<!i)ere$")


def read_verb(word: str) -> VerbForm | None:
    """The verb that a word may be a form of, None where it is none; a noun of the same form is not told apart."""
    folded = fold(word)
    if folded in _nouns():
        return None
    folded = folded.replace("-", "")
    known = _verbs().get(folded)
    if known is None and folded.startswith("ri") and len(folded) > _LEAST_AGAIN:
        again = _verbs().get(folded[2:])
        known = VerbForm("ri" + again.infinitive, again.mood) if again else None
    if known is None and _UNLISTED.search(folded):
        return VerbForm(folded, Mood.INFINITIVE)
    return known


def verb_stems(text: str) -> frozenset[str]:
    """The stems of the words of a text that may be forms of verbs."""
    return frozenset(stem(token for token in tokenize(text) if read_verb(token)))


def is_subjunctive(word: str) -> bool:
    """True for a form in -i or -ino of a verb in -are: it needs a "che" before it, and is more often a noun."""
    folded = fold(word)
    known = _verbs().get(folded)
    return (
        known is not None
        and known.mood is Mood.FINITE
        and known.infinitive.endswith("are")
        and folded.endswith(("i", "ino"))
    )


def forms_of(root: str) -> frozenset[str]:
    """The stems of every form of the verbs that a stem may be of ("apr" for "apre"); empty where it is of none."""
    return _by_stem().get(root, frozenset())


@lru_cache(maxsize=1)
def _by_stem() -> dict[str, frozenset[str]]:
    forms: dict[str, set[str]] = {}
    roots = dict(zip(_verbs(), stem(_verbs()), strict=True))
    for form, verb in _verbs().items():
        if len(form) >= _LEAST_FORM:
            forms.setdefault(verb.infinitive, set()).add(roots[form])
    found: dict[str, set[str]] = {}
    for same in forms.values():
        for root in same:
            found.setdefault(root, set()).update(same)
    return {root: frozenset(same) for root, same in found.items()}


@lru_cache(maxsize=1)
def _nouns() -> frozenset[str]:
    return frozenset(read_word_file("verbs")["nouns"].split())


@lru_cache(maxsize=1)
def _verbs() -> dict[str, VerbForm]:
    data = read_word_file("verbs")
    known: dict[str, VerbForm] = {}
    for form, verb in [*_irregular(data), *_regular(data)]:
        known.setdefault(form, verb)
    return known


def _irregular(data: dict[str, str]) -> list[tuple[str, VerbForm]]:
    found = []
    for line in data["participles"].split(","):
        infinitive, participle = line.split()
        found += [(participle[:-1] + ending, VerbForm(infinitive, Mood.PARTICIPLE)) for ending in _GENDERS]
    for line in data["forms"].split(","):
        infinitive, *forms = line.split()
        forms += [form.removesuffix("anno") + end for form in forms if form.endswith("ranno") for end in _CONDITIONAL]
        found += [(form, VerbForm(infinitive, Mood.FINITE)) for form in forms]
        found += [*_infinitives(infinitive), *_conjugated(infinitive, grows=False)]
    return found


def _regular(data: dict[str, list[str]]) -> list[tuple[str, VerbForm]]:
    found = []
    for word in " ".join(data["regular"]).split():
        infinitive = word.rstrip("+")
        found += [*_infinitives(infinitive), *_conjugated(infinitive, grows=word.endswith("+"))]
    return found


def _infinitives(infinitive: str) -> list[tuple[str, VerbForm]]:
    short = infinitive[:-2] if infinitive.endswith("rre") else infinitive[:-1]
    joined = {infinitive, *(short + clitic for clitic in _CLITICS)}
    return [(form, VerbForm(infinitive, Mood.INFINITIVE)) for form in sorted(joined)]


def _conjugated(infinitive: str, *, grows: bool) -> list[tuple[str, VerbForm]]:
    """The regular forms; grows: a verb that takes "-isc-"."""
    root, ending = infinitive[:-3], infinitive[-3:]
    finite = [root + form for form in _FINITE[ending].split()]
    if grows:
        finite += [root + "isc" + form for form in ("e", "ono", "a", "ano")]
    if ending == "are" and root[-1] in "cg":  # "indichi", "indicherà"
        finite += [root + "h" + form for form in ("i", "ino", "era", "eranno")]
    if ending == "are" and root[-1] == "i":  # "avvi", "comincerà"
        finite += [root[:-1] + form for form in ("i", "ino", "era", "eranno")]
    forms = [(form, VerbForm(infinitive, Mood.FINITE)) for form in finite]
    if ending == "rre":  # "riduc-" and "propon-" are given among the irregular ones
        stem = root + ("c" if root.endswith("u") else "n" if root.endswith("o") else "")
        return forms + [(stem + "endo" + clitic, VerbForm(infinitive, Mood.GERUND)) for clitic in _CLITICS]
    forms += [(root + _GERUNDS[ending] + clitic, VerbForm(infinitive, Mood.GERUND)) for clitic in _CLITICS]
    return forms + [(root + _PARTICIPLES[ending] + g, VerbForm(infinitive, Mood.PARTICIPLE)) for g in _GENDERS]
