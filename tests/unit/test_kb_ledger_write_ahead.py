"""Two that open a new SQLite file at once wait for each other; whatever else fails is told at once."""

from __future__ import annotations

import sqlite3

import pytest

from kb.ledger.database import write_ahead


class Refusing:
    """A connection that refuses the first few times."""

    def __init__(self, times: int, code: int) -> None:
        self.times, self.code, self.told = times, code, list[str]()

    def execute(self, statement: str) -> None:
        self.told.append(statement)
        if len(self.told) <= self.times:
            error = sqlite3.OperationalError("refused")
            error.sqlite_errorcode = self.code
            raise error


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY])
def test_a_journal_that_another_is_changing_is_waited_for(code: int) -> None:
    busy = Refusing(3, code)

    write_ahead(busy, 60_000)

    assert busy.told == ["PRAGMA journal_mode = WAL"] * 4


def test_patience_ends() -> None:
    with pytest.raises(sqlite3.OperationalError):
        write_ahead(Refusing(10_000, sqlite3.SQLITE_BUSY), 0)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL])
def test_what_waiting_cannot_mend_is_told_at_once(code: int) -> None:
    refusing = Refusing(1, code)

    with pytest.raises(sqlite3.OperationalError):
        write_ahead(refusing, 60_000)

    assert len(refusing.told) == 1
