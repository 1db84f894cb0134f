"""Each term's BM25 scores, in bm25s's own files: read mapped from disk, without the library and what it imports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.retrieval.sequences import SEQUENCE

POINTER = "server.json"
"""File of an index's folder that says in which tables of a server its rows were put when it was built."""

_PARAMETERS = "params.index.json"
_VOCABULARY = "vocab.index.json"
_STARTS, _PLACES, _VALUES = "indptr", "indices", "data"

Stretch = tuple[NDArray[np.int32], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """For every term the passages that hold it and what it scores there."""

    numbers: Mapping[str, int]  # term → its number
    starts: NDArray[np.int32]  # by term number: where its stretch of places and values begins; one more at the end
    places: NDArray[np.int32]  # of passages, each at most once in a term's stretch
    values: NDArray[np.float32]
    passages: int

    @classmethod
    def nothing(cls, passages: int) -> Postings:
        """Those of passages without a single term."""
        none = np.zeros(0, dtype=np.int32)
        return cls({}, np.zeros(1, dtype=np.int32), none, none.astype(np.float32), passages)

    @classmethod
    def open(cls, folder: Path, passages: int) -> Postings:
        """
        Those that a folder holds, saved by us or by bm25s itself, mapped; nothing where nothing was saved.

        Raises:
            OSError, ValueError, KeyError: a file is missing or of another form.
        """
        terms = Terms.open(folder, passages)
        if not terms.numbers:
            return cls.nothing(passages)
        places, values = (np.load(folder / f"{name}.csc.index.npy", mmap_mode="r") for name in (_PLACES, _VALUES))
        return cls(terms.numbers, terms.starts, places, values, passages)

    def save(self, folder: Path) -> None:
        """Write them to a folder, nothing where there is no term."""
        self.terms.save(folder)
        if self.numbers:
            np.save(folder / f"{_PLACES}.csc.index.npy", self.places)
            np.save(folder / f"{_VALUES}.csc.index.npy", self.values)

    @property
    def terms(self) -> Terms:
        """The terms alone."""
        return Terms(self.numbers, self.starts, self.passages)

    def whole(self) -> Postings:
        """These."""
        return self

    def stretch(self, number: int) -> Stretch:
        """The places of the passages that hold a term, and what it scores in each."""
        one = slice(self.starts[number], self.starts[number + 1])
        return self.places[one], self.values[one]

    def count(self, term: str) -> int:
        """In how many passages a term stands."""
        return self.terms.count(term)

    def add_up(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """By passage, the sum of the terms' scores; terms that stand nowhere add nothing."""
        return total((self.stretch(self.numbers[term]) for term in terms if term in self.numbers), self.passages)


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The terms of an index and in how many passages each stands: what a process holds wherever the scores are."""

    numbers: Mapping[str, int]  # term → its number
    starts: NDArray[np.int32]  # as in Postings
    passages: int

    @classmethod
    def open(cls, folder: Path, passages: int) -> Terms:
        """
        Those that a folder holds; none where nothing was saved.

        Raises:
            OSError, ValueError, KeyError: a file is missing or of another form.
        """
        if not (folder / _PARAMETERS).is_file():
            return cls({}, np.zeros(1, dtype=np.int32), passages)
        parameters = json.loads((folder / _PARAMETERS).read_text(encoding="utf-8"))
        if parameters["num_docs"] != passages or (parameters["dtype"], parameters["method"]) != ("float32", "lucene"):
            raise ValueError(f"{folder / _PARAMETERS} is that of another index")
        numbers = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        return cls(numbers, np.load(folder / f"{_STARTS}.csc.index.npy", mmap_mode="r"), passages)

    def save(self, folder: Path) -> None:
        """Write them to a folder, nothing where there is none."""
        if not self.numbers:
            return
        np.save(folder / f"{_STARTS}.csc.index.npy", self.starts)
        (folder / _VOCABULARY).write_text(json.dumps(dict(self.numbers), ensure_ascii=False), encoding="utf-8")
        parameters = {"method": "lucene", "dtype": "float32", "int_dtype": "int32", "num_docs": self.passages}
        (folder / _PARAMETERS).write_text(json.dumps(parameters), encoding="utf-8")

    def count(self, term: str) -> int:
        """In how many passages a term stands."""
        number = self.numbers.get(term)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])


def total(stretches: Iterable[Stretch], passages: int) -> NDArray[np.float32]:
    """By passage, the sum of these terms' scores, added in the order given: another order differs in the last bit."""
    sums = np.zeros(passages, dtype=np.float32)
    for places, values in stretches:
        sums[places] += values
    return sums


def is_on_server(folder: Path) -> bool:
    """Whether the rows of this folder's index are on a server; those that were brought back from one are beside it."""
    return (folder / POINTER).is_file() and not (folder / SEQUENCE).is_file()
