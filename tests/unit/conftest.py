"""What unit tests share: a client of an API whose desk is open, time that passes at once."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from kb.settings import Settings
from kb.testing import wait_until

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

Given = TypeVar("Given")


class FakeTime(selectors.DefaultSelector):
    """A clock that jumps to the next timer of an event loop as soon as nothing else is left to do."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        """What is ready; where nothing is, the time that would be waited has passed."""
        if timeout is None:
            return super().select()
        found = super().select(0)
        if not found:
            self.now_s += max(0.0, timeout)
        return found

    def run(self, work: Coroutine[Any, Any, Given]) -> Given:
        """What the work gives, run in an event loop of this time."""
        with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(self)) as runner:
            return runner.run(work)


@pytest.fixture
def fake_time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    """Time in which waits take no time and end to the moment; `time.monotonic` tells it too. For one run."""
    found = FakeTime()
    monkeypatch.setattr("time.monotonic", lambda: found.now_s)
    return found


@pytest.fixture
def open_client() -> Iterator[Callable[..., TestClient]]:
    """Opens a client over an assistant, ready; settings are named; closed at the end."""
    from fastapi.testclient import TestClient

    from api.app import create_app

    with ExitStack() as opened:

        def open_one(assistant: Any, **settings: Any) -> TestClient:
            app = create_app(lambda: assistant, Settings(**settings))
            client = opened.enter_context(TestClient(app, raise_server_exceptions=False))
            wait_until(lambda: client.get("/readyz").status_code == 200)
            return client

        yield open_one


@pytest.fixture
def patient_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes in the ledger waits for the others, however long a slow machine lets each of them write."""
    from kb.ledger import book, database

    for name in ("QUICK", "READING", "WRITING"):
        patient = replace(getattr(database, name), patience_ms=120_000)
        monkeypatch.setattr(book, name, patient)
        monkeypatch.setattr(database, name, patient)


@pytest.fixture
def check_problem() -> Callable[[Any, int], dict[str, Any]]:
    """The problem that a response tells, after checking its form."""

    def check(response: Any, status: int) -> dict[str, Any]:
        told: dict[str, Any] = response.json()
        assert response.status_code == status, told
        assert response.headers["content-type"] == "application/problem+json"
        assert told["status"] == status
        assert told["title"]
        assert told["detail"]
        assert told["request_id"] == response.headers["x-request-id"]
        return told

    return check
