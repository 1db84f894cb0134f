"""Requests counted for every process of a service: in a database that they share, by a fingerprint of who asks."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sql
from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport
from sqlalchemy.exc import SQLAlchemyError

from kb.ledger.database import CONNECT_S, keep_others_out, read_address, write_ahead

PATIENCE_MS = 100
"""How long a request waits for others that count at this moment."""

SWEEP_EVERY_S = 30.0

MAKE = (
    "CREATE {kind} TABLE IF NOT EXISTS request_counts "
    "(name VARCHAR(80) PRIMARY KEY, count INTEGER NOT NULL, until DOUBLE PRECISION NOT NULL)"
)
BEFORE = "COALESCE((SELECT earlier.count FROM request_counts AS earlier WHERE earlier.name = :before), 0)"
TAKE = sql.text(
    f"""
    INSERT INTO request_counts (name, count, until)
    SELECT CAST(:name AS VARCHAR), CAST(:amount AS INTEGER), CAST(:until AS DOUBLE PRECISION)
    WHERE CAST(:weight AS DOUBLE PRECISION) * {BEFORE} + CAST(:amount AS INTEGER) < CAST(:limit AS INTEGER) + 1
    ON CONFLICT (name) DO UPDATE SET count = request_counts.count + excluded.count
    WHERE CAST(:weight AS DOUBLE PRECISION) * {BEFORE} + request_counts.count + excluded.count
        < CAST(:limit AS INTEGER) + 1
    """
)
"""One statement, so that of two processes the second sees what the first counted."""

ADD = sql.text(
    "INSERT INTO request_counts (name, count, until) VALUES (:name, :amount, :until) "
    "ON CONFLICT (name) DO UPDATE SET count = request_counts.count + excluded.count RETURNING count"
)
READ = sql.text("SELECT name, count AS taken, until FROM request_counts WHERE name IN (:name, :before)")
FORGET = sql.text("DELETE FROM request_counts WHERE name IN (:name, :before)")
SWEEP = sql.text("DELETE FROM request_counts WHERE until < :now")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time of a limit, as it stands now."""

    name: str  # under which this stretch is counted
    before: str  # and the one before
    weight: float  # how much of the one before still counts
    left_s: float  # until the next one begins


class SharedCounts(Storage, SlidingWindowCounterSupport):
    """
    A store of the library `limits` over SQLite or PostgreSQL; opened at first use, safe among threads and processes.

    What is counted stays for two windows of its limit at most, under a fingerprint that only the secret's holders can
    make: no address is written. SQLAlchemyError says that the database can't be used.
    """

    STORAGE_SCHEME = None

    def __init__(self, url: str, *, secret: Callable[[], bytes], patience_ms: int = PATIENCE_MS) -> None:
        super().__init__()
        self._patience_ms = patience_ms
        self._url = url
        self._secret = secret
        self._opened: sql.Engine | None = None
        self._opening = Lock()
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the library may wrap."""
        return SQLAlchemyError

    @property
    def is_file(self) -> bool:
        """Whether counting is quick enough not to need a thread."""
        return self._url.startswith("sqlite")

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count that many requests, if so many fit into the window that ends now."""
        now = time.time()
        window = self._window(key, expiry, now)
        told: dict[str, Any] = {"name": window.name, "before": window.before, "weight": window.weight}
        with self._engine.connect() as connection:
            self._sweep(connection, now)
            told |= {"amount": amount, "limit": limit, "until": now + window.left_s + expiry}
            taken: int = connection.execute(TAKE, told).rowcount
            return taken == 1

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """What was counted in the window before and how long it still matters, and the same of this one."""
        window = self._window(key, expiry, time.time())
        with self._engine.connect() as connection:
            rows = connection.execute(READ, {"name": window.name, "before": window.before})
            counted = {row.name: int(row.taken) for row in rows}
        before = counted.get(window.before, 0)
        return before, window.left_s if before else 0.0, counted.get(window.name, 0), window.left_s + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget what was counted."""
        window = self._window(key, expiry, time.time())
        with self._engine.connect() as connection:
            connection.execute(FORGET, {"name": window.name, "before": window.before})

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a plain count, and what it is then."""
        told = {"name": self._fingerprint(key), "amount": amount, "until": time.time() + expiry}
        with self._engine.connect() as connection:
            return int(connection.execute(ADD, told).scalar_one())

    def get(self, key: str) -> int:
        """A plain count; 0 where nothing was counted."""
        row = self._row(key)
        return int(row.taken) if row else 0

    def get_expiry(self, key: str) -> float:
        """Until when a plain count stays, in seconds since the epoch; now where nothing was counted."""
        row = self._row(key)
        return float(row.until) if row else time.time()

    def clear(self, key: str) -> None:
        """Forget a plain count."""
        name = self._fingerprint(key)
        with self._engine.connect() as connection:
            connection.execute(FORGET, {"name": name, "before": name})

    def reset(self) -> int | None:
        """Forget everything; how many counts there were."""
        with self._engine.connect() as connection:
            counted: int = connection.execute(SWEEP, {"now": float("inf")}).rowcount
            return counted

    def check(self) -> bool:
        """Whether the database can be used."""
        try:
            self._row("")
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """Let the database go; the next use opens it again."""
        with self._opening:
            engine, self._opened = self._opened, None
        if engine is not None:
            engine.dispose()

    def _row(self, key: str) -> Any:
        name = self._fingerprint(key)
        with self._engine.connect() as connection:
            return connection.execute(READ, {"name": name, "before": name}).first()

    def _window(self, key: str, expiry: int, now: float) -> Window:
        number, past = divmod(now, expiry)
        who = self._fingerprint(key)
        left_s = expiry - past
        return Window(f"{who}/{int(number)}", f"{who}/{int(number) - 1}", left_s / expiry, left_s)

    def _fingerprint(self, key: str) -> str:
        return hmac.new(self._key, key.encode(), hashlib.sha256).hexdigest()[:32]

    @cached_property
    def _key(self) -> bytes:
        return self._secret()

    def _sweep(self, connection: sql.Connection, now: float) -> None:
        # A sweep farther off than one comes was put off by a clock that has been set right since.
        if now >= self._sweep_at or self._sweep_at - now > SWEEP_EVERY_S:
            self._sweep_at = now + SWEEP_EVERY_S
            connection.execute(SWEEP, {"now": now})

    @property
    def _engine(self) -> sql.Engine:
        with self._opening:
            if self._opened is None:
                self._opened = _open(self._url, self._patience_ms)
            return self._opened


def counts_url(home: Path, database_url: str = "") -> str:
    """Where requests are counted: beside the ledger on a server, else in a file that may go at any time."""
    return database_url or f"sqlite:///{home / 'cache' / 'counts.sqlite3'}"


def _open(url: str, patience_ms: int) -> sql.Engine:
    return _open_file(url, patience_ms) if url.startswith("sqlite") else _open_server(url, patience_ms)


def _open_file(url: str, patience_ms: int) -> sql.Engine:
    def prepare(connection: Any, _record: object) -> None:
        # Not waiting for the disk: a power cut may cost the counts, which are old a minute later.
        for setting in (f"busy_timeout = {patience_ms}", "secure_delete = ON", "synchronous = OFF"):
            connection.execute(f"PRAGMA {setting}")
        write_ahead(connection, patience_ms)

    engine = sql.create_engine(url, isolation_level="AUTOCOMMIT")
    Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
    sql.event.listen(engine, "connect", prepare)
    with engine.connect() as connection:
        connection.execute(sql.text(MAKE.format(kind="")))
    return engine


def _open_server(url: str, patience_ms: int) -> sql.Engine:
    told = {"connect_timeout": CONNECT_S, "options": f"-c statement_timeout={10 * patience_ms}"}
    engine = sql.create_engine(read_address(url), isolation_level="AUTOCOMMIT", connect_args=told)
    if not sql.inspect(engine).has_table("request_counts"):
        with engine.connect().execution_options(isolation_level="READ COMMITTED") as connection, connection.begin():
            keep_others_out(connection)
            connection.execute(sql.text(MAKE.format(kind="UNLOGGED")))
    return engine
