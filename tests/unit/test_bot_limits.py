"""The bot's pace: limits kept, waits heeded, nothing tried twice that may have been done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.limits import LEAVING_AT_ONCE, Pace, People, Unsure, skip_when_held

DONE = {"message_id": 7}


class Server:
    """Answers with each reply in turn, raising those that are errors; notes when it was asked."""

    def __init__(self, *replies: Any) -> None:
        self._replies = list(replies)
        self.times: list[float] = []

    async def ask(self) -> Any:
        self.times.append(time.monotonic())
        reply = self._replies.pop(0) if self._replies else DONE
        if isinstance(reply, BaseException):
            raise reply
        return reply


Send = Callable[..., list[Any]]


@pytest.fixture
def send(fake_time: Any) -> Send:
    """The replies to one request a chat, all at once."""

    def send_all(
        server: Server, *chats: int, endpoint: str = "sendMessage", per_second: float = 1000, pause_s: float = 0
    ) -> list[Any]:
        async def go() -> list[Any]:
            pace = Pace(per_second=per_second, pause_s=pause_s)
            asked = (pace.process_request(server.ask, (), {}, endpoint, {"chat_id": chat}, None) for chat in chats)
            return await asyncio.gather(*asked, return_exceptions=True)

        found: list[Any] = fake_time.run(go())
        return found

    return send_all


def caused_by(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


def test_all_together_keep_the_overall_pace(send: Send) -> None:
    server = Server()
    send(server, *range(1, 11), per_second=50)

    assert [at - server.times[0] for at in server.times] == pytest.approx([number / 50 for number in range(10)])


@pytest.mark.parametrize(("chat", "pause_s"), [(5, 1.0), (-5, 3.0)], ids=["private", "group"])
def test_one_chat_keeps_its_pause_and_a_group_a_longer_one(send: Send, chat: int, pause_s: float) -> None:
    server = Server()
    send(server, chat, chat, pause_s=1.0)

    assert server.times[1] - server.times[0] == pytest.approx(pause_s)


def test_a_429_is_waited_out_and_then_done(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as the command sets it
    server = Server(RetryAfter(7))

    assert send(server, 5) == [DONE]
    assert server.times[1] - server.times[0] == pytest.approx(7)


@pytest.mark.parametrize("endpoint", ["sendChatAction", "sendMessageDraft"])
def test_signs_of_life_are_dropped_where_there_is_no_room(endpoint: str, fake_time: Any) -> None:
    server = Server()

    async def go() -> Any:
        pace = Pace(per_second=1000, pause_s=0.3)
        await pace.process_request(server.ask, (), {}, "sendMessage", {"chat_id": 5}, None)
        return await pace.process_request(server.ask, (), {}, endpoint, {"chat_id": 5}, None)

    assert fake_time.run(go()) is True
    assert len(server.times) == 1


@pytest.mark.parametrize(
    "fault",
    [
        caused_by(TimedOut(), httpx.ConnectTimeout("")),
        caused_by(TimedOut(), httpx.PoolTimeout("")),
        caused_by(NetworkError(""), httpx.ConnectError("")),
    ],
)
def test_what_surely_did_not_leave_is_sent_again(send: Send, fault: Exception) -> None:
    assert send(Server(fault), 5) == [DONE]


@pytest.mark.parametrize(
    "fault",
    [
        caused_by(TimedOut(), httpx.ReadTimeout("")),
        caused_by(NetworkError(""), httpx.ReadError("")),
        NetworkError("Internal Server Error"),
        TelegramError("Invalid server response"),
        KeyError("result"),
        True,
        {"message_id": "sette"},
    ],
)
def test_what_may_have_arrived_is_not_sent_again_blindly(send: Send, fault: Any) -> None:
    server = Server(fault)

    assert isinstance(send(server, 5)[0], Unsure)
    assert len(server.times) == 1


def test_what_can_be_repeated_is(send: Send) -> None:
    assert send(Server(NetworkError("x"), KeyError("result"), True), 5, endpoint="editMessageText") == [True]


@pytest.mark.parametrize("fault", [BadRequest("x"), Forbidden("x")])
def test_a_refusal_is_final(send: Send, fault: Exception) -> None:
    assert send(Server(fault), 5) == [fault]


def test_a_person_is_counted_by_the_minute_of_their_messages() -> None:
    people, start = People(3), datetime(2026, 1, 1, tzinfo=UTC)
    over = [people.count("ada", start + timedelta(seconds=at)) for at in (0, 1, 2, 3, 4, 65)]

    assert over == [0, 0, 0, 1, 2, 0]
    assert people.count("bruno", start) == 0


def test_a_message_is_written_down_when_it_leaves_and_not_while_it_waits(fake_time: Any) -> None:
    server = Server()
    written: list[float] = []

    async def go() -> None:
        pace = Pace(per_second=1000, pause_s=0.2)
        for _ in range(2):
            note = lambda: written.append(time.monotonic())  # noqa: E731
            await pace.process_request(server.ask, (), {}, "sendMessage", {"chat_id": 5}, note)

    fake_time.run(go())
    assert written == server.times
    assert written[1] - written[0] == pytest.approx(0.2)


def test_few_messages_leave_at_once(fake_time: Any) -> None:
    """A kill leaves the fate of no more than these unknown."""
    under_way = most = 0

    async def slow() -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(60)
        under_way -= 1
        return DONE

    async def go() -> None:
        pace = Pace(per_second=10_000, pause_s=0)
        asked = (pace.process_request(slow, (), {}, "sendMessage", {"chat_id": chat}, None) for chat in range(1, 41))
        await asyncio.gather(*asked)

    fake_time.run(go())
    assert most == LEAVING_AT_ONCE


def test_what_goes_stale_is_dropped_where_it_would_wait_and_a_429_to_it_holds_the_chat(
    monkeypatch: pytest.MonkeyPatch, fake_time: Any
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    server = Server(DONE, RetryAfter(timedelta(seconds=1)), DONE)

    async def go() -> tuple[Any, ...]:
        pace = Pace(per_second=1000, pause_s=0.05)

        async def edit(*, stale: bool) -> Any:
            note = skip_when_held if stale else None
            return await pace.process_request(server.ask, (), {}, "editMessageText", {"chat_id": 5}, note)

        first, at_once = await edit(stale=True), await edit(stale=True)
        await asyncio.sleep(0.06)
        with pytest.raises(RetryAfter):
            await edit(stale=True)
        return first, at_once, await edit(stale=True), await edit(stale=False)

    assert fake_time.run(go()) == (DONE, True, True, DONE)
    assert server.times[2] - server.times[1] == pytest.approx(1), "the answer itself waits out the 429"


def test_messages_leave_only_while_they_may(fake_time: Any) -> None:
    async def go() -> tuple[list[str], list[str]]:
        may_leave, noted = asyncio.Event(), list[str]()
        pace, server = Pace(per_second=1000, pause_s=0, may_leave=may_leave), Server()
        sending = asyncio.create_task(
            pace.process_request(server.ask, (), {}, "sendMessage", {"chat_id": 5}, lambda: noted.append("leaves"))
        )
        await pace.process_request(server.ask, (), {}, "editMessageText", {"chat_id": 5}, None)
        await asyncio.sleep(60)
        before = [*noted]
        may_leave.set()
        await sending
        return before, noted

    assert fake_time.run(go()) == ([], ["leaves"])
