"""The log of evaluations in the ledger: which report was judged how, and its checksum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sql

from kb.ledger import Ledger
from kb.ledger.database import keep_others_out

_schema = sql.MetaData()

_evaluations = sql.Table(
    "evaluations",
    _schema,
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("release", sql.String(32), nullable=False, index=True),
    sql.Column("at", sql.String(32), nullable=False),  # ISO 8601, UTC
    sql.Column("golden", sql.String(64), nullable=False),  # fingerprint of the questions
    sql.Column("code", sql.String(64), nullable=False),  # fingerprint of the program
    sql.Column("against", sql.String(32)),  # the release that was published then
    sql.Column("gate", sql.String(16), nullable=False),
    sql.Column("sha256", sql.String(64), nullable=False),  # of the report's files, as evals.report_folder reckons it
)


@dataclass(frozen=True, slots=True)
class EvaluationLine:
    """One line of the log."""

    number: int  # from 1, in order of time
    release: str
    at: str
    golden: str
    code: str
    against: str | None
    gate: str
    sha256: str


def add_evaluation(ledger: Ledger, line: EvaluationLine) -> None:
    """
    Write an evaluation down; its number and, where empty, its time are given here.

    Raises:
        StoreError: the ledger can't be written.
    """
    values = {name: getattr(line, name) for name in EvaluationLine.__dataclass_fields__ if name != "number"}
    values["at"] = line.at or datetime.now(UTC).isoformat(timespec="seconds")
    with ledger.transaction() as connection:
        keep_others_out(connection)
        _evaluations.create(connection, checkfirst=True)
        connection.execute(sql.insert(_evaluations).values(values))


def read_evaluations(ledger: Ledger, release: str | None = None) -> list[EvaluationLine]:
    """
    The evaluations of a release, or all of them, newest first; none where nothing was ever evaluated.

    Raises:
        StoreError: the ledger can't be read.
    """
    query = sql.select(_evaluations).order_by(_evaluations.c.number.desc())
    query = query if release is None else query.where(_evaluations.c.release == release)
    with ledger.transaction() as connection:
        if not sql.inspect(connection).has_table(_evaluations.name):
            return []
        return [EvaluationLine(**row) for row in connection.execute(query).mappings()]
