"""Each term's BM25 scores, in bm25s's own files: read mapped from disk, without the library and what it imports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_PARAMETERS = "params.index.json"
_VOCABULARY = "vocab.index.json"
_ARRAYS = ("indptr", "indices", "data")


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
        if not (folder / _PARAMETERS).is_file():
            return cls.nothing(passages)
        parameters = json.loads((folder / _PARAMETERS).read_text(encoding="utf-8"))
        if parameters["num_docs"] != passages or (parameters["dtype"], parameters["method"]) != ("float32", "lucene"):
            raise ValueError(f"{folder / _PARAMETERS} is that of another index")
        numbers = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        starts, places, values = (np.load(folder / f"{name}.csc.index.npy", mmap_mode="r") for name in _ARRAYS)
        return cls(numbers, starts, places, values, passages)

    def save(self, folder: Path) -> None:
        """Write them to a folder, nothing where there is no term."""
        if not self.numbers:
            return
        for name, array in zip(_ARRAYS, (self.starts, self.places, self.values), strict=True):
            np.save(folder / f"{name}.csc.index.npy", array)
        (folder / _VOCABULARY).write_text(json.dumps(dict(self.numbers), ensure_ascii=False), encoding="utf-8")
        parameters = {"method": "lucene", "dtype": "float32", "int_dtype": "int32", "num_docs": self.passages}
        (folder / _PARAMETERS).write_text(json.dumps(parameters), encoding="utf-8")

    def count(self, term: str) -> int:
        """In how many passages a term stands."""
        number = self.numbers.get(term)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])

    def add_up(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """By passage, the sum of the terms' scores; terms that stand nowhere add nothing."""
        total = np.zeros(self.passages, dtype=np.float32)
        for number in (self.numbers[term] for term in terms if term in self.numbers):
            stretch = slice(self.starts[number], self.starts[number + 1])
            total[self.places[stretch]] += self.values[stretch]
        return total
