"""The ledger's database: where it lies, how it is opened, and what its faults are called."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.exc import SQLAlchemyError

from kb.errors import StoreError
from kb.ledger.tables import is_current, migrate


@dataclass(frozen=True, slots=True)
class Pace:
    """How a transaction treats others and a power cut."""

    begin: str  # SQLite's; PostgreSQL needs none
    patience_ms: int  # how long a writer waits for another
    is_durable: bool  # on the disk when it ends, also if the power fails


WRITING = Pace("BEGIN IMMEDIATE", 5000, is_durable=True)
READING = Pace("BEGIN", 5000, is_durable=False)
QUICK = Pace("BEGIN IMMEDIATE", 500, is_durable=False)
"""A receipt: a person waits for the answer, and a power cut may cost the last moments' receipts."""

MIGRATING = 20_622_024
"""The number of the lock under which PostgreSQL's tables are made; any number that nobody else uses will do."""

PUBLISHING = 20_622_025
"""The number of the lock of who publishes."""

CONNECT_S = 5
"""Seconds that a PostgreSQL server may take to let us in."""


def ledger_url(home: Path, database_url: str = "") -> str:
    """The ledger's SQLAlchemy address: the one given, or SQLite in the home folder."""
    return database_url or f"sqlite:///{home / 'ledger.sqlite3'}"


def open_ledger_engine(url: str) -> sql.Engine:
    """
    The database, its tables made or brought up to date.

    Raises:
        StoreError: it can't be used, or a newer program wrote it.
    """
    engine = _open_engine(url)
    try:
        with paced(engine, READING).begin() as connection:
            if is_current(connection):
                return engine
        with engine.begin() as connection:
            keep_others_out(connection)
            migrate(connection, shown(url))
    except BaseException:
        engine.dispose()
        raise
    return engine


def paced(engine: sql.Engine, pace: Pace) -> sql.Engine:
    """The same database, its transactions at that pace."""
    return engine.execution_options(bussola_pace=pace)


def store_error(url: str, error: Exception) -> StoreError:
    """Our error for one of the database's library."""
    original = getattr(error, "orig", None) or error
    cause = str(original).splitlines()[0]
    # The code's last byte is the kind.
    if getattr(original, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(
            f"il registro {shown(url)} è danneggiato ({cause}): ferma il servizio e rimetti una copia con «bussola "
            "restore», o sposta il file: ne nasce uno vuoto, senza chiavi né ricevute."
        )
    return StoreError(
        f"il registro {shown(url)} non si può usare ({cause}): controlla spazio su disco, permessi "
        "e BUSSOLA_DATABASE_URL."
    )


def read_address(url: str) -> sql.URL:
    """
    The parts of an address.

    Raises:
        StoreError: it is none.
    """
    try:
        return sql.make_url(url)
    except SQLAlchemyError as error:
        raise store_error(url, error) from error
    except ValueError:  # the library's own words hold what it took for the port, which may be of the password
        raise store_error(url, ValueError("la porta non è un numero")) from None


def shown(url: str) -> str:
    """The address without its password."""
    try:
        return sql.make_url(url).render_as_string(hide_password=True)
    except (SQLAlchemyError, ValueError):
        return "indicato in BUSSOLA_DATABASE_URL"


def _open_engine(url: str) -> sql.Engine:
    try:
        engine = sql.create_engine(url, **_options(read_address(url)))
    except (SQLAlchemyError, ImportError) as error:
        raise store_error(url, error) from error
    if engine.dialect.name == "sqlite":
        database = engine.url.database
        if database and database != ":memory:":
            _make_folder(Path(database).parent, url)
        sql.event.listen(engine, "connect", _prepare_sqlite)
        sql.event.listen(engine, "begin", _begin_sqlite)
    if engine.dialect.name == "postgresql":
        sql.event.listen(engine, "begin", _begin_postgresql)
    return engine


def _options(address: sql.URL) -> dict[str, Any]:
    if address.get_backend_name() != "postgresql":
        return {}
    # A server that restarted leaves dead connections behind; one that is away must not keep a person waiting.
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": CONNECT_S}}


def keep_others_out(connection: sql.Connection) -> None:
    """Until the transaction ends, nobody else makes tables; SQLite's own begin sees to it already."""
    if connection.dialect.name == "postgresql":
        connection.execute(sql.select(sql.func.pg_advisory_xact_lock(MIGRATING)))


def is_only_publisher(connection: sql.Connection) -> bool:
    """Whether this transaction, until it ends, is the one that publishes; SQLite's homes have a lock file for it."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.execute(sql.select(sql.func.pg_try_advisory_xact_lock(PUBLISHING))).scalar_one())


def put(
    connection: sql.Connection,
    table: sql.Table,
    values: Mapping[str, Any],
    *,
    key: sql.Column[Any],
    again: Mapping[str, Any],
) -> None:
    """Insert a line, or change the one of the same key."""
    dialect: Any  # only that of this database is imported: the other costs each command a twentieth of a second
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql as dialect
    else:
        from sqlalchemy.dialects import sqlite as dialect
    line = dialect.insert(table).values(values)
    connection.execute(line.on_conflict_do_update(index_elements=[key], set_=again))


def _make_folder(folder: Path, url: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise store_error(url, error) from error


def write_ahead(connection: Any, patience_ms: int) -> None:
    """
    Have a SQLite file keep a journal that lets others read; SQLite itself waits for nobody where two open a new file.

    Raises:
        sqlite3.OperationalError: others hold the file for longer than patience, or it can't be written.
    """
    until = time.monotonic() + patience_ms / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # The code's last byte is the kind; the rest says why it is busy.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.002)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun by us: the driver's own begin comes late and lets two processes migrate at once.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {WRITING.patience_ms}")
    write_ahead(connection, WRITING.patience_ms)
    connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten in the file


def _begin_sqlite(connection: sql.Connection) -> None:
    pace: Pace = connection.get_execution_options().get("bussola_pace", WRITING)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {pace.patience_ms}")
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if pace.is_durable else 'NORMAL'}")
    connection.exec_driver_sql(pace.begin)


def _begin_postgresql(connection: sql.Connection) -> None:
    pace: Pace = connection.get_execution_options().get("bussola_pace", WRITING)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout TO {pace.patience_ms}")
    if not pace.is_durable:
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
