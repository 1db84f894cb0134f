"""Order within a chat, chats side by side, and nothing begun once a stop is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from telegram import Update

from bot.order import ChatOrder


def update(number: int, chat: int) -> Update:
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    message = {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}, "from": person, "text": "x"}
    found = Update.de_json({"update_id": number, "message": message}, None)
    assert found is not None
    return found


Run = Callable[..., tuple[list[int], list[int], ChatOrder]]


@pytest.fixture
def run(fake_time: Any) -> Run:
    """The numbers of updates in the order in which they ended, those told as done, and the processor."""
    return partial(process_all, fake_time)


def process_all(
    fake_time: Any, chats: list[int], pauses_s: list[float], stop_after: int | None = None
) -> tuple[list[int], list[int], ChatOrder]:
    ended: list[int] = []
    done: list[int] = []
    order = ChatOrder(done.append)

    async def work(number: int) -> None:
        await asyncio.sleep(pauses_s[number])
        ended.append(number)
        if number == stop_after:
            order.stop()

    async def go() -> None:
        waiting: list[Any] = [order.process_update(update(at, chat), work(at)) for at, chat in enumerate(chats)]
        await asyncio.gather(*waiting)

    fake_time.run(go())
    return ended, done, order


def test_a_chat_keeps_its_order_and_delays_no_other(run: Run) -> None:
    ended, done, order = run([1, 1, 1, 2], [0.05, 0.0, 0.0, 0.0])

    assert ended == [3, 0, 1, 2]
    assert done == ended
    assert order.chats == 0


def test_once_a_stop_is_asked_what_waits_is_left_for_later(run: Run) -> None:
    ended, done, _ = run([1, 1, 1], [0.0, 0.0, 0.0], stop_after=0)

    assert ended == [0]
    assert done == [0]


def test_an_update_that_fails_is_not_told_as_done() -> None:
    done: list[int] = []

    async def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        asyncio.run(ChatOrder(done.append).process_update(update(1, 1), fail()))
    assert done == []
