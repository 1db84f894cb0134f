"""Vectors already computed, kept by what they were computed from: an update costs what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from kb.backends.blob_file import BlobFile
from kb.backends.token_cache import TokenCache
from kb.errors import EmbedderError
from kb.ports import Embedder, Matrix, Progress, TokenEmbedder, TokenVectors, Vector, no_progress

FILE = "vectors.sqlite3"
_KEPT_AT_ONCE = 1000
"""Passages between two writes: a build that is stopped loses at most so many."""


class VectorCache:
    """Vectors in one SQLite file, keyed by embedder and text; several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._file = BlobFile(folder, FILE)

    def get_many(self, fingerprint: str, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors kept for these texts by an embedder of that fingerprint; texts without one are left out."""
        keys = {_key(fingerprint, text): text for text in texts}
        found = self._file.get_many(list(keys))
        return {keys[key]: np.frombuffer(data, dtype="<f4").astype(np.float32) for key, data in found.items()}

    def put_many(self, fingerprint: str, vectors: Mapping[str, Vector]) -> None:
        """Keep the texts' vectors; a disk that is full or read-only keeps none, silently: the cache only saves time."""
        rows = {_key(fingerprint, text): np.asarray(row, dtype="<f4").tobytes() for text, row in vectors.items()}
        self._file.put_many(rows)


class CachedEmbedder:
    """An embedder that computes only the passages that its cache lacks; the vectors are the same."""

    def __init__(self, embedder: Embedder, folder: Path, *, keeps_tokens: bool = False) -> None:
        """One over an embedder; keeps_tokens is for asking, where the same passages are found again and again."""
        self._embedder = embedder
        self._cache = VectorCache(folder)
        self._tokens = TokenCache(folder) if keeps_tokens else None

    @property
    def fingerprint(self) -> str:
        """That of the embedder within."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._embedder.dimension

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        """
        n × dimension, rows of length 1, in the order given; equal texts are computed once.

        Raises:
            EmbedderError: the model can't be loaded or run.
        """
        known = self._cache.get_many(self.fingerprint, texts)
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        for start in range(0, len(missing), _KEPT_AT_ONCE):
            some = missing[start : start + _KEPT_AT_ONCE]
            rows = self._embedder.embed_passages(some, progress=_shifted(progress, start, len(missing)))
            fresh = dict(zip(some, rows, strict=True))
            self._cache.put_many(self.fingerprint, fresh)
            known |= fresh
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([known[text] for text in texts])

    def embed_query(self, text: str) -> Vector:
        """
        One vector of length 1; questions are not kept.

        Raises:
            EmbedderError: the model can't be loaded or run.
        """
        return self._embedder.embed_query(text)

    def embed_tokens(self, texts: Sequence[str], *, is_query: bool, layer: int = -3) -> list[TokenVectors]:
        """
        The embedder's token vectors; those of passages are kept where the cache was told so.

        Raises:
            EmbedderError: the embedder within has none.
        """
        if not isinstance(self._embedder, TokenEmbedder):
            raise EmbedderError(f"Il modello «{self.fingerprint}» non dà vettori dei singoli token.")
        if is_query or self._tokens is None:
            return self._embedder.embed_tokens(texts, is_query=is_query, layer=layer)
        recipe = f"{self.fingerprint}|{layer}"
        known = self._tokens.get_many(recipe, texts)
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            found = self._embedder.embed_tokens(missing, is_query=False, layer=layer)
            known |= self._tokens.put_many(recipe, dict(zip(missing, found, strict=True)))
        return [known[text] for text in texts]


def _shifted(progress: Progress, start: int, total: int) -> Progress:
    return lambda what, done, _some: progress(what, start + done, total)


def _key(fingerprint: str, text: str) -> bytes:
    return hashlib.sha256(f"{fingerprint}\n{text}".encode("utf-8", "surrogatepass")).digest()
