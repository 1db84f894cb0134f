"""Vectors already computed, kept by what they were computed from: an update costs what changed."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from kb.errors import EmbedderError
from kb.ports import Embedder, Matrix, Progress, TokenEmbedder, TokenVectors, Vector, no_progress

T = TypeVar("T")

FILE = "vectors.sqlite3"
_AT_ONCE = 500
_KEPT_AT_ONCE = 1000
"""Passages between two writes: a build that is stopped loses at most so many."""

_PATIENCE_S = 30.0
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"


class VectorCache:
    """
    Vectors in one SQLite file, keyed by embedder and text; several processes may use it at once.

    A damaged file is set aside beside it and begun anew: what is lost is computed again, nothing else.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE

    def get_many(self, fingerprint: str, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors kept for these texts by an embedder of that fingerprint; texts without one are left out."""
        keys = {_key(fingerprint, text): text for text in texts}
        nothing: dict[bytes, bytes] = {}
        found = self._with_database(lambda database: _select(database, list(keys)), otherwise=nothing)
        return {keys[key]: vector for key, blob in found.items() if (vector := _vector(blob)) is not None}

    def put_many(self, fingerprint: str, vectors: Mapping[str, Vector]) -> None:
        """Keep the texts' vectors; a disk that is full or read-only keeps none, silently: the cache only saves time."""
        rows = [(_key(fingerprint, text), _blob(vector)) for text, vector in vectors.items()]
        self._with_database(lambda database: _insert(database, rows), otherwise=None)

    def _with_database(self, use: Callable[[sqlite3.Connection], T], *, otherwise: T) -> T:
        for _attempt in range(2):
            try:
                with contextlib.closing(self._connect()) as database:
                    return use(database)
            except sqlite3.OperationalError:  # busy, full or read-only: no reason to throw the file away
                return otherwise
            except sqlite3.DatabaseError:
                self._set_aside()
            except OSError:
                return otherwise
        return otherwise

    def _connect(self) -> sqlite3.Connection:
        self._folder.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=_PATIENCE_S)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute(_TABLE)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _set_aside(self) -> None:
        for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
            path = self._folder / name
            with contextlib.suppress(OSError):  # another process may have done it already
                path.rename(path.with_name(f"{name}.damaged-{time.time_ns()}"))


class CachedEmbedder:
    """An embedder that computes only the passages that its cache lacks; the vectors are the same."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._cache = VectorCache(folder)

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
        The embedder's token vectors; they are not kept.

        Raises:
            EmbedderError: the embedder within has none.
        """
        if not isinstance(self._embedder, TokenEmbedder):
            raise EmbedderError(f"Il modello «{self.fingerprint}» non dà vettori dei singoli token.")
        return self._embedder.embed_tokens(texts, is_query=is_query, layer=layer)


def _shifted(progress: Progress, start: int, total: int) -> Progress:
    return lambda what, done, _some: progress(what, start + done, total)


def _key(fingerprint: str, text: str) -> bytes:
    return hashlib.sha256(f"{fingerprint}\n{text}".encode("utf-8", "surrogatepass")).digest()


def _blob(vector: Vector) -> bytes:
    # The checksum tells a vector from bytes that a failing disk changed: SQLite itself would not notice.
    data = np.asarray(vector, dtype="<f4").tobytes()
    return hashlib.blake2s(data, digest_size=4).digest() + data


def _vector(blob: bytes) -> Vector | None:
    checksum, data = blob[:4], blob[4:]
    if hashlib.blake2s(data, digest_size=4).digest() != checksum or len(data) % 4:
        return None
    return np.frombuffer(data, dtype="<f4").astype(np.float32)


def _select(database: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        found |= dict(database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some))
    return found


def _insert(database: sqlite3.Connection, rows: Iterable[tuple[bytes, bytes]]) -> None:
    with database:
        database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
