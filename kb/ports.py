"""The sockets of the knowledge base: what a part must do to be used; fakes for each are in kb.testing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kb.records import PassageFilter

Matrix = NDArray[np.float32]
Vector = NDArray[np.float32]

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, done so far, in all)."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


@runtime_checkable
class Embedder(Protocol):
    """Turns text into vectors."""

    @property
    def fingerprint(self) -> str:
        """Model, weights' checksum, precision and prefixes; vectors of equal fingerprints may be mixed."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        """n × dimension, rows of length 1, in the order given; 0 × dimension for no texts."""

    def embed_query(self, text: str) -> Vector:
        """One vector of length 1."""


class VectorIndex(Protocol):
    """Keeps passages' vectors and finds the nearest."""

    def put(self, ids: Sequence[str], vectors: Matrix, metadata: Sequence[Mapping[str, str | int]]) -> None:
        """Add vectors; an id that is there already is replaced whole, metadata included."""

    def nearest(self, vector: Vector, *, count: int, narrow: PassageFilter | None = None) -> list[tuple[str, float]]:
        """At most count (id, cosine similarity) pairs, best first, ties by id."""

    def ids(self) -> set[str]:
        """Every id kept."""

    def close(self) -> None:
        """Free what is held; no method may be called afterwards."""


class LexicalIndex(Protocol):
    """Finds passages by their words."""

    def search(self, text: str, *, count: int, allowed: set[str] | None = None) -> list[tuple[str, float]]:
        """At most count (id, BM25 score > 0) pairs, best first, ties by id; allowed narrows to those ids."""

    @property
    def words(self) -> Mapping[str, int]:
        """Every folded word, and in how many passages it stands."""

    @property
    def acronyms(self) -> Mapping[str, str]:
        """Folded acronyms and the full names that the documents give them."""

    def save(self, folder: Path) -> None:
        """Write the index to a folder; loading it gives identical scores."""
