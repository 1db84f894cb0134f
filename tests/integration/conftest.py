"""What tests of the running bot share: a fake Bot API, and an API that answers when it is let."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from api.app import create_app
from bot.testing import FakeTelegram, serving, serving_telegram
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release


class Gate:
    """Holds answers back: each needs to be let through."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(0)

    def let_through(self, count: int = 1_000) -> None:
        self._free.release(count)

    def pass_one(self) -> None:
        assert self._free.acquire(timeout=120)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with serving_telegram(FakeTelegram()) as fake:
        yield fake


@pytest.fixture(scope="session")
def answering() -> Callable[..., AbstractContextManager[str]]:
    """Gives the address of an API with the fake assistant, while a block runs; see _answering."""
    return _answering


@contextmanager
def _answering(release: str = "r_prova", *, gate: Gate | None = None, without: str = "") -> Iterator[str]:
    """
    An API over a release of that name, without one of its documents.

    With a gate, whoever asks anything waits before it.
    """
    found = sample_release()
    found.id = release
    found.documents.pop(without, None)
    assistant = FakeAssistant(found)
    ask = assistant.ask

    def ask_at_the_gate(question: str, **options: Any) -> Any:
        if gate is not None:
            gate.pass_one()
        return ask(question, **options)

    assistant.ask = ask_at_the_gate  # type: ignore[method-assign]
    settings = Settings(api_limit_citizen="100000/minute")
    with serving(create_app(lambda: assistant, settings), lifespan="on") as address:  # type: ignore[arg-type, return-value]
        yield address
