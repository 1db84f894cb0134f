"""`bussola bot` as the real command, over HTTP: a fake Bot API on one side, the API with a fake assistant beyond."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from bot.testing import FakeTelegram, running_bot, serving, serving_telegram
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release

ADA, BRUNO, GROUP = 11, 22, -1_000_000_000_077
QUESTION = "Che cosa riunisce l'Agenzia per la formazione?"


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """The address of an API that answers from the sample release."""
    with serving(create_app(lambda: FakeAssistant(sample_release()), Settings()), lifespan="on") as address:  # type: ignore[arg-type, return-value]
        yield address


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with serving_telegram(FakeTelegram()) as fake:
        yield fake


@pytest.fixture
def bot(telegram: FakeTelegram, api: str, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with running_bot(telegram, tmp_path, api_url=api) as process:
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
