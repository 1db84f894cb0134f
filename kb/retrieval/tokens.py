"""Token vectors of every passage, small enough to be kept: projected, in one byte a number, mapped from disk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import ReleaseError
from kb.ports import Embedder, Matrix, Progress, TokenEmbedder, TokenVectors, Vector, no_progress

Array = NDArray[np.float32]

LAYER = -3
"""Of the default model the third-last layer told passages apart best (kb/retrieval/NOTES.md)."""
WIDTH = 128
TOKENS = f"late interaction layer {LAYER} width {WIDTH} int8 1"
"""The recipe's name; it is part of a release's identity."""

FOLDER = "tokens"
_SAMPLE = 256  # texts that the projection is fitted on
_BATCH = 64  # texts embedded at once


def build_token_vectors(folder: Path, texts: Sequence[str], embedder: Embedder) -> None:
    """
    Write the token vectors of the texts, in order, under folder/tokens; nothing when the embedder shows no tokens.

    Each row is projected on the principal directions of the release's own tokens, brought to length 1 and rounded to
    eight bits with a scale a row: 128 bytes and 4 a token.

    Raises:
        EmbedderError: the embedder failed.
    """
    if isinstance(embedder, TokenEmbedder) and texts:
        write_token_vectors(folder, texts, embedder)


def write_token_vectors(
    folder: Path, texts: Sequence[str], embedder: TokenEmbedder, *, progress: Progress = no_progress
) -> Matrix:
    """
    The texts' own vectors, which the same pass gives, once their token vectors lie under folder/tokens.

    Raises:
        EmbedderError: the embedder failed.
    """
    target = folder / FOLDER
    target.mkdir(parents=True)
    sample = sorted({round(place) for place in np.linspace(0, len(texts) - 1, min(_SAMPLE, len(texts)))})
    known = dict(zip(sample, _embed(embedder, [texts[place] for place in sample]), strict=True))
    projection = principal_directions(np.concatenate([found.vectors for found in known.values()]), WIDTH)
    pooled: list[Vector] = []
    _write(target, _all_tokens(embedder, texts, known, progress), projection, pooled)
    (target / "recipe.json").write_text(json.dumps({"tokens": TOKENS, "texts": len(texts)}), encoding="utf-8")
    return np.stack(pooled)


def principal_directions(rows: Array, width: int) -> Array:
    """
    The directions in which rows (n × d) are largest, d × min(width, d), orthonormal, the largest first.

    Source: principal components without centring (singular vectors of the rows), signs fixed so that the largest entry
    of each direction is positive.
    """
    _values, directions = np.linalg.eigh(rows.T.astype(np.float64) @ rows.astype(np.float64))
    chosen = directions[:, ::-1][:, :width]
    signs = np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(chosen.shape[1])])
    return np.ascontiguousarray(chosen * signs, dtype=np.float32)


def to_bytes(rows: Array) -> tuple[NDArray[np.int8], Array]:
    """Rows as eight-bit numbers and the scale of each: row ≈ bytes × scale; the largest entry becomes ±127."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    return np.rint(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)


class TokenStore:
    """The token vectors that build_token_vectors wrote, read by passage place."""

    def __init__(self, folder: Path) -> None:
        self._rows = np.load(folder / "vectors.npy", mmap_mode="r")
        self._scales = np.load(folder / "scales.npy", mmap_mode="r")
        self._starts: NDArray[np.int64] = np.load(folder / "starts.npy")
        self._projection: Array = np.load(folder / "projection.npy")
        self._known: NDArray[np.int32] = np.load(folder / "known.npy")
        self._counts: NDArray[np.int32] = np.load(folder / "counts.npy")

    @classmethod
    def open(cls, folder: Path | None, passages: int) -> TokenStore | None:
        """
        The store under a release's folder, or None where the release keeps no token vectors.

        Raises:
            ReleaseError: it was written by another recipe or for another number of passages.
        """
        if folder is None or not (folder / FOLDER / "recipe.json").is_file():
            return None
        recipe = json.loads((folder / FOLDER / "recipe.json").read_text(encoding="utf-8"))
        if recipe != {"tokens": TOKENS, "texts": passages}:
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
        return _unit(vectors @ self._projection)

    def rarity(self, ids: NDArray[np.int32]) -> Array:
        """
        How rare each token is among the passages, in natural logarithms; one that stands nowhere is the rarest.

        Source: Lucene's inverse document frequency, ln(1 + (N − n + 0.5) / (n + 0.5)).
        """
        total = len(self._starts) - 1
        place = np.minimum(np.searchsorted(self._known, ids), max(len(self._known) - 1, 0))
        found = np.where(self._known[place] == ids, self._counts[place], 0) if len(self._known) else np.zeros(len(ids))
        return np.log(1 + (total - found + 0.5) / (found + 0.5)).astype(np.float32)


def _embed(embedder: TokenEmbedder, texts: Sequence[str]) -> list[TokenVectors]:
    return embedder.embed_tokens(texts, is_query=False, layer=LAYER)


def _all_tokens(
    embedder: TokenEmbedder, texts: Sequence[str], known: dict[int, TokenVectors], progress: Progress
) -> Iterator[TokenVectors]:
    """The token vectors of every text in order, those known already taken from there."""
    for start in range(0, len(texts), _BATCH):
        places = range(start, min(start + _BATCH, len(texts)))
        missing = [place for place in places if place not in known]
        fresh = dict(zip(missing, _embed(embedder, [texts[place] for place in missing]), strict=True))
        for place in places:
            yield known.pop(place) if place in known else fresh[place]
        progress("vettori dei token", places.stop, len(texts))


def _write(target: Path, tokens: Iterator[TokenVectors], projection: Array, pooled: list[Vector]) -> None:
    scales: list[Array] = []
    ids: list[NDArray[np.int32]] = []
    starts = [0]
    with (target / "rows.tmp").open("wb") as file:
        for found in tokens:
            pooled.append(found.pooled)
            rows, scale = to_bytes(_unit(found.vectors @ projection))
            # A text without a single token keeps one empty row, so that every passage has a stretch.
            if not len(rows):
                rows, scale = np.zeros((1, projection.shape[1]), dtype=np.int8), np.zeros(1, dtype=np.float32)
            file.write(rows.tobytes())
            scales.append(scale)
            ids.append(np.unique(found.ids))
            starts.append(starts[-1] + len(rows))
    _save_rows(target, starts[-1], projection.shape[1])
    known, counts = np.unique(np.concatenate(ids), return_counts=True)
    np.save(target / "scales.npy", np.concatenate(scales))
    np.save(target / "starts.npy", np.array(starts, dtype=np.int64))
    np.save(target / "projection.npy", projection)
    np.save(target / "known.npy", known.astype(np.int32))
    np.save(target / "counts.npy", counts.astype(np.int32))


def _save_rows(target: Path, count: int, width: int) -> None:
    """Turn the bytes written so far into an array file; never all in memory."""
    raw = np.memmap(target / "rows.tmp", dtype=np.int8, mode="r", shape=(count, width))
    np.save(target / "vectors.npy", raw)
    del raw
    (target / "rows.tmp").unlink()


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
