"""The ledger itself: what was published, what was answered, what people thought of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from threading import Lock

import sqlalchemy as sql
from sqlalchemy.exc import SQLAlchemyError

from kb.errors import InputError, NotFound, ReleaseError
from kb.ledger.database import (
    QUICK,
    READING,
    WRITING,
    Pace,
    is_only_publisher,
    open_ledger_engine,
    paced,
    put,
    store_error,
)
from kb.ledger.expiry import expire, written
from kb.ledger.lines import FEEDBACK_REASONS, FeedbackLine, PublicationLine, Receipt
from kb.ledger.tables import FEEDBACK, PUBLICATIONS, RECEIPTS

MAX_COMMENT_CHARS = 1000
"""A longer comment is cut."""


class Ledger:
    """The publication log, the receipts and the ratings; opened at first use, safe among threads and processes."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: sql.Engine | None = None
        self._opening = Lock()

    # Publications

    def add_publication(
        self,
        release: str,
        *,
        previous: str | None,
        kind: str,
        why: str | None = None,
        gate: str = "not_applied",
        who: str | None = None,
    ) -> None:
        """
        Write down that a release was published, and what served until then.

        Raises:
            StoreError: the ledger can't be written.
        """
        line = {"release": release, "previous": previous, "kind": kind, "at": _now()}
        with self.transaction() as connection:
            connection.execute(sql.insert(PUBLICATIONS).values(**line, why=why, gate=gate, who=who))

    @contextmanager
    def publishing_alone(self, *, busy: str) -> Iterator[None]:
        """
        Hold the right to publish, of which a PostgreSQL ledger has one for all the machines that share it.

        Raises:
            ReleaseError: another has it; the text is `busy`.
            StoreError: the database can't be used.
        """
        with self._transaction(READING) as connection:
            if not is_only_publisher(connection):
                raise ReleaseError(busy)
            yield

    def publications(self) -> list[PublicationLine]:
        """The publication log, newest first."""
        with self._transaction(READING) as connection:
            rows = connection.execute(sql.select(PUBLICATIONS).order_by(PUBLICATIONS.c.number.desc()))
            return [PublicationLine(**row) for row in rows.mappings()]

    def published_before(self, release: str) -> str | None:
        """What served when this release was last published (rolling back to it does not count), or None."""
        lines = PUBLICATIONS.c
        query = (
            sql.select(lines.previous)
            .where(lines.release == release, lines.kind == "publish")
            .order_by(lines.number.desc())
            .limit(1)
        )
        with self._transaction(READING) as connection:
            previous: str | None = connection.execute(query).scalar_one_or_none()
            return previous

    # Receipts

    def keep(self, receipt: Receipt) -> None:
        """
        Keep a receipt; one of the same answer is replaced, and how often it was given is counted on.

        Raises:
            StoreError: the ledger can't be written.
        """
        values = {
            "answer": receipt.answer,
            "release": receipt.release,
            "status": receipt.status,
            "created_at": receipt.created_at or _now(),
            "body": json.dumps(receipt.body, ensure_ascii=False, sort_keys=True),
            "channel": receipt.channel,
            "times": receipt.times,
        }
        again = {name: value for name, value in values.items() if name != "answer"}
        again["times"] = RECEIPTS.c.times + receipt.times
        with self._transaction(QUICK) as connection:
            put(connection, RECEIPTS, values, key=RECEIPTS.c.answer, again=again)

    def receipt(self, answer: str) -> Receipt:
        """
        The receipt of an answer.

        Raises:
            NotFound: none is kept.
        """
        with self._transaction(READING) as connection:
            row = connection.execute(sql.select(RECEIPTS).where(RECEIPTS.c.answer == answer)).mappings().first()
        if row is None:
            raise NotFound(f"non c'è una ricevuta per la risposta «{answer}»: controlla il codice.")
        return _receipt(row)

    def receipts(
        self,
        *,
        release: str | None = None,
        statuses: Collection[str] = (),
        answers: Collection[str] | None = None,
        since: str = "",
        count: int | None = None,
    ) -> list[Receipt]:
        """Receipts, newest first: of a release, of these statuses (any, when none is named), of these answers."""
        lines = RECEIPTS.c
        query = sql.select(RECEIPTS).where(lines.created_at >= since).limit(count)
        query = query.order_by(lines.created_at.desc(), lines.answer)
        if release is not None:
            query = query.where(lines.release == release)
        if statuses:
            query = query.where(lines.status.in_(statuses))
        if answers is not None:
            query = query.where(lines.answer.in_(answers))
        with self._transaction(READING) as connection:
            return [_receipt(row) for row in connection.execute(query).mappings()]

    # Ratings

    def add_feedback(
        self,
        answer: str,
        verdict: int,
        *,
        reason: str | None = None,
        comment: str | None = None,
        channel: str = "",
        key: str | None = None,
    ) -> None:
        """
        Keep what a person thought of an answer, +1 or -1; personal data in the comment is masked.

        Args: a later rating of that answer with the same key, in the same channel, takes the place of the earlier
        one; without a key each is kept. The key itself is not.

        Raises:
            InputError: the verdict or the reason is not one of those there are.
            NotFound: there is no receipt of that answer.
            StoreError: the ledger can't be written.
        """
        _check_rating(verdict, reason)
        rating = {"verdict": verdict, "reason": reason, "comment": _masked(comment), "channel": channel, "at": _now()}
        with self._transaction(QUICK) as connection:
            release = connection.execute(
                sql.select(RECEIPTS.c.release).where(RECEIPTS.c.answer == answer)
            ).scalar_one_or_none()
            if release is None:
                raise NotFound(f"non c'è una ricevuta per la risposta «{answer}»: controlla il codice.")
            values = {"answer": answer, "release": release, "key": _hidden(channel, answer, key), **rating}
            put(connection, FEEDBACK, values, key=FEEDBACK.c.key, again=values)

    def erase_feedback(self, ratings: Iterable[tuple[str, str]], *, channel: str) -> int:
        """
        Erase ratings by (answer, key), whoever gave them with those keys in that channel; how many there were.

        Raises:
            StoreError: the ledger can't be written.
        """
        hidden = [_hidden(channel, answer, key) for answer, key in ratings]
        with self._transaction(QUICK) as connection:
            gone = int(connection.execute(sql.delete(FEEDBACK).where(FEEDBACK.c.key.in_(hidden))).rowcount)
        if gone:
            self._scrub()
        return gone

    def feedback(self, answer: str) -> list[FeedbackLine]:
        """The ratings of an answer, oldest first."""
        return self._ratings(FEEDBACK.c.answer == answer)

    def feedback_since(self, since: str = "", *, verdict: int | None = None) -> list[FeedbackLine]:
        """Every rating from a moment on (ISO 8601), of one verdict or of both; oldest first."""
        conditions = [FEEDBACK.c.at >= since]
        return self._ratings(*conditions, *([] if verdict is None else [FEEDBACK.c.verdict == verdict]))

    # Retention

    def expire_daily(self, *, days: int, now: datetime | None = None) -> int | None:
        """
        Erase receipts and ratings older than that many days; how many lines went, None when it was done within a day.

        A clock that went wrong erases nothing before its time; see kb.ledger.expiry.

        Raises:
            StoreError: the ledger can't be written.
        """
        with self._transaction(QUICK) as connection:
            gone = expire(connection, days=days, now=now or datetime.now(UTC))
        if gone:
            self._scrub()
        return gone

    # The database

    def transaction(self) -> AbstractContextManager[sql.Connection]:
        """
        A transaction of the ledger's database, for what else is kept there; whole or not at all.

        Raises:
            StoreError: the database can't be used.
        """
        return self._transaction(WRITING)

    def close(self) -> None:
        """Let the database go; the next use opens it again."""
        with self._opening:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _ratings(self, *conditions: sql.ColumnElement[bool]) -> list[FeedbackLine]:
        columns = [FEEDBACK.c[name] for name in FeedbackLine.__dataclass_fields__]
        query = sql.select(*columns).where(*conditions).order_by(FEEDBACK.c.at, FEEDBACK.c.number)
        with self._transaction(READING) as connection:
            return [FeedbackLine(**row) for row in connection.execute(query).mappings()]

    def _scrub(self) -> None:
        """Empty SQLite's write-ahead log, where what was erased would be read a while longer."""
        engine = self._opened()
        if engine.dialect.name != "sqlite":
            return
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

    @contextmanager
    def _transaction(self, pace: Pace) -> Iterator[sql.Connection]:
        try:
            with paced(self._opened(), pace).begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise store_error(self._url, error) from error

    def _opened(self) -> sql.Engine:
        with self._opening:
            if self._engine is None:
                self._engine = open_ledger_engine(self._url)
            return self._engine


def _receipt(row: sql.RowMapping) -> Receipt:
    return Receipt(**{**row, "body": json.loads(row["body"])})


def _check_rating(verdict: int, reason: str | None) -> None:
    if verdict not in (1, -1):
        raise InputError(f"il giudizio vale «{verdict}»: usa 1 (utile) o -1 (non utile).")
    if reason is not None and reason not in FEEDBACK_REASONS:
        raise InputError(f"il motivo «{reason}» non c'è: usa uno di {', '.join(FEEDBACK_REASONS)}.")


def _hidden(channel: str, answer: str, key: str | None) -> str | None:
    return None if key is None else hashlib.sha256("\n".join([channel, answer, key]).encode()).hexdigest()


def _masked(comment: str | None) -> str | None:
    from kb.answering.guard import clean_text, mask_personal_data

    text = mask_personal_data(clean_text(comment))[0] if comment else ""
    return text[:MAX_COMMENT_CHARS].strip() or None


def _now() -> str:
    return written(datetime.now(UTC))
