"""The order of the words: each passage's terms as numbers, one passage after the other, mapped from disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SEQUENCE = "sequence.npy"
_STARTS = "starts.npy"
NO_TERM = -1
"""Stands in a passage without terms, so that none is empty."""

Read = tuple[NDArray[np.int32], NDArray[np.int64]]
"""Term numbers, passage after passage, and how many each passage has (never 0)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """All passages' term numbers."""

    terms: NDArray[np.int32]
    starts: NDArray[np.int64]  # by passage: where its terms begin; one more at the end

    @classmethod
    def build(cls, tokens: Sequence[Sequence[str]], numbers: Mapping[str, int]) -> Sequences:
        """Those of passages as lists of terms."""
        rows = [[numbers[term] for term in row] or [NO_TERM] for row in tokens]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
        return cls(np.array([number for row in rows for number in row], dtype=np.int32), starts)

    @classmethod
    def open(cls, folder: Path) -> Sequences:
        """
        Those that save wrote, mapped.

        Raises:
            OSError, ValueError: a file is missing or of another form.
        """
        return cls(np.load(folder / SEQUENCE, mmap_mode="r"), np.load(folder / _STARTS))

    def save(self, folder: Path) -> None:
        """Write them to a folder."""
        np.save(folder / SEQUENCE, self.terms)
        np.save(folder / _STARTS, self.starts)

    def of(self, place: int) -> NDArray[np.int32]:
        """One passage's terms."""
        return self.terms[self.starts[place] : self.starts[place + 1]]

    def read(self, places: Sequence[int]) -> Read:
        """These passages' terms, in the order of places."""
        return joined([self.of(place) for place in places])

    def whole(self) -> Sequences:
        """These."""
        return self


def joined(rows: Sequence[NDArray[np.int32]]) -> Read:
    """Passages' terms as one array, and each one's length."""
    return np.concatenate(rows), np.array([len(row) for row in rows], dtype=np.int64)
