"""Qualifiers: what is so at long term is no answer on the short one, nor is a yearly ticket on the monthly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from kb.language.questions import Asked
from kb.language.stems import same_stem
from kb.language.word_files import read_word_file
from kb.language.words import STOP_WORDS, stem, tokenize

_Side = tuple[int, int]
"""A line of qualifiers.yaml and a side of it."""


def meets_qualifier(asked: Asked, sentence: str, heading: str = "") -> bool:
    """
    False where a noun of the question has one qualifier and the sentence, or its heading, gives it another alone.

    "E a lungo termine?" is not answered by what is done "a breve termine", nor the price of the monthly ticket by that
    of the yearly one; a sentence with both may answer.
    """
    wanted = _wanted(asked.text)
    text = f"{heading}. {sentence}" if wanted else ""
    sides = _named(text)
    missing = [(line, noun) for line, named, noun in wanted if not named & sides]
    if not missing or not sides:
        return True
    said = [(line, noun) for (line, _), noun in _qualified(text)]
    return not any(
        line == other_line and same_stem(noun, other) for line, noun in missing for other_line, other in said
    )


@lru_cache(maxsize=200)
def _wanted(question: str) -> tuple[tuple[int, frozenset[_Side], str], ...]:
    """Each qualified noun of a question: the line, the sides that it names of it, any of which may answer, the noun."""
    named = _named(question)
    return tuple(
        (line, frozenset(one for one in named if one[0] == line), noun) for (line, _), noun in _qualified(question)
    )


def _named(text: str) -> set[_Side]:
    """The qualifiers of a text, whatever they stand beside."""
    return {place for word in tokenize(text) for place in _sides().get(word, ())}


def _qualified(text: str) -> Iterator[tuple[_Side, str]]:
    """Each qualifier of a text, as its line and side, with the stem of the word on either hand of it."""
    words = ["", *tokenize(text), ""]
    for at, word in enumerate(words[1:-1], start=1):
        beside = [near for near in (words[at - 1], words[at + 1]) if near and near not in STOP_WORDS]
        # "secondo il Piano" counts nothing.
        places = () if word == "secondo" and words[at + 1] in STOP_WORDS else _sides().get(word, ())
        yield from ((place, one) for place in places for one in stem(beside))


@lru_cache(maxsize=1)
def _sides() -> dict[str, tuple[_Side, ...]]:
    """Word → the line and side that it is of, as the tokenizer folds it."""
    found: dict[str, tuple[_Side, ...]] = {}
    for number, line in enumerate(read_word_file("qualifiers")["opposed"]):
        for side, forms in enumerate(line.split("|")):
            for word in tokenize(forms):
                found[word] = (*found.get(word, ()), (number, side))
    return found
