"""What is erased after its time, whatever the machine's clock does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sql

from kb.ledger import Ledger, Receipt, ledger_url
from kb.ledger.tables import FEEDBACK, PUBLICATIONS

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)
YEARS = timedelta(days=3650)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url(tmp_path))
    yield ledger
    ledger.close()


def keep(ledger: Ledger, answer: str, at: datetime) -> None:
    """An answer given then, and judged at once."""
    ledger.keep(Receipt(answer, "r_1", "answered", {}, created_at=at.isoformat(timespec="seconds")))
    ledger.add_feedback(answer, 1)
    with ledger.transaction() as connection:
        chosen = sql.update(FEEDBACK).where(FEEDBACK.c.answer == answer)
        connection.execute(chosen.values(at=at.isoformat(timespec="seconds")))


def publish(ledger: Ledger, at: datetime) -> None:
    ledger.add_publication("r_1", previous=None, kind="publish")
    with ledger.transaction() as connection:
        connection.execute(sql.update(PUBLICATIONS).values(at=at.isoformat(timespec="seconds")))


def left(ledger: Ledger) -> list[str]:
    """The answers whose receipt and rating are there."""
    receipts, rated = {one.answer for one in ledger.receipts()}, {one.answer for one in ledger.feedback_since()}
    assert receipts == rated
    return sorted(receipts)


def test_a_day_after_day_each_line_goes_when_its_time_is_over(ledger: Ledger) -> None:
    keep(ledger, "ans_old", NOW - 89 * DAY)
    keep(ledger, "ans_new", NOW)

    assert [ledger.expire_daily(days=90, now=NOW + day * DAY) for day in range(3)] == [0, 0, 2]
    assert left(ledger) == ["ans_new"]


@pytest.mark.parametrize("ahead", [DAY * 200, YEARS])
def test_a_clock_that_is_ahead_for_a_while_erases_nothing(ledger: Ledger, ahead: timedelta) -> None:
    ledger.expire_daily(days=90, now=NOW)
    keep(ledger, "ans_1", NOW)

    assert ledger.expire_daily(days=90, now=NOW + ahead) == 0
    assert ledger.expire_daily(days=90, now=NOW + DAY) == 0
    assert left(ledger) == ["ans_1"]


def test_a_machine_that_was_off_for_long_erases_a_day_later(ledger: Ledger) -> None:
    ledger.expire_daily(days=90, now=NOW)
    keep(ledger, "ans_1", NOW)

    assert ledger.expire_daily(days=90, now=NOW + 200 * DAY) == 0
    assert ledger.expire_daily(days=90, now=NOW + 201 * DAY) == 2


def test_a_clock_that_was_ahead_once_puts_no_erasing_off(ledger: Ledger) -> None:
    ledger.expire_daily(days=90, now=NOW + YEARS)
    keep(ledger, "ans_old", NOW - 91 * DAY)

    assert ledger.expire_daily(days=90, now=NOW) == 2
    assert ledger.expire_daily(days=90, now=NOW + timedelta(hours=1)) is None


@pytest.mark.parametrize("wrong", [NOW - YEARS, NOW + YEARS], ids=["behind", "ahead"])
def test_what_a_wrong_clock_dated_has_its_time_from_when_the_clock_is_right(ledger: Ledger, wrong: datetime) -> None:
    publish(ledger, NOW - 10 * DAY)
    ledger.expire_daily(days=90, now=NOW - DAY)
    keep(ledger, "ans_1", wrong)

    assert ledger.expire_daily(days=90, now=NOW) == 0
    assert ledger.receipt("ans_1").created_at == NOW.isoformat(timespec="seconds")
    for day in range(1, 91):
        assert ledger.expire_daily(days=90, now=NOW + day * DAY) == 0
    assert ledger.expire_daily(days=90, now=NOW + 91 * DAY) == 2


def test_a_clock_behind_the_first_publication_dates_nothing_anew(ledger: Ledger) -> None:
    """A machine that starts in 1970, for days, must not make everything old."""
    publish(ledger, NOW - 10 * DAY)
    ledger.expire_daily(days=90, now=NOW - DAY)
    keep(ledger, "ans_1", NOW)
    begin = datetime(1970, 1, 1, tzinfo=UTC)

    for now in (begin, begin + DAY, begin + 2 * DAY, NOW + DAY, NOW + 2 * DAY):
        assert ledger.expire_daily(days=90, now=now) == 0
    assert ledger.receipt("ans_1").created_at == NOW.isoformat(timespec="seconds")


def test_clocks_of_machines_that_share_a_ledger_may_differ_by_minutes(ledger: Ledger) -> None:
    ledger.expire_daily(days=90, now=NOW - DAY)
    keep(ledger, "ans_1", NOW + timedelta(minutes=9))

    ledger.expire_daily(days=90, now=NOW)

    assert ledger.receipt("ans_1").created_at == (NOW + timedelta(minutes=9)).isoformat(timespec="seconds")
