"""Units: the words by which a number is told of what it is ("km", "mensile", "migliaia di euro"), in one list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kb.language.word_files import read_word_file


@dataclass(frozen=True, slots=True)
class _Units:
    """units.yaml, ready to use."""

    names: dict[str, str]  # form → the unit that it is of
    measures: str
    times: str


def unit_of(word: str) -> str | None:
    """The name of the unit that a folded word is of, "mese" for "mensili"; None for a word of none."""
    return _units().names.get(word)


def measures() -> str:
    """A regular expression of the folded words that stand beside numbers or over them: units, scales, money, shares."""
    return _units().measures


def times() -> str:
    """The same of stretches of time, which also tell when or how often."""
    return _units().times


@lru_cache(maxsize=1)
def _units() -> _Units:
    data = read_word_file("units")
    lines = {kind: [[side.split() for side in line.split("|")] for line in data[kind]] for kind in ("times", "sizes")}
    every = [sides for found in lines.values() for sides in found]
    beside = {kind: [word for sides in found for word in sides[1]] for kind, found in lines.items()}
    others = [word for kind in ("scales", "money", "shares") for word in data[kind].split()]
    return _Units(
        names={form: sides[0][0] for sides in every for side in sides for form in side},
        measures=_any_of([*beside["sizes"], *others]),
        times=_any_of(beside["times"]),
    )


def _any_of(words: list[str]) -> str:
    return rf"\b(?:{'|'.join(sorted(words, key=len, reverse=True))})\b"
