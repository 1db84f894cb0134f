"""What must be remembered outside the releases: publications and receipts of answers, in SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.exc import SQLAlchemyError

from kb.errors import NotFound, StoreError
from kb.records import Answer

BUSY_TIMEOUT_MS = 5000
"""How long a writer waits for another; writes here take milliseconds."""

_schema = sql.MetaData()

_versions = sql.Table("schema_version", _schema, sql.Column("version", sql.Integer, nullable=False))

_publications = sql.Table(
    "publications",
    _schema,
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("release", sql.String(32), nullable=False, index=True),
    sql.Column("previous", sql.String(32)),
    sql.Column("kind", sql.String(16), nullable=False),  # "publish" | "rollback"
    sql.Column("at", sql.String(32), nullable=False),  # ISO 8601, UTC: reads the same in every database
    sql.Column("who", sql.Text),
    sql.Column("why", sql.Text),  # the reason of one who overrode the gate
    sql.Column("gate", sql.String(16), nullable=False),
)

_receipts = sql.Table(
    "receipts",
    _schema,
    sql.Column("answer", sql.String(64), primary_key=True),
    sql.Column("release", sql.String(32), nullable=False, index=True),
    sql.Column("status", sql.String(32), nullable=False),
    sql.Column("created_at", sql.String(32), nullable=False),
    sql.Column("body", sql.Text, nullable=False),  # JSON
)


def _first(connection: sql.Connection) -> None:
    _schema.create_all(connection, tables=[_publications, _receipts])


MIGRATIONS: tuple[Callable[[sql.Connection], None], ...] = (_first,)
"""Step n brings a ledger from version n to n + 1; a step that was released is never edited."""


@dataclass(frozen=True, slots=True)
class PublicationLine:
    """One line of the publication log."""

    number: int  # from 1, in order of time
    release: str
    previous: str | None
    kind: str
    at: str
    who: str | None
    why: str | None
    gate: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is kept of an answer so that it can be replayed; body holds no personal data."""

    answer: str
    release: str
    status: str
    body: Mapping[str, Any]
    created_at: str = ""


def ledger_url(home: Path, database_url: str = "") -> str:
    """The ledger's SQLAlchemy address: the one given, or SQLite in the home folder."""
    return database_url or f"sqlite:///{home / 'ledger.sqlite3'}"


def receipt_of(answer: Answer) -> Receipt:
    """
    The receipt of an answer: what was cited, how long each step took, and nothing that a person wrote.

    Question, history and answer text stay out, since a question may hold a name or an address.
    """
    body = {
        "language": answer.language,
        "mode": answer.mode.value,
        "citations": [
            {"passage": c.passage, "document": c.document, "page_index": c.page_index, "start": c.start, "end": c.end}
            for c in answer.citations
        ],
        "support": [sentence.support for sentence in answer.sentences],
        "notes": [note.kind for note in answer.notes],
        "timings_ms": dict(answer.timings_ms),
        "steps": [{"step": line.step, "ms": line.ms} for line in answer.trace],
    }
    return Receipt(answer=answer.id, release=answer.release, status=answer.status.value, body=body)


class Ledger:
    """The publication log and the receipts; opened at first use, safe among threads and processes."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: sql.Engine | None = None

    def add_publication(
        self, release: str, *, previous: str | None, kind: str, why: str | None = None, gate: str = "not_applied"
    ) -> None:
        """
        Write down that a release was published, and what served until then.

        Raises:
            StoreError: the ledger can't be written.
        """
        line = {"release": release, "previous": previous, "kind": kind, "at": _now(), "why": why, "gate": gate}
        with self._transaction() as connection:
            connection.execute(sql.insert(_publications).values(line))

    def publications(self) -> list[PublicationLine]:
        """The publication log, newest first."""
        with self._transaction() as connection:
            rows = connection.execute(sql.select(_publications).order_by(_publications.c.number.desc()))
            return [PublicationLine(**row) for row in rows.mappings()]

    def published_before(self, release: str) -> str | None:
        """What served when this release was last published (rolling back to it does not count), or None."""
        lines = _publications.c
        query = (
            sql.select(lines.previous)
            .where(lines.release == release, lines.kind == "publish")
            .order_by(lines.number.desc())
            .limit(1)
        )
        with self._transaction() as connection:
            previous: str | None = connection.execute(query).scalar_one_or_none()
            return previous

    def keep(self, receipt: Receipt) -> None:
        """
        Keep a receipt; one of the same answer is replaced.

        Raises:
            StoreError: the ledger can't be written.
        """
        values = {
            "answer": receipt.answer,
            "release": receipt.release,
            "status": receipt.status,
            "created_at": receipt.created_at or _now(),
            "body": json.dumps(receipt.body, ensure_ascii=False, sort_keys=True),
        }
        with self._transaction() as connection:
            connection.execute(sql.delete(_receipts).where(_receipts.c.answer == receipt.answer))
            connection.execute(sql.insert(_receipts).values(values))

    def receipt(self, answer: str) -> Receipt:
        """
        The receipt of an answer.

        Raises:
            NotFound: none is kept.
        """
        with self._transaction() as connection:
            row = connection.execute(sql.select(_receipts).where(_receipts.c.answer == answer)).mappings().first()
        if row is None:
            raise NotFound(f"non c'è una ricevuta per la risposta «{answer}»: controlla il codice.")
        return Receipt(**{**row, "body": json.loads(row["body"])})

    def transaction(self) -> AbstractContextManager[sql.Connection]:
        """
        A transaction of the ledger's database, for what else is kept there; whole or not at all.

        Raises:
            StoreError: the database can't be used.
        """
        return self._transaction()

    def close(self) -> None:
        """Let the database go; the next use opens it again."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    @contextmanager
    def _transaction(self) -> Iterator[sql.Connection]:
        try:
            with self._opened().begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise _store_error(self._url, error) from error

    def _opened(self) -> sql.Engine:
        if self._engine is None:
            engine = _open_engine(self._url)
            with engine.begin() as connection:
                _migrate(connection, self._url)
            self._engine = engine
        return self._engine


def _open_engine(url: str) -> sql.Engine:
    try:
        engine = sql.create_engine(url)
    except (SQLAlchemyError, ImportError) as error:
        raise _store_error(url, error) from error
    if engine.dialect.name == "sqlite":
        database = engine.url.database
        if database and database != ":memory:":
            _make_folder(Path(database).parent, url)
        sql.event.listen(engine, "connect", _prepare_sqlite)
        sql.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _make_folder(folder: Path, url: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _store_error(url, error) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun by us: the driver's own begin comes late and lets two processes migrate at once.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")


def _migrate(connection: sql.Connection, url: str) -> None:
    _versions.create(connection, checkfirst=True)
    version: int = connection.execute(sql.select(_versions.c.version)).scalar_one_or_none() or 0
    if version > len(MIGRATIONS):
        raise StoreError(
            f"il registro {_shown(url)} è della versione {version}, questo programma arriva alla {len(MIGRATIONS)}: "
            "aggiorna Bussola."
        )
    if version == len(MIGRATIONS):
        return
    for step in MIGRATIONS[version:]:
        step(connection)
    connection.execute(sql.delete(_versions))
    connection.execute(sql.insert(_versions).values(version=len(MIGRATIONS)))


def _store_error(url: str, error: Exception) -> StoreError:
    cause = str(getattr(error, "orig", None) or error).splitlines()[0]
    return StoreError(
        f"il registro {_shown(url)} non si può usare ({cause}): controlla BUSSOLA_DATABASE_URL e i permessi."
    )


def _shown(url: str) -> str:
    """The address without its password."""
    try:
        return sql.make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "indicato in BUSSOLA_DATABASE_URL"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
