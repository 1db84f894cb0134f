"""A running `bussola serve` follows the published release under questions; only the embedder is a fake."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.load import Plan, QuoteCheck, alternate, press
from kb import wiring
from kb.releases.store import ReleaseStore
from kb.settings import Settings
from kb.testing import FakeTokenEmbedder, intake_of, wait_until

PROGRAM = """
import kb.wiring
from kb.testing import FakeTokenEmbedder

kb.wiring.make_embedder = lambda settings, **_options: FakeTokenEmbedder()

if __name__ == "__main__":
    import bussola
    bussola.main()
"""

QUESTIONS = [
    "Quanti Comuni partecipano ad AFOL Metropolitana?",
    "Quanti alloggi prevede il piano per la casa?",
    "Quanti chilometri di piste ciclabili prevede il Biciplan?",
]


def texts(edition: int) -> dict[str, list[str]]:
    """Documents in which every page differs from that of another edition, in words and in place."""
    filling = "Premessa. " * edition
    return {
        "afol": [f"{filling}I Comuni che partecipano ad AFOL Metropolitana sono {70 + edition}."],
        "casa": [f"{filling}Il piano per la casa prevede {100 + edition} alloggi sociali."],
        "bici": [f"{filling}Il Biciplan prevede {200 + edition} chilometri di piste ciclabili."],
    }


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> ReleaseStore:
    monkeypatch.setattr(wiring, "make_embedder", lambda _settings, **_options: FakeTokenEmbedder())
    monkeypatch.setenv("BUSSOLA_API_LIMIT_CITIZEN", "100000/minute")
    settings = Settings()
    ids = [wiring.build(settings, intake_of(texts(edition))).id for edition in (1, 2, 3)]
    built = wiring.release_store(settings)
    built.publish(ids[0])
    return built


@contextmanager
def serving(tmp_path: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The serving process, ready, and its address."""
    script, log = tmp_path / "programma.py", tmp_path / "log.txt"
    script.write_text(PROGRAM, encoding="utf-8")
    with log.open("w") as stderr:
        command = [sys.executable, str(script), "serve", "--port", "0", *options]
        process = subprocess.Popen(command, stderr=stderr, text=True, env=dict(os.environ))
    try:
        address = wait_for_address(log)
        wait_for_release(address)
        yield process, address
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0, log.read_text()
        assert "Traceback" not in log.read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_for_address(log: Path) -> str:
    """What the service says of where it listens."""
    found = wait_until(lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text()))
    assert found
    return found.group()


def wait_for_release(address: str, release: str = "") -> None:
    """Return once the service is ready with that release, or with any."""

    def is_there() -> bool:
        try:
            ready = httpx.get(f"{address}/readyz", timeout=120).json()
        except httpx.HTTPError:
            return False
        return str(ready.get("release", "")).startswith(release or "r_")

    wait_until(is_there)


def test_publishing_and_rolling_back_under_questions_fails_and_mixes_nothing(
    tmp_path: Path, store: ReleaseStore
) -> None:
    """Eight clients, twenty publications or more; every quote stands in the release that its answer names."""
    asked = [("ask", question) for question in QUESTIONS]
    plan, publish, check = Plan(clients=8, seconds=2, publications=5), alternate(store, store.ids()), QuoteCheck(store)
    answered: Counter[str] = Counter()
    with serving(tmp_path) as (_process, address):
        for at in range(60):  # a slow machine takes more rounds
            if at >= 4 and len(answered) > 1 and answered.total() > 100:
                break
            figures = asyncio.run(press(address, asked, plan, publish=publish, check=check))
            assert (figures.failed, figures.mixed, figures.publications) == ([], [], 5)
            answered.update(figures.releases)
        assert len(answered) > 1, "the service never switched"
        wait_for_release(address, store.published() or "")


def test_a_release_that_does_not_open_leaves_the_one_that_serves(tmp_path: Path, store: ReleaseStore) -> None:
    first = store.published() or ""
    other = next(id_ for id_ in store.ids() if id_ != first)
    with serving(tmp_path) as (_process, address):
        (store.folder(other) / "passages.jsonl").write_text("rotto\n", encoding="utf-8")
        (store.home / "published").write_text(other + "\n", encoding="utf-8")
        wait_until(lambda: "la versione non si apre" in (tmp_path / "log.txt").read_text())
        answer = httpx.post(f"{address}/v1/ask", json={"question": QUESTIONS[0]}, timeout=120).json()
        assert answer["release"] == first
        third = next(id_ for id_ in store.ids() if id_ not in (first, other))
        store.publish(third)
        wait_for_release(address, third)


def test_a_quote_of_another_release_is_noticed(store: ReleaseStore) -> None:
    """The check itself: the same answer said to be of another release does not pass."""
    one, other = store.ids()[:2]
    with store.open(one) as opened:
        page = opened.page("afol", 1)
    answer = {
        "release": one,
        "citations": [{"document": "afol", "page_index": 1, "start": 3, "end": 40, "quote": page.text[3:40]}],
    }

    assert QuoteCheck(store)(answer)
    assert not QuoteCheck(store)(answer | {"release": other})
