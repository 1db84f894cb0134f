"""`bussola bot` from start to stop: restarts, new releases, a webhook, bad settings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from bot.testing import TOKEN, FakeTelegram, Fault, running_bot
from kb.testing_servers import free_port

ADA, BRUNO = 11, 22
QUESTION = "Che cosa riunisce l'Agenzia per la formazione?"
SECRET = "segreto_123"


def test_buttons_outlive_a_restart_and_a_new_release(telegram: FakeTelegram, tmp_path: Path, answering: Any) -> None:
    with answering() as address, running_bot(telegram, tmp_path, api_url=address):
        telegram.write(ADA, QUESTION)
        answer = telegram.said(ADA)[0]
    with answering("r_nuova") as address, running_bot(telegram, tmp_path, api_url=address):
        telegram.tap(answer, "p. 120")
        source = telegram.said(ADA, 2)[1].text
        telegram.tap_data(answer, "s:inesistente:1")
        telegram.wait_for(lambda: any("non conservo più" in text for text in telegram.toasts()))

    assert "71 Comuni" in source
    assert "Questa fonte viene dalla versione r_prova; ora rispondo dalla versione r_nuova" in source
    assert len(telegram.messages(ADA)) == 2


def test_what_changed_is_told_after_a_new_release(telegram: FakeTelegram, tmp_path: Path, answering: Any) -> None:
    says = []
    for release, without in (("r_uno", "guida"), ("r_due", ""), ("r_tre", ""), ("r_quattro", "guida")):
        with answering(release, without=without) as address, running_bot(telegram, tmp_path, api_url=address):
            telegram.write(ADA, "/novita")
            says.append(telegram.said(ADA, len(says) + 1)[-1].text)

    assert says == [
        "Questa è la prima versione dei documenti che conosco: non ho con che cosa confrontarla.",
        "Che cosa è cambiato dalla versione precedente\n\nAggiunti\n• Guida <breve>",
        "Nessuna novità: i documenti sono gli stessi della versione precedente.",
        "Che cosa è cambiato dalla versione precedente\n\nTolti\n• Guida <breve>",
    ]


def test_a_kill_in_the_middle_of_an_answer_loses_and_repeats_nothing(
    telegram: FakeTelegram, tmp_path: Path, answering: Any, gate: Any
) -> None:
    with answering(gate=gate) as address:
        with running_bot(telegram, tmp_path, api_url=address) as first:
            for at in range(3):
                telegram.write(ADA, f"{QUESTION} {at}")
            gate.let_through(1)
            telegram.said(ADA)
            first.kill()
            first.wait()
        gate.let_through()
        with running_bot(telegram, tmp_path, api_url=address):
            telegram.said(ADA, 3)
            telegram.write(ADA, "/aiuto")  # comes after whatever is still said to the questions
            telegram.said(ADA, 4)

    assert [text.startswith("Come si usa") for text in telegram.texts(ADA)] == [False, False, False, True]
    # 3 when the kill came between the arrival of the first answer and its being written down.
    assert re.search("messaggi in attesa: [23]", (tmp_path / "bot.log").read_text())


def test_a_stop_lets_the_answer_under_way_finish_and_keeps_the_rest(
    telegram: FakeTelegram, tmp_path: Path, answering: Any, gate: Any
) -> None:
    with answering(gate=gate) as address:
        with running_bot(telegram, tmp_path, api_url=address) as first:
            telegram.write(ADA, QUESTION)
            telegram.write(ADA, QUESTION)
            telegram.wait_for(lambda: telegram.times_called("sendChatAction"))
            first.terminate()
            telegram.wait_for(lambda: "il bot si ferma" in (tmp_path / "bot.log").read_text())
            gate.let_through()
            assert first.wait(timeout=120) == 0
            assert len(telegram.messages(ADA)) == 1
        with running_bot(telegram, tmp_path, api_url=address):
            assert len(telegram.said(ADA, 2)) == 2

    assert "Traceback" not in (tmp_path / "bot.log").read_text()


def test_a_pause_is_kept_between_messages_of_one_chat(telegram: FakeTelegram, tmp_path: Path, answering: Any) -> None:
    with answering() as address, running_bot(telegram, tmp_path, api_url=address, telegram_chat_pause_s="0.4"):
        telegram.write(BRUNO, "/aiuto")
        telegram.said(BRUNO)
        began = time.monotonic()
        for _ in range(3):
            telegram.write(ADA, "/aiuto")
        telegram.said(ADA, 3)

    assert time.monotonic() - began >= 0.8


def test_one_update_that_cannot_be_read_hides_no_other(telegram: FakeTelegram, tmp_path: Path, answering: Any) -> None:
    telegram.push({"message": {"message_id": "uno", "chat": 3}})
    telegram.push({"un_genere_nuovo": {"a": 1}})
    telegram.write(BRUNO, "Che cosa è \ud83d?")  # half of an emoji
    telegram.write(ADA, "/aiuto")
    with answering() as address, running_bot(telegram, tmp_path, api_url=address):
        telegram.said(ADA)
        telegram.said(BRUNO)

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


def test_a_webhook_takes_what_telegram_delivers_and_nobody_else(
    telegram: FakeTelegram, tmp_path: Path, answering: Any
) -> None:
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
        telegram.said(ADA)
        deliver(port, {"update_id": 6, "message": telegram.message(ADA, "/aiuto")})
        telegram.said(ADA, 2)  # whatever else was answered in this chat came before

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


def test_an_address_that_telegram_does_not_take_is_told_with_its_reason(
    telegram: FakeTelegram, tmp_path: Path, answering: Any
) -> None:
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
