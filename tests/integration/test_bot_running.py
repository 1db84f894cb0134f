"""`bussola bot` from start to stop: restarts, new releases, a webhook, a bad network, bad settings."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from bot.testing import TOKEN, FakeTelegram, Fault, Sent, running_bot, serving, serving_telegram
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release
from kb.testing_servers import free_port

ADA, BRUNO, GROUP = 11, 22, -1_000_000_000_077
QUESTION = "Che cosa riunisce l'Agenzia per la formazione?"
SECRET = "segreto_123"


class Gate:
    """Holds answers back: each needs to be let through."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(0)

    def let_through(self, count: int = 1_000) -> None:
        self._free.release(count)

    def pass_one(self) -> None:
        assert self._free.acquire(timeout=120)


@contextmanager
def answering(release: str = "r_prova", *, gate: Gate | None = None, without: str = "") -> Iterator[str]:
    """
    The address of an API with the fake assistant over a release of that name, without one of its documents.

    With a gate, whoever asks QUESTION waits before it.
    """
    found = sample_release()
    found.id = release
    found.documents.pop(without, None)
    assistant = FakeAssistant(found)
    ask = assistant.ask

    def ask_at_the_gate(question: str, **options: Any) -> Any:
        if gate is not None and question.startswith(QUESTION):
            gate.pass_one()
        return ask(question, **options)

    assistant.ask = ask_at_the_gate  # type: ignore[method-assign]
    settings = Settings(api_limit_citizen="100000/minute")
    with serving(create_app(lambda: assistant, settings), lifespan="on") as address:  # type: ignore[arg-type, return-value]
        yield address


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with serving_telegram(FakeTelegram()) as fake:
        yield fake


def said(telegram: FakeTelegram, chat: int, count: int = 1) -> list[Sent]:
    """The bot's messages of a chat, once there are that many."""
    telegram.wait_for(lambda: len(telegram.messages(chat)) >= count)
    return telegram.messages(chat)


def toasts(telegram: FakeTelegram) -> list[str]:
    """What taps were answered with."""
    return [call.data.get("text", "") for call in telegram.calls if call.method == "answerCallbackQuery"]


def count_calls(telegram: FakeTelegram, method: str) -> int:
    return sum(call.method == method for call in telegram.calls)


def test_buttons_outlive_a_restart_and_a_new_release(telegram: FakeTelegram, tmp_path: Path) -> None:
    with answering() as address, running_bot(telegram, tmp_path, api_url=address):
        telegram.write(ADA, QUESTION)
        answer = said(telegram, ADA)[0]
    with answering("r_nuova") as address, running_bot(telegram, tmp_path, api_url=address):
        telegram.tap(answer, "p. 120")
        source = said(telegram, ADA, 2)[1].text
        telegram.tap_data(answer, "s:inesistente:1")
        telegram.wait_for(lambda: any("non conservo più" in text for text in toasts(telegram)))

    assert "71 Comuni" in source
    assert "Questa fonte viene dalla versione r_prova; ora rispondo dalla versione r_nuova" in source
    assert len(telegram.messages(ADA)) == 2


def test_what_changed_is_told_after_a_new_release(telegram: FakeTelegram, tmp_path: Path) -> None:
    says = []
    for release, without in (("r_uno", "guida"), ("r_due", ""), ("r_tre", ""), ("r_quattro", "guida")):
        with answering(release, without=without) as address, running_bot(telegram, tmp_path, api_url=address):
            telegram.write(ADA, "/novita")
            says.append(said(telegram, ADA, len(says) + 1)[-1].text)

    assert says == [
        "Questa è la prima versione dei documenti che conosco: non ho con che cosa confrontarla.",
        "Che cosa è cambiato dalla versione precedente\n\nAggiunti\n• Guida <breve>",
        "Nessuna novità: i documenti sono gli stessi della versione precedente.",
        "Che cosa è cambiato dalla versione precedente\n\nTolti\n• Guida <breve>",
    ]


def test_a_kill_in_the_middle_of_an_answer_loses_and_repeats_nothing(telegram: FakeTelegram, tmp_path: Path) -> None:
    gate = Gate()
    with answering(gate=gate) as address:
        with running_bot(telegram, tmp_path, api_url=address) as first:
            for at in range(3):
                telegram.write(ADA, f"{QUESTION} {at}")
            gate.let_through(1)
            said(telegram, ADA)
            first.kill()
            first.wait()
        gate.let_through()
        with running_bot(telegram, tmp_path, api_url=address):
            said(telegram, ADA, 3)
            telegram.write(ADA, "/aiuto")  # comes after whatever is still said to the questions
            said(telegram, ADA, 4)

    assert [text.startswith("Come si usa") for text in telegram.texts(ADA)] == [False, False, False, True]
    # 3 when the kill came between the arrival of the first answer and its being written down.
    assert re.search("messaggi in attesa: [23]", (tmp_path / "bot.log").read_text())


def test_a_stop_lets_the_answer_under_way_finish_and_keeps_the_rest(telegram: FakeTelegram, tmp_path: Path) -> None:
    gate = Gate()
    with answering(gate=gate) as address:
        with running_bot(telegram, tmp_path, api_url=address) as first:
            telegram.write(ADA, QUESTION)
            telegram.write(ADA, QUESTION)
            telegram.wait_for(lambda: count_calls(telegram, "sendChatAction"))
            first.terminate()
            telegram.wait_for(lambda: "il bot si ferma" in (tmp_path / "bot.log").read_text())
            gate.let_through()
            assert first.wait(timeout=120) == 0
            assert len(telegram.messages(ADA)) == 1
        with running_bot(telegram, tmp_path, api_url=address):
            assert len(said(telegram, ADA, 2)) == 2

    assert "Traceback" not in (tmp_path / "bot.log").read_text()


@pytest.fixture(scope="module")
def storm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeTelegram]:
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
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    """600 messages are numbered between the newest that the bot knows and the one whose receipt is lost."""
    left = lose_receipts(telegram, ADA, Fault(500, done_first=True))
    gate = Gate()
    with (
        answering(gate=gate) as address,
        running_bot(telegram, tmp_path, api_url=address, telegram_timeout_s="5"),
    ):
        telegram.write(ADA, QUESTION)
        telegram.wait_for(lambda: count_calls(telegram, "sendChatAction"))
        with held_back(telegram, 600):
            gate.let_through()
            time.sleep(1)  # if anything left, it would be now
            assert telegram.messages(ADA) == [], "nothing leaves while others wait to be known"
        telegram.wait_for(lambda: not left)
        telegram.write(ADA, "/privacy")
        telegram.wait_for(lambda: "Che cosa conservo" in "".join(telegram.texts(ADA)))

    assert len(telegram.messages(ADA)) == 2


def test_a_message_of_a_killed_bot_is_found_again_behind_thousands_written_since(
    telegram: FakeTelegram, tmp_path: Path
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


def test_a_429_holds_one_chat_and_not_the_others(tmp_path: Path) -> None:
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
        said(telegram, BRUNO)
        bot.kill()

    assert len(refused) == 1


def test_a_pause_is_kept_between_messages_of_one_chat(telegram: FakeTelegram, tmp_path: Path) -> None:
    with answering() as address, running_bot(telegram, tmp_path, api_url=address, telegram_chat_pause_s="0.4"):
        telegram.write(BRUNO, "/aiuto")
        said(telegram, BRUNO)
        began = time.monotonic()
        for _ in range(3):
            telegram.write(ADA, "/aiuto")
        said(telegram, ADA, 3)

    assert time.monotonic() - began >= 0.8


def test_one_update_that_cannot_be_read_hides_no_other(telegram: FakeTelegram, tmp_path: Path) -> None:
    telegram.push({"message": {"message_id": "uno", "chat": 3}})
    telegram.push({"un_genere_nuovo": {"a": 1}})
    telegram.write(BRUNO, "Che cosa è \ud83d?")  # half of an emoji
    telegram.write(ADA, "/aiuto")
    with answering() as address, running_bot(telegram, tmp_path, api_url=address):
        said(telegram, ADA)
        said(telegram, BRUNO)

    assert telegram.waiting() == 0


def deliver(port: int, body: object, *, secret: str = SECRET) -> int:
    """The status that a delivery gets."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    delivery = urllib.request.Request(f"http://127.0.0.1:{port}/", data, headers)
    try:
        with urllib.request.urlopen(delivery, timeout=60) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_webhook_takes_what_telegram_delivers_and_nobody_else(telegram: FakeTelegram, tmp_path: Path) -> None:
    port = free_port()
    hook = {"telegram_webhook_url": "https://bot.example.org/", "telegram_webhook_secret": SECRET}
    update = {"update_id": 5, "message": telegram.message(ADA, QUESTION)}
    with (
        answering() as address,
        running_bot(telegram, tmp_path, api_url=address, telegram_webhook_port=str(port), **hook),
    ):
        telegram.wait_for(lambda: telegram.webhook)
        statuses = [deliver(port, update, secret="sbagliato"), deliver(port, update), deliver(port, update)]
        statuses += [deliver(port, b"{"), deliver(port, {"a": 1}), deliver(port, b"x" * 2_000_000)]
        said(telegram, ADA)
        deliver(port, {"update_id": 6, "message": telegram.message(ADA, "/aiuto")})
        said(telegram, ADA, 2)  # whatever else was answered in this chat came before

    assert statuses == [403, 200, 200, 400, 400, 413]
    assert [text.startswith("Come si usa") for text in telegram.texts(ADA)] == [False, True]
    assert telegram.webhook["secret_token"] == SECRET
    assert json.loads(telegram.webhook["allowed_updates"])[0] == "message"


def run_bot(settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """`bussola bot` with these settings, to its end."""
    environment = os.environ | {f"BUSSOLA_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "bussola", "bot"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "BUSSOLA_TELEGRAM_TOKEN"),
        ({"telegram_token": "un token"}, "non ha la forma"),
        ({"telegram_token": "654321:AAaltro"}, "non riconosce"),
        ({"telegram_token": TOKEN, "telegram_webhook_url": "http://x"}, "https://"),
        ({"telegram_token": TOKEN, "telegram_webhook_url": "https://x"}, "BUSSOLA_TELEGRAM_WEBHOOK_SECRET"),
        ({"telegram_token": TOKEN, "api_url": ""}, "bussola ingest"),
    ],
)
def test_what_cannot_start_says_why_in_one_line(
    telegram: FakeTelegram, tmp_path: Path, settings: dict[str, str], says: str
) -> None:
    given = {"telegram_api_url": telegram.address, "api_url": "http://127.0.0.1:9", "home": str(tmp_path)} | settings

    ended = run_bot(given)

    assert ended.returncode == 2
    assert says in ended.stderr.splitlines()[-1]
    assert ended.stderr.splitlines()[-1].startswith("bussola: ")
    assert not re.search("Traceback|AAaltro|AAprova", ended.stderr)


def test_an_address_that_telegram_does_not_take_is_told_with_its_reason(telegram: FakeTelegram, tmp_path: Path) -> None:
    refused = {"ok": False, "error_code": 400, "description": "Bad Request: bad webhook: Failed to resolve host"}
    telegram.faults = lambda method, _: Fault(400, json.dumps(refused)) if method == "setWebhook" else None
    hook = {"telegram_webhook_url": "https://bot.example.org/", "telegram_webhook_secret": SECRET}
    given = {"telegram_token": TOKEN, "telegram_api_url": telegram.address, "telegram_webhook_port": str(free_port())}

    with answering() as address:
        ended = run_bot({**given, **hook, "api_url": address, "home": str(tmp_path)})

    assert ended.returncode == 2
    last = ended.stderr.splitlines()[-1]
    assert "https://bot.example.org/" in last
    assert "failed to resolve host" in last.lower()
    assert "BUSSOLA_TELEGRAM_WEBHOOK_URL" in last
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(("name", "says"), [("bot.sqlite3", "la memoria del bot"), ("bot.key", "la chiave")])
def test_a_memory_that_cannot_be_used_is_told_at_the_start(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / name).write_bytes(b"non e' quello che serve" * 200)
    given = {"telegram_token": TOKEN, "api_url": "http://127.0.0.1:9", "home": str(tmp_path)}

    ended = run_bot(given)

    assert ended.returncode == 2
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
