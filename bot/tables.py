"""The tables of the bot's memory, and the file they lie in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from kb.errors import StoreError
from kb.ledger.database import write_ahead

BUSY_TIMEOUT_MS = 5000

SCHEMA = sql.MetaData()
VERSIONS = sql.Table("schema_version", SCHEMA, sql.Column("version", sql.Integer, nullable=False))
UPDATES = sql.Table(
    "updates",
    SCHEMA,
    sql.Column("update_id", sql.Integer, primary_key=True),
    sql.Column("body", sql.Text),  # JSON as it came; NULL once answered
    sql.Column("at", sql.String(32), nullable=False),
)
DELIVERIES = sql.Table(
    "deliveries",
    SCHEMA,
    sql.Column("update_id", sql.Integer, primary_key=True),
    sql.Column("part", sql.Integer, primary_key=True),
    sql.Column("after_id", sql.Integer, nullable=False),  # the newest message known before, in the row of numbers …
    sql.Column("after_in_chat", sql.Integer, nullable=False),  # … and in the chat
    sql.Column("message_id", sql.Integer),  # NULL while it is not known whether it arrived
    sql.Column("row", sql.String(32)),  # the row of numbers (bot.sent)
    sql.Column("at", sql.String(32)),
    sql.Column("before_id", sql.Integer),  # a number that was surely given out later; NULL while none is known
)
NUMBERS = sql.Table(
    "numbers",
    SCHEMA,
    sql.Column("chat", sql.String(32), primary_key=True),  # a chat's code, or a row's name (bot.sent)
    sql.Column("newest", sql.Integer, nullable=False),
    sql.Column("at", sql.String(32), nullable=False),
)
CHATS = sql.Table(
    "chats",
    SCHEMA,
    sql.Column("chat", sql.String(32), primary_key=True),
    sql.Column("language", sql.String(8), nullable=False),
    sql.Column("at", sql.String(32), nullable=False),
)
TURNS = sql.Table(
    "turns",
    SCHEMA,
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("chat", sql.String(32), nullable=False, index=True),
    sql.Column("code", sql.String(16), nullable=False, unique=True),  # of its answer
    sql.Column("question", sql.Text, nullable=False),
    sql.Column("at", sql.String(32), nullable=False),
)
ANSWERS = sql.Table(
    "answers",
    SCHEMA,
    sql.Column("code", sql.String(16), primary_key=True),
    sql.Column("chat", sql.String(32), nullable=False, index=True),
    sql.Column("question_id", sql.Integer),  # the message that asked
    sql.Column("message_id", sql.Integer),  # the message that answered
    sql.Column("body", sql.Text, nullable=False),  # JSON
    sql.Column("at", sql.String(32), nullable=False),
)
FEEDBACK = sql.Table(
    "feedback",
    SCHEMA,
    sql.Column("code", sql.String(16), primary_key=True),
    sql.Column("chat", sql.String(32), primary_key=True),
    sql.Column("verdict", sql.String(8), nullable=False),
    sql.Column("reason", sql.String(16)),
    sql.Column("status", sql.String(32), nullable=False),
    sql.Column("release", sql.String(32), nullable=False),
    sql.Column("at", sql.String(32), nullable=False),
)


EDITIONS = sql.Table(
    "editions",
    SCHEMA,
    sql.Column("release", sql.String(32), primary_key=True),
    sql.Column("documents", sql.Text, nullable=False),  # JSON
    sql.Column("first_at", sql.String(32), nullable=False),
)

PICTURES = sql.Table(
    "pictures",
    SCHEMA,
    sql.Column("page", sql.String(64), primary_key=True),  # a hash of release, document, page and quote; of no person
    sql.Column("file_id", sql.String(256), nullable=False),  # where Telegram keeps what was sent once
    sql.Column("is_marked", sql.Boolean, nullable=False),
    sql.Column("at", sql.String(32), nullable=False),
)

PERSONAL = (TURNS, ANSWERS, FEEDBACK, CHATS)
"""What is kept of a chat, in the order of Erased."""


def _first(connection: sql.Connection) -> None:
    SCHEMA.create_all(connection, tables=[UPDATES, DELIVERIES, NUMBERS, EDITIONS, CHATS, TURNS, ANSWERS, FEEDBACK])


def _second(connection: sql.Connection) -> None:
    PICTURES.create(connection, checkfirst=True)
    there = {column["name"] for column in sql.inspect(connection).get_columns(DELIVERIES.name)}
    for column in (DELIVERIES.c.row, DELIVERIES.c.at, DELIVERIES.c.before_id):
        if column.name not in there:  # a file that is made today has them from the first step
            kind = column.type.compile(connection.dialect)
            connection.exec_driver_sql(f'ALTER TABLE {DELIVERIES.name} ADD COLUMN "{column.name}" {kind}')


MIGRATIONS: tuple[Callable[[sql.Connection], None], ...] = (_first, _second)
"""Step n brings a file from version n to n + 1; a step that was released is never edited."""


def open_database(path: Path) -> sql.Engine:
    """
    The database in a file, made or brought up to date.

    Raises:
        StoreError: its folder can't be made, or a newer Bussola wrote it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"la cartella {path.parent} non si può creare ({error.strerror}): controlla i permessi."
        ) from None
    engine = sql.create_engine(f"sqlite:///{path}")
    sql.event.listen(engine, "connect", _prepare)
    sql.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.begin() as connection:
        _migrate(connection, path)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by us
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    write_ahead(connection, BUSY_TIMEOUT_MS)
    # A killed process loses nothing; a power cut may lose the last moments.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten in the file


def _migrate(connection: sql.Connection, path: Path) -> None:
    VERSIONS.create(connection, checkfirst=True)
    version: int = connection.execute(sql.select(VERSIONS.c.version)).scalar_one_or_none() or 0
    if version > len(MIGRATIONS):
        raise StoreError(f"la memoria del bot {path} è di una versione più nuova ({version}): aggiorna Bussola.")
    for step in MIGRATIONS[version:]:
        step(connection)
    connection.execute(sql.delete(VERSIONS))
    connection.execute(sql.insert(VERSIONS).values(version=len(MIGRATIONS)))
