"""Erasing what was kept long enough, by a clock that may be wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sql

from kb.ledger.database import put
from kb.ledger.tables import CHORES, FEEDBACK, PUBLICATIONS, RECEIPTS

EXPIRING = "expire"
"""The chore of erasing what is older than it may be."""

EXPIRE_EVERY = timedelta(days=1)

BELIEVED_STEP = timedelta(days=7)
"""
How far a clock may have gone since the last erasing and be believed at once.

Of a longer step the rest is believed a day later, if the clock still stands there: a machine that starts in another
year is set right within minutes, while one that was off for long loses a day.
"""

AMONG_MACHINES = timedelta(days=1)
"""How far the clocks of machines that share a ledger may be apart."""

DATED = ((RECEIPTS, RECEIPTS.c.created_at), (FEEDBACK, FEEDBACK.c.at))
"""What is erased, by when it was written."""


def expire(connection: sql.Connection, *, days: int, now: datetime) -> int | None:
    """
    Erase receipts and ratings older than that many days; how many lines went, None when it was done within a day.

    Nothing was answered before the first publication, nor tomorrow: lines dated so were written by a wrong clock. They
    are not erased; once this clock is believed they are dated anew, and their time begins.
    """
    done = connection.execute(sql.select(CHORES.c.at).where(CHORES.c.name == EXPIRING)).scalar_one_or_none()
    # A moment still to come was written by a clock that has been set right since: it must not put this off.
    if done is not None and written(now - EXPIRE_EVERY) < done <= written(now):
        return None
    last = datetime.fromisoformat(done) if done is not None else now
    believed = min(now, last + BELIEVED_STEP) if last <= now else now
    first = connection.execute(sql.select(sql.func.min(PUBLICATIONS.c.at))).scalar_one() or ""
    if done is not None and last <= now == believed and first <= written(now):
        _date_anew(connection, first, now)
    gone = _erase(connection, first if first <= written(now) else "", written(believed - timedelta(days=days)))
    chore = {"name": EXPIRING, "at": written(now)}
    put(connection, CHORES, chore, key=CHORES.c.name, again=chore)
    return gone


def written(moment: datetime) -> str:
    """A moment as the ledger writes it, to the second; moments in UTC have the order of their texts."""
    return moment.isoformat(timespec="seconds")


def _date_anew(connection: sql.Connection, first: str, now: datetime) -> None:
    latest = written(now + AMONG_MACHINES)
    for table, at in DATED:
        wrong = sql.or_(at < first, at > latest)
        connection.execute(sql.update(table).where(wrong).values({at.name: written(now)}))


def _erase(connection: sql.Connection, first: str, limit: str) -> int:
    return sum(
        int(connection.execute(sql.delete(table).where(at >= first, at < limit)).rowcount) for table, at in DATED
    )
