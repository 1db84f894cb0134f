"""What is shown while an answer is being written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from telegram.error import BadRequest, RetryAfter

from bot.waiting import signs_of_life
from prompts.bot import load_bot_replies

FIRST = {"text": "Prima frase.", "citations": [1]}
SECOND = {"text": "Seconda frase.", "citations": [2]}


class Chat:
    """A chat in which everything shown is noted; drafts may fail."""

    def __init__(self, *, is_private: bool = True, fault: Exception | None = None) -> None:
        self.is_private, self._fault = is_private, fault
        self.chat_id, self.update = 7, SimpleNamespace(update_id=5)
        self.bot, self.replies = self, load_bot_replies("it")
        self.shown: list[str] = []
        self.drafts: list[str] = []
        self.typed = 0

    async def send_chat_action(self, _chat_id: int, _action: str) -> None:
        self.typed += 1

    async def send_message_draft(self, _chat_id: int, *, draft_id: int, text: str, parse_mode: str | None) -> bool:
        assert draft_id == 5
        if self._fault is not None:
            raise self._fault
        self.drafts.append(text)
        return True

    async def say_waiting(self, text: str) -> None:
        self.shown.append(text)

    async def show_meanwhile(self, text: str) -> bool:
        self.shown.append(text)
        return True


Shown = Callable[..., Chat]


@pytest.fixture
def answer(fake_time: Any) -> Shown:
    """The chat after an answer whose sentences came at these moments, one each pause_s."""

    def wait(chat: Chat, *moments: list[dict[str, Any]], pause_s: float = 2.4, may_speak: bool = True) -> Chat:
        async def go() -> None:
            async with signs_of_life(chat, may_speak=may_speak) as tell:  # type: ignore[arg-type]
                for sentences in moments:
                    tell(sentences)
                    await asyncio.sleep(pause_s)

        fake_time.run(go())
        return chat

    return wait


def test_sentences_grow_in_a_draft(answer: Shown) -> None:
    chat = answer(Chat(), [], [FIRST], [FIRST, SECOND])

    assert chat.drafts[-2:] == ["Prima frase. [1]\n\n…", "Prima frase. [1]\n\nSeconda frase. [2]\n\n…"]
    assert chat.shown == []
    assert chat.typed


def test_an_answer_that_is_there_at_once_is_not_announced_nor_held_up(answer: Shown) -> None:
    chat = answer(Chat(), [FIRST], pause_s=0.0)

    assert (chat.drafts, chat.shown, chat.typed) == ([], [], 0)


def test_unchanged_sentences_are_not_sent_again_while_the_draft_lasts(answer: Shown) -> None:
    chat = answer(Chat(), [FIRST], pause_s=10.0)

    assert chat.drafts == ["Prima frase. [1]\n\n…"]


@pytest.mark.parametrize("is_held", [False, True], ids=["no-drafts", "429"])
def test_where_drafts_fail_a_message_takes_their_place(
    answer: Shown, is_held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    fault = RetryAfter(timedelta(seconds=3)) if is_held else BadRequest("drafts are not allowed")
    chat = answer(Chat(fault=fault), [FIRST], [FIRST, SECOND], pause_s=5.0)

    assert chat.shown[0] == "Sto cercando nei documenti…"
    assert chat.shown[-1] == "Prima frase. [1]\n\nSeconda frase. [2]\n\n…"


@pytest.mark.parametrize(("may_speak", "shown"), [(True, ["Prima frase. [1]\n\n…"]), (False, [])])
def test_in_a_group_a_message_grows_unless_the_answer_has_a_place_already(
    answer: Shown, may_speak: bool, shown: list[str]
) -> None:
    chat = answer(Chat(is_private=False), [FIRST], pause_s=8.0, may_speak=may_speak)

    assert chat.shown[1:] == shown
    assert bool(chat.shown) == may_speak
