"""Naming: acronyms as the documents write them, where a person types them in lowercase."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from kb.answering.weighing.weights import WordWeights
from kb.language.words import STOP_WORDS, fold, stem
from kb.records import Passage

LEAST_LETTERS = 3
"""Letters of the shortest acronym looked for."""

_DRIVER = re.compile(r"\bdriver(?=\s+\d)")
_WORD = re.compile(r"(?<![\w'’-])[a-zà-ù][a-zà-ù0-9]+(?![\w-])")
_LAST_DRIVER = re.compile(r"l['’]\s?ultimo driver\b", re.IGNORECASE)


class Shelf(Protocol):
    """A release whose acronyms are read; each has its own id."""

    @property
    def id(self) -> str:
        """The release's id."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Its passages."""


def as_named(question: str, shelf: Shelf, weights: WordWeights) -> str:
    """The question with its acronyms in capitals ("e il pums?") and "Driver 3" with its own."""

    def write(match: re.Match[str]) -> str:
        word = match[0]
        if len(word) < LEAST_LETTERS or fold(word) in STOP_WORDS or word in weights.lowercase:
            return word
        return word.upper() if stem([fold(word)])[0] in weights.proper and _is_acronym(word, _Key(shelf)) else word

    return _WORD.sub(write, _DRIVER.sub("Driver", question))


class _Key:
    """A release as a key: equal to another of the same id."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def __hash__(self) -> int:
        return hash(self.shelf.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.shelf.id == self.shelf.id


@lru_cache(maxsize=500)
def _is_acronym(word: str, key: _Key) -> bool:
    capitals = re.compile(rf"\b{re.escape(word.upper())}\b")
    return any(word.upper() in passage.text and capitals.search(passage.text) for passage in key.shelf.passages)


def with_last_driver(question: str, shelf: Shelf) -> str:
    """ "L'ultimo Driver" by its number."""
    if not _LAST_DRIVER.search(question):
        return question
    last = last_driver(shelf)
    return _LAST_DRIVER.sub(f"il Driver {last}", question) if last else question


def last_driver(shelf: Shelf) -> int:
    """The highest number of a Driver; 0 without any."""
    return _last_driver(_Key(shelf))


@lru_cache(maxsize=8)
def _last_driver(key: _Key) -> int:
    return max((passage.driver or 0 for passage in key.shelf.passages), default=0)
