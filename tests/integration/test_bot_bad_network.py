"""`bussola bot` on a bad network: whatever befalls a message, it arrives once."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.testing import FakeTelegram, Fault, running_bot, serving_telegram

ADA, BRUNO, GROUP = 11, 22, -1_000_000_000_077
QUESTION = "Che cosa riunisce l'Agenzia per la formazione?"


@pytest.fixture(scope="module")
def storm(tmp_path_factory: pytest.TempPathFactory, answering: Any) -> Iterator[FakeTelegram]:
    """A fake Bot API with a bot behind it, where sending to a chat fails as `faults_of` says."""

    def fail(method: str, data: dict[str, Any]) -> Fault | None:
        left = faults_of.get(data.get("chat_id", ""), []) if method == "sendMessage" else []
        return left.pop(0) if left else None

    with (
        serving_telegram(FakeTelegram(faults=fail)) as telegram,
        answering() as address,
        running_bot(telegram, tmp_path_factory.mktemp("storm"), api_url=address, telegram_timeout_s="1"),
    ):
        yield telegram


faults_of: dict[str, list[Fault]] = {}
chats = itertools.count(500)


@pytest.mark.parametrize("sign", [1, -1], ids=["private", "supergroup"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, retry_after=1),
        Fault(500),
        Fault(500, done_first=True),
        Fault(500, hang_s=1.5),
        Fault(500, hang_s=1.5, done_first=True),
        Fault(200, body='{"ok": true, "res', done_first=True),
        Fault(200, body='{"ok": true, "result": true}', done_first=True),
        Fault(200, body="[]", done_first=True),
        Fault(502, body="<html>"),
    ],
    ids=lambda fault: f"{fault.status}-{fault.body or ''}-hang{fault.hang_s}-{'sent' if fault.done_first else 'lost'}",
)
def test_whatever_befalls_a_message_it_arrives_once(storm: FakeTelegram, fault: Fault, sign: int) -> None:
    chat = next(chats) if sign > 0 else GROUP - next(chats)
    faults_of[str(chat)] = [fault, fault]
    storm.write(chat, "/aiuto")
    storm.write(chat, "/privacy")
    storm.wait_for(lambda: "Che cosa conservo" in "".join(storm.texts(chat)))

    assert [text.split("\n")[0] for text in storm.texts(chat)] == ["Come si usa", "Che cosa conservo"]
    assert faults_of[str(chat)] == []


@contextmanager
def held_back(telegram: FakeTelegram, count: int) -> Iterator[None]:
    """Telegram tells the bot nothing while the block begins, though that many people write; later it tells all."""
    earlier, refused = telegram.faults, list[str]()

    def refuse(method: str, data: dict[str, Any]) -> Fault | None:
        if method != "getUpdates":
            return earlier(method, data)
        refused.append(method)
        return Fault(500)

    telegram.faults = refuse
    telegram.write(GROUP_WITHOUT_BOT_TALK, "Una parola che fa finire la richiesta in corso")
    telegram.wait_for(lambda: len(refused) >= 2)  # the bot knows by now that it can't know
    for at in range(count):
        telegram.write(GROUP_WITHOUT_BOT_TALK - at % 50, "Chiacchiere fra noi")
    yield
    telegram.faults = earlier


GROUP_WITHOUT_BOT_TALK = -5000
"""Small groups, whose messages are numbered in one row with those of private chats."""


def lose_receipts(telegram: FakeTelegram, chat: int, fault: Fault) -> list[Fault]:
    """The next message to a chat arrives, and the reply that says so is lost."""
    left = [fault]
    telegram.faults = lambda method, data: (
        left.pop() if method == "sendMessage" and data["chat_id"] == str(chat) and left else None
    )
    return left


def test_a_message_is_found_again_however_many_were_written_unseen_before_it(
    telegram: FakeTelegram, tmp_path: Path, answering: Any, gate: Any
) -> None:
    """600 messages are numbered between the newest that the bot knows and the one whose receipt is lost."""
    left = lose_receipts(telegram, ADA, Fault(500, done_first=True))
    with (
        answering(gate=gate) as address,
        running_bot(telegram, tmp_path, api_url=address, telegram_timeout_s="5"),
    ):
        telegram.write(ADA, QUESTION)
        telegram.wait_for(lambda: telegram.times_called("sendChatAction"))
        with held_back(telegram, 600):
            gate.let_through()
            time.sleep(1)  # if anything left, it would be now
            assert telegram.messages(ADA) == [], "nothing leaves while others wait to be known"
        telegram.wait_for(lambda: not left)
        telegram.write(ADA, "/privacy")
        telegram.wait_for(lambda: "Che cosa conservo" in "".join(telegram.texts(ADA)))

    assert len(telegram.messages(ADA)) == 2


def test_a_message_of_a_killed_bot_is_found_again_behind_thousands_written_since(
    telegram: FakeTelegram, tmp_path: Path, answering: Any
) -> None:
    left = lose_receipts(telegram, ADA, Fault(500, hang_s=30, done_first=True))
    with answering() as address:
        with running_bot(telegram, tmp_path, api_url=address, telegram_timeout_s="40") as first:
            telegram.write(ADA, QUESTION)
            telegram.wait_for(lambda: not left and telegram.messages(ADA))
            first.kill()
            first.wait()
        for at in range(3000):
            telegram.write(GROUP_WITHOUT_BOT_TALK - at % 50, "Chiacchiere fra noi")
        with running_bot(telegram, tmp_path, api_url=address):
            telegram.write(ADA, "/privacy")
            telegram.wait_for(lambda: "Che cosa conservo" in "".join(telegram.texts(ADA)))

    assert len(telegram.messages(ADA)) == 2


def test_a_429_holds_one_chat_and_not_the_others(tmp_path: Path, answering: Any) -> None:
    refused: list[str] = []

    def faults(method: str, data: dict[str, Any]) -> Fault | None:
        if method != "sendMessage" or data["chat_id"] != str(ADA):
            return None
        refused.append(data["text"])
        return Fault(429, retry_after=600)

    with (
        serving_telegram(FakeTelegram(faults=faults)) as telegram,
        answering() as address,
        running_bot(telegram, tmp_path, api_url=address) as bot,
    ):
        telegram.write(ADA, "/aiuto")
        telegram.wait_for(lambda: refused)
        telegram.write(BRUNO, "/aiuto")
        telegram.said(BRUNO)
        bot.kill()

    assert len(refused) == 1
