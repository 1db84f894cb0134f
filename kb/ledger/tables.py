"""The ledger's tables, and the steps that bring an older ledger up to date."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sql

from kb.errors import StoreError

SCHEMA = sql.MetaData()

VERSIONS = sql.Table("schema_version", SCHEMA, sql.Column("version", sql.Integer, nullable=False))

PUBLICATIONS = sql.Table(
    "publications",
    SCHEMA,
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("release", sql.String(32), nullable=False, index=True),
    sql.Column("previous", sql.String(32)),
    sql.Column("kind", sql.String(16), nullable=False),  # "publish" | "rollback"
    sql.Column("at", sql.String(32), nullable=False),  # ISO 8601, UTC: reads the same in every database
    sql.Column("who", sql.Text),
    sql.Column("why", sql.Text),  # the reason of one who overrode the gate
    sql.Column("gate", sql.String(16), nullable=False),
)

RECEIPTS = sql.Table(
    "receipts",
    SCHEMA,
    sql.Column("answer", sql.String(64), primary_key=True),
    sql.Column("release", sql.String(32), nullable=False, index=True),
    sql.Column("status", sql.String(32), nullable=False),
    sql.Column("created_at", sql.String(32), nullable=False),
    sql.Column("body", sql.Text, nullable=False),  # JSON
    sql.Column("channel", sql.String(16), nullable=False, server_default=""),
    sql.Column("times", sql.Integer, nullable=False, server_default="1"),
)

FEEDBACK = sql.Table(
    "feedback",
    SCHEMA,
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("answer", sql.String(64), nullable=False, index=True),
    sql.Column("release", sql.String(32), nullable=False),
    sql.Column("verdict", sql.Integer, nullable=False),  # +1 or -1
    sql.Column("reason", sql.String(32)),
    sql.Column("comment", sql.Text),
    sql.Column("channel", sql.String(16), nullable=False),
    sql.Column("at", sql.String(32), nullable=False, index=True),
    sql.Column("key", sql.String(64), unique=True),  # a later rating of the same key takes its place
)

CHORES = sql.Table(
    "chores",
    SCHEMA,
    sql.Column("name", sql.String(32), primary_key=True),
    sql.Column("at", sql.String(32), nullable=False),  # when it was last done
)


def _first(connection: sql.Connection) -> None:
    SCHEMA.create_all(connection, tables=[PUBLICATIONS, RECEIPTS])


def _second(connection: sql.Connection) -> None:
    """Ratings, chores, and of receipts: where and how often they were asked for."""
    there = {column["name"] for column in sql.inspect(connection).get_columns("receipts")}
    # A ledger that begins here has them from the first step, which makes the table as it is today.
    if "channel" not in there:
        connection.exec_driver_sql("ALTER TABLE receipts ADD COLUMN channel VARCHAR(16) NOT NULL DEFAULT ''")
    if "times" not in there:
        connection.exec_driver_sql("ALTER TABLE receipts ADD COLUMN times INTEGER NOT NULL DEFAULT 1")
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS ix_receipts_created_at ON receipts (created_at)")
    SCHEMA.create_all(connection, tables=[FEEDBACK, CHORES])


MIGRATIONS: tuple[Callable[[sql.Connection], None], ...] = (_first, _second)
"""Step n brings a ledger from version n to n + 1; a step that was released is never edited."""


def is_current(connection: sql.Connection) -> bool:
    """True when the ledger has the version of this program; reads alone."""
    if not sql.inspect(connection).has_table(VERSIONS.name):
        return False
    return connection.execute(sql.select(VERSIONS.c.version)).scalar_one_or_none() == len(MIGRATIONS)


def migrate(connection: sql.Connection, shown: str) -> None:
    """
    Bring the ledger up to date. Args: shown is its address, for the message.

    Raises:
        StoreError: a newer program wrote it.
    """
    VERSIONS.create(connection, checkfirst=True)
    version: int = connection.execute(sql.select(VERSIONS.c.version)).scalar_one_or_none() or 0
    if version > len(MIGRATIONS):
        raise StoreError(
            f"il registro {shown} è della versione {version}, questo programma arriva alla {len(MIGRATIONS)}: "
            "aggiorna Bussola."
        )
    if version == len(MIGRATIONS):
        return
    for step in MIGRATIONS[version:]:
        step(connection)
    connection.execute(sql.delete(VERSIONS))
    connection.execute(sql.insert(VERSIONS).values(version=len(MIGRATIONS)))
