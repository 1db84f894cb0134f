"""Bytes kept by key in one SQLite file, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_AT_ONCE = 500
_PATIENCE_S = 30.0
_CHECKSUM_BYTES = 4
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"


class BlobFile:
    """
    Bytes in one SQLite file, by key; several processes may use it at once.

    A damaged file is set aside beside it and begun anew: what is lost is computed again, nothing else. A disk that is
    full or read-only keeps nothing, silently: a cache only saves time.
    """

    def __init__(self, folder: Path, name: str, *, most: int | None = None) -> None:
        """The file of that name in a folder; it keeps the last `most` entries, or all."""
        self._folder = folder
        self._name = name
        self._most = most

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """What is kept under these keys; keys without, or whose bytes were damaged, are left out."""
        nothing: dict[bytes, bytes] = {}
        found = self._with_database(lambda database: _select(database, keys), otherwise=nothing)
        return {key: data for key, blob in found.items() if (data := _unsealed(blob)) is not None}

    def put_many(self, entries: Mapping[bytes, bytes]) -> None:
        """Keep bytes under their keys."""
        rows = [(key, _sealed(data)) for key, data in entries.items()]
        self._with_database(lambda database: _insert(database, rows, self._most), otherwise=None)

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
        database = sqlite3.connect(self._folder / self._name, timeout=_PATIENCE_S)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            # Rows have numbers, which tell their age, only where the oldest are to go.
            database.execute(_TABLE + ("" if self._most else " WITHOUT ROWID"))
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _set_aside(self) -> None:
        for name in (self._name, f"{self._name}-wal", f"{self._name}-shm"):
            path = self._folder / name
            with contextlib.suppress(OSError):  # another process may have done it already
                path.rename(path.with_name(f"{name}.damaged-{time.time_ns()}"))


def _sealed(data: bytes) -> bytes:
    # The checksum tells bytes that a failing disk changed: SQLite itself would not notice.
    return hashlib.blake2s(data, digest_size=_CHECKSUM_BYTES).digest() + data


def _unsealed(blob: bytes) -> bytes | None:
    data = blob[_CHECKSUM_BYTES:]
    return data if _sealed(data) == blob else None


def _select(database: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        found |= dict(database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some))
    return found


def _insert(database: sqlite3.Connection, rows: Iterable[tuple[bytes, bytes]], most: int | None) -> None:
    with database:
        database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        if most:
            database.execute("DELETE FROM vectors WHERE rowid <= (SELECT max(rowid) FROM vectors) - ?", (most,))
