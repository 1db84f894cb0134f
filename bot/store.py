"""What the bot must remember, in one SQLite file: messages in hand, and a chat's turns, answers and ratings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from bot.tables import (
    ANSWERS,
    CHATS,
    DELIVERIES,
    EDITIONS,
    FEEDBACK,
    NUMBERS,
    PERSONAL,
    PICTURES,
    TURNS,
    UPDATES,
    open_database,
)
from kb.errors import StoreError

TURNS_KEPT = 6
"""Earlier questions of a chat; the assistant looks at no more."""

SEEN_FOR = timedelta(days=2)
"""Telegram repeats an update for a day at most."""

TOLD_OF_DOCUMENTS = ("id", "title", "edition", "date", "status", "sha256")
"""What is kept of a release's documents, to tell what changed."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message being sent for an update."""

    after_id: int
    after_in_chat: int
    message_id: int | None = None
    before_id: int | None = None  # a number of its row that was given out later, where one is known


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What buttons need of an answer: its sources and suggestions, never the question."""

    code: str
    chat: str
    body: Mapping[str, Any]
    question_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """How many lines of a chat were deleted."""

    turns: int
    answers: int
    feedback: int
    preferences: int


class BotStore:
    """The bot's memory; opened at first use, written by one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine: sql.Engine | None = None

    # Messages in hand

    def take_in(self, updates: Iterable[tuple[int, Mapping[str, Any]]]) -> list[int]:
        """
        Keep updates until they are answered; the ids that were not seen before, in the order given.

        Raises:
            StoreError: the file can't be written.
        """
        new: list[int] = []
        with self._transaction() as connection:
            for update_id, body in updates:
                line = {"update_id": update_id, "body": json.dumps(body, ensure_ascii=False), "at": _now()}
                added = connection.execute(insert(UPDATES).values(line).on_conflict_do_nothing())
                if added.rowcount:
                    new.append(update_id)
        return new

    def unanswered(self) -> list[dict[str, Any]]:
        """The updates that were taken in and not answered, oldest first."""
        query = sql.select(UPDATES.c.body).where(UPDATES.c.body.is_not(None)).order_by(UPDATES.c.update_id)
        with self._transaction() as connection:
            return [json.loads(body) for body in connection.execute(query).scalars()]

    def answered(self, update_id: int) -> None:
        """Forget an update's content; its number stays a while, so that a repetition is known."""
        with self._transaction() as connection:
            connection.execute(sql.update(UPDATES).where(UPDATES.c.update_id == update_id).values(body=None))
            connection.execute(sql.delete(DELIVERIES).where(DELIVERIES.c.update_id == update_id))

    def delivery(self, update_id: int, part: int) -> Delivery | None:
        """What is known of an update's message of that number."""
        lines = DELIVERIES.c
        query = sql.select(lines.after_id, lines.after_in_chat, lines.message_id, lines.before_id)
        query = query.where(lines.update_id == update_id, lines.part == part)
        with self._transaction() as connection:
            row = connection.execute(query).mappings().first()
        return Delivery(**row) if row else None

    def begin_delivery(self, update_id: int, part: int, *, row: str, chat: str) -> Delivery:
        """Write down that a message is about to be sent, and the newest numbers known until now."""
        with self._transaction() as connection:
            after = Delivery(_newest(connection, row), _newest(connection, chat))
            known = {"after_id": after.after_id, "after_in_chat": after.after_in_chat, "row": row}
            known |= {"at": _now(), "before_id": None}
            line = {"update_id": update_id, "part": part, **known}
            connection.execute(insert(DELIVERIES).values(line).on_conflict_do_update(set_=known))
        return after

    def end_delivery(self, update_id: int, part: int, *, message_id: int) -> None:
        """Write down that it arrived."""
        lines = DELIVERIES.c
        with self._transaction() as connection:
            connection.execute(
                sql.update(DELIVERIES)
                .where(lines.update_id == update_id, lines.part == part)
                .values(message_id=message_id)
            )

    def drop_delivery(self, update_id: int, part: int) -> None:
        """Forget a message that Telegram refused: nothing has to be looked for."""
        with self._transaction() as connection:
            _delete(connection, DELIVERIES, sql.and_(DELIVERIES.c.update_id == update_id, DELIVERIES.c.part == part))

    def note_numbers(self, numbers: Mapping[str, int]) -> None:
        """Messages of these numbers were seen in these rows of numbers and chats."""
        with self._transaction() as connection:
            for name, number in numbers.items():
                line = {"chat": name, "newest": number, "at": _now()}
                added = insert(NUMBERS).values(line)
                newer = sql.func.max(NUMBERS.c.newest, added.excluded.newest)
                connection.execute(added.on_conflict_do_update(set_={"newest": newer, "at": line["at"]}))

    def note_later(self, numbers: Sequence[tuple[str, int, datetime]]) -> None:
        """
        What was sent before a moment, and may have arrived, stands before the number of its row that goes with it.

        Args: (row, number, moment), in order of their numbers.
        """
        lines = DELIVERIES.c
        unsure = sql.and_(lines.message_id.is_(None), lines.before_id.is_(None))
        with self._transaction() as connection:
            rows = set(connection.execute(sql.select(lines.row).where(unsure)).scalars())
            for row, number, moment in (one for one in numbers if one[0] in rows):
                found = sql.and_(unsure, lines.row == row, lines.at < _written(moment))
                connection.execute(sql.update(DELIVERIES).where(found).values(before_id=number))

    def newest_number(self, name: str) -> int:
        """The newest number seen in a row or chat; 0 when none was."""
        with self._transaction() as connection:
            return _newest(connection, name)

    # A chat's memory

    def language(self, chat: str) -> str | None:
        """The language that was chosen in a chat."""
        with self._transaction() as connection:
            found: str | None = connection.execute(
                sql.select(CHATS.c.language).where(CHATS.c.chat == chat)
            ).scalar_one_or_none()
        return found

    def choose_language(self, chat: str, language: str) -> None:
        """Keep a chat's language."""
        line = {"chat": chat, "language": language, "at": _now()}
        with self._transaction() as connection:
            connection.execute(insert(CHATS).values(line).on_conflict_do_update(set_=line))

    def turns(self, chat: str, *, before: str = "") -> list[str]:
        """The last questions of a chat, oldest first, without the one whose answer has the code `before`."""
        lines = TURNS.c
        query = sql.select(lines.question).where(lines.chat == chat, lines.code != before)
        query = query.order_by(lines.number.desc()).limit(TURNS_KEPT)
        with self._transaction() as connection:
            return list(connection.execute(query).scalars())[::-1]

    def keep_turn(self, answer: KeptAnswer, question: str) -> None:
        """Keep an answer for its buttons and its question for follow-ups; older questions go."""
        line = {
            "code": answer.code,
            "chat": answer.chat,
            "question_id": answer.question_id,
            "message_id": answer.message_id,
            "body": json.dumps(answer.body, ensure_ascii=False),
            "at": _now(),
        }
        with self._transaction() as connection:
            connection.execute(insert(ANSWERS).values(line).on_conflict_do_update(set_=line))
            turn = {"chat": answer.chat, "code": answer.code, "question": question, "at": _now()}
            connection.execute(insert(TURNS).values(turn).on_conflict_do_nothing())
            _drop_old_turns(connection, answer.chat)

    def forget_turn(self, code: str) -> None:
        """Forget the question whose answer has this code; the answer keeps its buttons."""
        with self._transaction() as connection:
            _delete(connection, TURNS, TURNS.c.code == code)

    def forget_turns(self, chat: str) -> int:
        """Forget a chat's questions; how many there were."""
        with self._transaction() as connection:
            return _delete(connection, TURNS, TURNS.c.chat == chat)

    def show_at(self, code: str, *, message_id: int) -> None:
        """Write down which message shows an answer."""
        with self._transaction() as connection:
            connection.execute(sql.update(ANSWERS).where(ANSWERS.c.code == code).values(message_id=message_id))

    def answer(self, code: str, chat: str) -> KeptAnswer | None:
        """The answer of that code in that chat, or None when it is no longer kept."""
        return self._one_answer(ANSWERS.c.code == code, ANSWERS.c.chat == chat)

    def answer_to(self, question_id: int, chat: str) -> KeptAnswer | None:
        """The newest answer to a message of that chat."""
        return self._one_answer(ANSWERS.c.question_id == question_id, ANSWERS.c.chat == chat)

    def rate(self, answer: KeptAnswer, verdict: str, *, reason: str | None = None) -> None:
        """Keep a rating, in place of an earlier one of the same answer."""
        line = {
            "code": answer.code,
            "chat": answer.chat,
            "verdict": verdict,
            "reason": reason,
            "status": str(answer.body.get("status", "")),
            "release": str(answer.body.get("release", "")),
            "at": _now(),
        }
        with self._transaction() as connection:
            connection.execute(insert(FEEDBACK).values(line).on_conflict_do_update(set_=line))

    def ratings(self) -> list[dict[str, Any]]:
        """Every rating without its chat, oldest first."""
        columns = [column for column in FEEDBACK.c if column.name != "chat"]
        with self._transaction() as connection:
            rows = connection.execute(sql.select(*columns).order_by(FEEDBACK.c.at, FEEDBACK.c.code))
            return [dict(row) for row in rows.mappings()]

    def ratings_of(self, chat: str) -> list[tuple[str, str]]:
        """(answer's id, code) of each rating given in a chat, oldest first."""
        query = sql.select(ANSWERS.c.body, ANSWERS.c.code).join(FEEDBACK, FEEDBACK.c.code == ANSWERS.c.code)
        query = query.where(FEEDBACK.c.chat == chat, ANSWERS.c.chat == chat).order_by(FEEDBACK.c.at, ANSWERS.c.code)
        with self._transaction() as connection:
            found = [(json.loads(body).get("id"), code) for body, code in connection.execute(query)]
        return [(answer, code) for answer, code in found if answer]

    # Pictures that Telegram keeps

    def picture(self, page: str) -> tuple[str, bool] | None:
        """The file id of a page's picture that was sent before, and whether the quote is marked on it."""
        query = sql.select(PICTURES.c.file_id, PICTURES.c.is_marked).where(PICTURES.c.page == page)
        with self._transaction() as connection:
            row = connection.execute(query).first()
        return (row.file_id, row.is_marked) if row else None

    def keep_picture(self, page: str, file_id: str, *, is_marked: bool) -> None:
        """Keep where Telegram has a page's picture."""
        line = {"page": page, "file_id": file_id, "is_marked": is_marked, "at": _now()}
        with self._transaction() as connection:
            connection.execute(insert(PICTURES).values(line).on_conflict_do_update(set_=line))

    def drop_picture(self, page: str) -> None:
        """Forget a file id that Telegram takes no more."""
        with self._transaction() as connection:
            _delete(connection, PICTURES, PICTURES.c.page == page)

    # Releases that served

    def note_edition(self, release: str, documents: Sequence[Mapping[str, Any]]) -> None:
        """Keep a release's documents at the first time that it is seen serving."""
        told = json.dumps([{name: one.get(name) for name in TOLD_OF_DOCUMENTS} for one in documents])
        line = {"release": release, "documents": told, "first_at": datetime.now(UTC).isoformat()}
        with self._transaction() as connection:
            connection.execute(insert(EDITIONS).values(line).on_conflict_do_nothing())

    def edition_before(self, release: str) -> list[dict[str, Any]] | None:
        """The documents of the release that was first seen last before this one; None when none was."""
        lines = EDITIONS.c
        since = sql.select(lines.first_at).where(lines.release == release).scalar_subquery()
        query = sql.select(lines.documents).where(lines.first_at < since).order_by(lines.first_at.desc()).limit(1)
        with self._transaction() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return json.loads(found) if found is not None else None

    # Forgetting

    def erase(self, chat: str) -> Erased:
        """Delete everything of a chat; how many lines there were."""
        with self._transaction() as connection:
            counts = [_delete(connection, table, table.c.chat == chat) for table in PERSONAL]
            _delete(connection, NUMBERS, NUMBERS.c.chat == chat)
        self._scrub()
        return Erased(*counts)

    def expire(self, *, days: int, now: datetime | None = None) -> int:
        """Delete what is older than that many days, and numbers of updates that can't be repeated; how many lines."""
        now = now or datetime.now(UTC)
        limit, seen = _written(now - timedelta(days=days)), _written(now - SEEN_FOR)
        with self._transaction() as connection:
            gone = sum(_delete(connection, table, table.c.at < limit) for table in (*PERSONAL, NUMBERS, PICTURES))
            gone += _delete(connection, UPDATES, sql.and_(UPDATES.c.body.is_(None), UPDATES.c.at < seen))
        self._scrub()
        return gone

    def _scrub(self) -> None:
        """Empty SQLite's write-ahead log, where what was deleted would be read a while longer."""
        connection = self._opened().raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

    def close(self) -> None:
        """Let the file go."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _one_answer(self, *conditions: sql.ColumnElement[bool]) -> KeptAnswer | None:
        names = ("code", "chat", "body", "question_id", "message_id")
        query = sql.select(*(ANSWERS.c[name] for name in names)).where(*conditions).order_by(ANSWERS.c.at.desc())
        with self._transaction() as connection:
            row = connection.execute(query).mappings().first()
        return KeptAnswer(**{**row, "body": json.loads(row["body"])}) if row else None

    @contextmanager
    def _transaction(self) -> Iterator[sql.Connection]:
        try:
            with self._opened().begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            cause = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise StoreError(
                f"la memoria del bot {self._path} non si può usare ({cause}): controlla BUSSOLA_HOME e i permessi."
            ) from error

    def _opened(self) -> sql.Engine:
        if self._engine is None:
            self._engine = open_database(self._path)
        return self._engine


def _newest(connection: sql.Connection, name: str) -> int:
    found = connection.execute(sql.select(NUMBERS.c.newest).where(NUMBERS.c.chat == name)).scalar_one_or_none()
    return int(found or 0)


def _drop_old_turns(connection: sql.Connection, chat: str) -> None:
    kept = sql.select(TURNS.c.number).where(TURNS.c.chat == chat).order_by(TURNS.c.number.desc()).limit(TURNS_KEPT)
    connection.execute(sql.delete(TURNS).where(TURNS.c.chat == chat, TURNS.c.number.not_in(kept)))


def _delete(connection: sql.Connection, table: sql.Table, condition: sql.ColumnElement[bool]) -> int:
    return int(connection.execute(sql.delete(table).where(condition)).rowcount)


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _now() -> str:
    return _written(datetime.now(UTC))
