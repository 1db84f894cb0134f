"""Kinship of words: which stems say the same, which exclude each other, which only frame a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kb.language.conjugation import inflected_forms, irregular_forms
from kb.language.word_files import read_word_file
from kb.language.words import fold, stem

SAME, DERIVED, SYNONYM = 1.0, 0.95, 0.8
"""How near two stems are: equal, of one root, or in one line of kinship.yaml."""
LONG_ROOT, SHORT_ROOT = 7, 4
"""Letters that two words must share at their beginning: of any word, and of two with known endings."""

LEAST_ROOT = 5
_REGULAR = {
    "are": ("a", "ano", "ato", "ando", "era"),
    "ere": ("e", "ono", "uto", "endo", "era"),
    "ire": ("e", "ono", "isce", "iscono", "ito", "endo", "ira"),
}
_DENYING = ("in", "im", "il", "ir", "dis", "de", "s", "anti", "a")
"""Prefixes that turn a word of this many letters or more into its opposite."""
_ADDING = ("pre", "co", "ri", "auto", "sovra", "inter", "multi", "extra", "sotto", "re")
"""Prefixes that leave a word's sense as it is, or nearly."""
# What may follow the root in words of one family, as Snowball leaves it.
_ENDINGS = frozenset(
    """
    al ial an ant anz ar at ativ ator azion bil abil ibil c ch zion ion izion ent enz ement er es ess ett evol i ian ic
    ier il im iment ament ment in ir ism issim ist it iv ivament or ori os os t tor ur ut uzion z zz izz izzat
    izzazion izzar itor itric ator atric evol g gg h b u e a o nt eggi eggiat iar iat iazion ion on
    """.split()
)


@dataclass(frozen=True, slots=True)
class _Kinship:
    """kinship.yaml, by stem."""

    same: dict[str, frozenset[int]]
    rivals: dict[str, tuple[tuple[int, int], ...]]  # stem → (line, side)
    light: frozenset[str]
    idle: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Thesaurus:
    """thesaurus.yaml, by stem."""

    loose: dict[str, frozenset[int]]
    generic: frozenset[str]


def nearness(one: str, other: str) -> float:
    """How near two stems are in meaning: 1 when equal, 0 when nothing is known to join them."""
    if one == other:
        return SAME
    if one[0].isdigit() or other[0].isdigit():
        return 0.0
    if is_derived(one, other):
        return DERIVED
    families = _families()
    if families.get(one, frozenset()) & families.get(other, frozenset()):
        return DERIVED
    same = _said_alike()
    return SYNONYM if same.get(one, frozenset()) & same.get(other, frozenset()) else 0.0


def are_loosely_near(one: str, other: str) -> bool:
    """True for two stems that share a line of thesaurus.yaml: one may stand for the other in a paraphrase."""
    lines = _thesaurus().loose
    if lines.get(one, frozenset()) & lines.get(other, frozenset()):
        return True
    return _is_prefixed(one, other) or _is_prefixed(other, one)


def _is_prefixed(one: str, other: str) -> bool:
    """True for "preavvis" and "avvis", "coprogett" and "progett"."""
    return len(other) >= SHORT_ROOT and any(one == prefix + other for prefix in _ADDING)


def is_generic(word: str) -> bool:
    """True for a stem so wide that a sentence may have it though its source has not ("consistere", "periodo")."""
    return word in _thesaurus().generic


@lru_cache(maxsize=1)
def frame_phrases() -> re.Pattern[str]:
    """What matches several words that only frame a sentence ("nel corso di", "di norma"), in lower case."""
    forms = [form.strip() for line in read_word_file("thesaurus")["phrases"] for form in line.split(" | ")]
    return re.compile(rf"\b(?:{'|'.join(sorted(forms, key=len, reverse=True))})")


@lru_cache(maxsize=5_000)
def synonyms(word: str) -> frozenset[str]:
    """The stems that share a line with one in kinship.yaml, itself among them; empty where it stands in none."""
    same = _kinship().same
    lines = same.get(word, frozenset())
    return frozenset(other for other, theirs in same.items() if lines & theirs) if lines else frozenset()


@lru_cache(maxsize=5_000)
def family(word: str) -> frozenset[str]:
    """The stems of one root with a stem by a family of kinship.yaml ("ridurre": "riduzione"); empty without one."""
    families = _families()
    mine = families.get(word, frozenset())
    return frozenset(other for other, theirs in families.items() if mine & theirs) if mine else frozenset()


def narrower(word: str) -> frozenset[str]:
    """The stems of the words for what is of a wide word's kind ("giovani": "studenti"); empty for most words."""
    return _kinds().get(word, frozenset())


@lru_cache(maxsize=100_000)
def is_derived(one: str, other: str) -> bool:
    """True for two stems of one family ("forest", "forestazion"), by the letters they share at their beginning."""
    shared = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        shared += 1
    if shared < SHORT_ROOT:
        return False
    rests = {one[shared:], other[shared:]}
    if shared >= LONG_ROOT and all(len(rest) <= 6 for rest in rests):
        return True
    known = all(not rest or rest in _ENDINGS for rest in rests)
    return known and shared >= 0.55 * max(len(one), len(other)) - 1


def are_rivals(one: str, other: str) -> bool:
    """True for two stems that exclude each other ("aument", "ridurr"): on two sides of a line of kinship.yaml."""
    if _denies(one, other) or _denies(other, one):
        return True
    rivals = _kinship().rivals
    return any(
        line == other_line and side != other_side
        for line, side in rivals.get(one, ())
        for other_line, other_side in rivals.get(other, ())
    ) and not _on_one_side(one, other)


def _denies(one: str, other: str) -> bool:
    """True for a word and its opposite by prefix ("decresc" and "cresc")."""
    if one in _no_denials() or other in _no_denials():
        return False
    return len(other) >= LEAST_ROOT and any(one == prefix + other for prefix in _DENYING)


@lru_cache(maxsize=1)
def _no_denials() -> frozenset[str]:
    return frozenset(_all_stems(read_word_file("kinship")["no_denials"]))


def is_light(word: str) -> bool:
    """True for a stem that frames a sentence and says little ("prevede", "secondo")."""
    return word in _kinship().light


def is_idle(word: str) -> bool:
    """True for a stem that adds nothing to what a source says ("soprattutto", "fare parte")."""
    return word in _kinship().idle


def _on_one_side(one: str, other: str) -> bool:
    rivals = _kinship().rivals
    return bool(set(rivals.get(one, ())) & set(rivals.get(other, ())))


@lru_cache(maxsize=1)
def _said_alike() -> dict[str, frozenset[int]]:
    """The lines of kinship.yaml's "same" by stem, of every form of their words."""
    found: dict[str, set[int]] = {}
    for line, words in enumerate(read_word_file("kinship")["same"]):
        for word in _all_stems(words):
            found.setdefault(word, set()).add(line)
    return {word: frozenset(lines) for word, lines in found.items()}


@lru_cache(maxsize=1)
def _kinds() -> dict[str, frozenset[str]]:
    """The wide words of kinship.yaml, by stem, with the stems of all forms of those of their kind."""
    kinds = {words: frozenset(_all_stems(of_it)) for words, of_it in read_word_file("kinship")["narrower"].items()}
    return {word: found for words, found in kinds.items() for word in _all_stems(words)}


@lru_cache(maxsize=1)
def _families() -> dict[str, frozenset[int]]:
    """The families of kinship.yaml by stem, of every form of their words."""
    found: dict[str, set[int]] = {}
    for number, words in enumerate("|".join(read_word_file("kinship")["families"]).split("|")):
        for word in _all_stems(words):
            found.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@lru_cache(maxsize=1)
def _thesaurus() -> _Thesaurus:
    data = read_word_file("thesaurus")
    generic = frozenset(word for words in data["generic"] for word in _all_stems(words))
    loose: dict[str, set[int]] = {}
    for line, words in enumerate(data["loose"]):
        for word in _all_stems(words):
            loose.setdefault(word, set()).add(line)
    return _Thesaurus({word: frozenset(lines) for word, lines in loose.items()}, generic)


@lru_cache(maxsize=1)
def _kinship() -> _Kinship:
    data = read_word_file("kinship")
    same = _by_line(data["same"])
    rivals: dict[str, set[tuple[int, int]]] = {}
    for line, sides in enumerate(data["rivals"]):
        for side, words in enumerate(sides.split("|")):
            for word in _stems(words):
                rivals.setdefault(word, set()).add((line, side))
    light = frozenset(word for words in data["light"] for word in _stems(words))
    return _Kinship(
        {word: frozenset(lines) for word, lines in same.items()},
        {word: tuple(sorted(sides)) for word, sides in rivals.items()},
        light,
        frozenset(stem(word for words in data["idle"] for word in words.split())),
    )


def _by_line(lines: list[str]) -> dict[str, set[int]]:
    """Stem → the numbers of the lines that it stands in."""
    found: dict[str, set[int]] = {}
    for line, words in enumerate(lines):
        for word in _stems(words):
            found.setdefault(word, set()).add(line)
    return found


def _stems(words: str) -> list[str]:
    """The stems of some words; of an infinitive also those of its regular forms, which Snowball may cut elsewhere."""
    return stem(form for word in words.split() for form in _forms_of(fold(word)))


def _all_stems(words: str) -> list[str]:
    """As _stems, with the stems of irregular and of inflected forms ("avviene", "preso", "concrete")."""
    folded = [fold(word) for word in words.split()]
    return [*_stems(words), *stem(form for word in folded for form in (*irregular_forms(word), *inflected_forms(word)))]


def _forms_of(word: str) -> list[str]:
    endings = next((forms for ending, forms in _REGULAR.items() if word.endswith(ending) and len(word) > 5), ())
    return [word, *(word[:-3] + ending for ending in endings)]
