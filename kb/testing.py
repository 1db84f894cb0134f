"""Fakes that keep the same contracts as the real parts: for tests, evaluations and demonstrations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

import numpy as np

from kb.ports import Matrix, Progress, Vector, no_progress
from kb.records import PassageFilter


class FakeEmbedder:
    """Bag-of-words vectors by hashing: equal words are near, nothing is loaded."""

    def __init__(self, dimension: int = 64) -> None:
        self._dimension = dimension

    @property
    def fingerprint(self) -> str:
        """Names the fake and its width."""
        return f"fake-{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._dimension

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        """n × dimension, rows of length 1."""
        rows = [self.embed_query(text) for text in texts]
        progress("vettori", len(texts), len(texts))
        return np.stack(rows) if rows else np.zeros((0, self._dimension), dtype=np.float32)

    def embed_query(self, text: str) -> Vector:
        """One vector of length 1; text without words has the first unit vector."""
        vector = np.zeros(self._dimension, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[hashlib.sha256(word.encode()).digest()[0] % self._dimension] += 1
        if not vector.any():
            vector[0] = 1
        return vector / np.linalg.norm(vector)


class FakeVectorIndex:
    """Vectors in a dictionary, scanned exactly."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Vector, dict[str, str | int]]] = {}

    def put(self, ids: Sequence[str], vectors: Matrix, metadata: Sequence[Mapping[str, str | int]]) -> None:
        """Add or replace."""
        for id_, vector, about in zip(ids, vectors, metadata, strict=True):
            self._rows[id_] = (vector, dict(about))

    def nearest(self, vector: Vector, *, count: int, narrow: PassageFilter | None = None) -> list[tuple[str, float]]:
        """Exact scan; ties by id."""
        found = [(id_, float(row @ vector)) for id_, (row, about) in self._rows.items() if _matches(about, narrow)]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:count]

    def ids(self) -> set[str]:
        """Every id kept."""
        return set(self._rows)

    def close(self) -> None:
        """Forget everything."""
        self._rows.clear()


def _matches(about: Mapping[str, str | int], narrow: PassageFilter | None) -> bool:
    if narrow is None:
        return True
    wanted = {
        "driver": narrow.driver,
        "document": narrow.document,
        "kind": narrow.kind.value if narrow.kind else None,
        "article": narrow.article,
    }
    return all(value is None or about.get(name) == value for name, value in wanted.items())
