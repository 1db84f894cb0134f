"""`bussola bot` as the real command, over HTTP: a fake Bot API on one side, the API with a fake assistant beyond."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from bot.testing import TOKEN, FakeTelegram, serving, serving_telegram
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release

ADA, BRUNO, GROUP = 11, 22, -1_000_000_000_077
QUESTION = "Che cosa riunisce l'Agenzia per la formazione?"


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """The address of an API that answers from the sample release."""
    with serving(create_app(lambda: FakeAssistant(sample_release()), Settings()), lifespan="on") as address:  # type: ignore[arg-type, return-value]
        yield address


@contextmanager
def running(telegram: FakeTelegram, home: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """The command as a process of its own; stopped at the end if it still runs."""
    environment = {
        **os.environ,
        "BUSSOLA_HOME": str(home),
        "BUSSOLA_TELEGRAM_TOKEN": TOKEN,
        "BUSSOLA_TELEGRAM_API_URL": telegram.address,
        "BUSSOLA_TELEGRAM_CHAT_PAUSE_S": "0",
        "BUSSOLA_TELEGRAM_TIMEOUT_S": "1",
        "BUSSOLA_TELEGRAM_MESSAGES_PER_SECOND": "200",
    } | {f"BUSSOLA_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "bussola", "bot"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with serving_telegram(FakeTelegram()) as fake:
        yield fake


@pytest.fixture
def bot(telegram: FakeTelegram, api: str, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with running(telegram, tmp_path, api_url=api) as process:
        yield process
    assert telegram.refused == []


def said(telegram: FakeTelegram, chat: int, count: int = 1) -> list[Any]:
    """The bot's messages of a chat, once there are that many."""
    telegram.wait_for(lambda: len(telegram.messages(chat)) >= count)
    return telegram.messages(chat)


def test_a_question_is_answered_with_its_source_behind_a_button(bot: Any, telegram: FakeTelegram) -> None:
    telegram.write(ADA, QUESTION)
    answer = said(telegram, ADA)[0]

    assert answer.text.endswith("22 Comuni. [1]")
    telegram.tap(answer, "p. 120")
    source = said(telegram, ADA, 2)[1]
    assert source.text.startswith("Fonte 1")
    assert "Piano di prova, ed. 2022-2024, p. 120" in source.text
    assert "«orientamento» & lavoro" in source.text
