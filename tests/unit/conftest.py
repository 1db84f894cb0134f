"""What unit tests share: the command on a small home, a client of an open API, time that passes at once."""

from __future__ import annotations

import asyncio
import selectors
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.settings import Settings
from kb.testing import FakeAssistant, FakeEmbedder, fake_parts, intake_of, sample_release, wait_until

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
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still in the middle of an hour and of a day: neither ends between two requests."""
    monkeypatch.setattr("time.time", lambda: 1_800_001_800.0)


Run = Callable[..., tuple[int, str, str]]
"""The exit status of `bussola` with these arguments, what it printed and what it complained of."""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `bussola` in this process, as its program does."""
    import bussola

    def run_one(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bussola", *arguments])
        with pytest.raises(SystemExit) as ended:
            bussola.main()
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run_one


@dataclass(frozen=True)
class House:
    """A home whose indexes scan exactly and whose embedder counts words, and the command on it."""

    home: Path
    run: Run

    @property
    def store(self) -> ReleaseStore:
        """The home's releases."""
        return ReleaseStore(self.home, parts=fake_parts)

    def build(self, *texts: str) -> str:
        """A new release of one document with these pages, published."""
        store = self.store
        id_ = build_release(intake_of({"d": [*texts]}), store=store, embedder=FakeEmbedder()).id
        store.publish(id_)
        return id_


@pytest.fixture
def house(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> House:
    """An empty one."""
    monkeypatch.setattr("kb.wiring.index_parts", fake_parts)
    monkeypatch.setattr("kb.wiring.make_embedder", lambda *_given, **_options: FakeEmbedder())
    return House(tmp_path / "home", run)


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
def assistant() -> FakeAssistant:
    """A fake one over the sample release."""
    return FakeAssistant(sample_release())


@pytest.fixture
def client(assistant: FakeAssistant, open_client: Callable[..., TestClient]) -> TestClient:
    """A client of the API over the fake assistant."""
    return open_client(assistant)


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
