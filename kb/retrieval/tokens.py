"""Token vectors of every passage, small enough to be kept: projected, in one byte a number, mapped from disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import ReleaseError
from kb.releases.manifest import damaged
from kb.vectors import unit_rows

Array = NDArray[np.float32]

LAYER = -3
"""Of the default model the third-last layer told passages apart best (kb/retrieval/NOTES.md)."""
WIDTH = 128
TOKENS = f"late interaction layer {LAYER} width {WIDTH} int8 3"
"""The recipe's name; it is part of a release's identity."""
READABLE = (TOKENS, *(f"late interaction layer {LAYER} width {WIDTH} int8 {number}" for number in (1, 2)))
"""Recipes whose files are read: those before had other directions, which lie beside the rows."""

FOLDER = "tokens"
RECIPE = "recipe.json"


def principal_directions(products: NDArray[np.float64], width: int) -> Array:
    """
    The directions in which rows are largest, d × min(width, d), orthonormal, the largest first.

    products is rows.T @ rows, d × d; a sum of several weighs them.

    Source: principal components without centring (singular vectors of the rows), signs fixed so that the largest entry
    of each direction is positive.
    """
    _values, directions = np.linalg.eigh(products)
    chosen = directions[:, ::-1][:, :width]
    signs = np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(chosen.shape[1])])
    return np.ascontiguousarray(chosen * signs, dtype=np.float32)


def to_bytes(rows: Array) -> tuple[NDArray[np.int8], Array]:
    """Rows as eight-bit numbers and the scale of each: row ≈ bytes × scale; the largest entry becomes ±127."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    return np.rint(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)


class TokenStore:
    """The token vectors that kb.retrieval.encoder wrote, read by passage place."""

    def __init__(self, folder: Path) -> None:
        # Seen as plain arrays, still mapped: np.memmap makes another of itself for each stretch.
        self._rows: NDArray[np.int8] = np.load(folder / "vectors.npy", mmap_mode="r").view(np.ndarray)
        self._scales: Array = np.load(folder / "scales.npy", mmap_mode="r").view(np.ndarray)
        self._starts: NDArray[np.int64] = np.load(folder / "starts.npy")
        self._projection: Array = np.load(folder / "projection.npy")
        self._known: NDArray[np.int32] = np.load(folder / "known.npy")
        self._counts: NDArray[np.int32] = np.load(folder / "counts.npy")

    @classmethod
    def open(cls, folder: Path | None, passages: int) -> TokenStore | None:
        """
        The store under a release's folder, or None where the release keeps no token vectors.

        Raises:
            ReleaseError: it is damaged, or was written by another recipe or for another number of passages.
        """
        if folder is None or not (folder / FOLDER / RECIPE).is_file():
            return None
        try:
            recipe = json.loads((folder / FOLDER / RECIPE).read_text(encoding="utf-8"))
            return cls._of_recipe(recipe, folder, passages)
        except (OSError, EOFError, ValueError, TypeError, AttributeError) as error:
            raise damaged(folder.name, f"{FOLDER} non si legge") from error

    @classmethod
    def _of_recipe(cls, recipe: dict[str, object], folder: Path, passages: int) -> TokenStore:
        if recipe.get("tokens") not in READABLE or recipe.get("texts") != passages:
            raise ReleaseError(f"I vettori dei token in «{folder}» sono di un'altra versione: usa «bussola ingest».")
        return cls(folder / FOLDER)

    def read(self, places: Sequence[int]) -> tuple[Array, NDArray[np.int64]]:
        """The rows of some passages, one passage after the other, and each one's number of rows."""
        lengths = np.array([self._starts[place + 1] - self._starts[place] for place in places], dtype=np.int64)
        stretches = [slice(self._starts[place], self._starts[place + 1]) for place in places]
        rows = np.concatenate([self._rows[stretch] for stretch in stretches]).astype(np.float32)
        rows *= np.concatenate([self._scales[stretch] for stretch in stretches])[:, None]
        return rows, lengths

    def project(self, vectors: Array) -> Array:
        """A question's token vectors in the store's own directions, rows of length 1."""
        return unit_rows(vectors @ self._projection)

    def rarity(self, ids: NDArray[np.int32]) -> Array:
        """
        How rare each token is among the passages, in natural logarithms; one that stands nowhere is the rarest.

        Source: Lucene's inverse document frequency, ln(1 + (N − n + 0.5) / (n + 0.5)).
        """
        total = len(self._starts) - 1
        place = np.minimum(np.searchsorted(self._known, ids), max(len(self._known) - 1, 0))
        found = np.where(self._known[place] == ids, self._counts[place], 0) if len(self._known) else np.zeros(len(ids))
        return np.log(1 + (total - found + 0.5) / (found + 0.5)).astype(np.float32)
