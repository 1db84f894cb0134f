"""`make run` on a machine that has nothing yet: a cited answer on the terminal, then the page and the API."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.testing_servers import free_port

ROOT = Path(__file__).resolve().parents[2]
AFOL = "Quanti Comuni partecipano ad AFOL Metropolitana?"
DEADLINE_S = 600.0

pytestmark = pytest.mark.slow


def make(home: Path, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
    """Make with the environment that runs this test taken as installed, in a process group of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BUSSOLA_", "MAKE"))}
    installed = ["-o", ".venv/.installed", f"BIN={Path(sys.executable).parent}"]
    return subprocess.Popen(
        ["make", *installed, *arguments],
        cwd=ROOT,
        env=kept | {"BUSSOLA_HOME": str(home), "HF_HUB_OFFLINE": "1"},
        start_new_session=True,
        **streams,
    )


def get(url: str, *, body: dict[str, Any] | None = None) -> str:
    asked = urllib.request.Request(url, headers={"Content-Type": "application/json"})
    if body is not None:
        asked.data = json.dumps(body).encode()
    with urllib.request.urlopen(asked, timeout=120) as reply:
        return str(reply.read().decode("utf-8"))


def wait_until_ready(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        assert running.poll() is None, log.read_text(encoding="utf-8")
        try:
            get(f"{address}/readyz")
            return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"not ready after {DEADLINE_S:.0f} s: {log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """`make run` from an empty home, once it serves: its address, what it printed, its home; stopped by Ctrl+C."""
    folder = tmp_path_factory.mktemp("first")
    printed, log, port = folder / "printed", folder / "log", free_port()
    with printed.open("wb") as out, log.open("wb") as err:
        running = make(folder / "home", "run", f"PORT={port}", stdout=out, stderr=err)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", running, log)
            yield f"http://127.0.0.1:{port}", printed, folder / "home"
        finally:
            os.killpg(running.pid, signal.SIGINT)
            running.wait(timeout=300)


def test_the_terminal_ends_with_a_cited_answer(first_run: tuple[str, Path, Path]) -> None:
    _, printed, _ = first_run
    shown = printed.read_text(encoding="utf-8")

    assert "71" in shown
    assert "[1]" in shown
    assert "«" in shown


def test_the_page_and_the_api_serve_the_same_answer(first_run: tuple[str, Path, Path]) -> None:
    address, _, _ = first_run

    page = get(f"{address}/")
    answer = json.loads(get(f"{address}/v1/ask", body={"question": AFOL}))

    assert "<form" in page
    assert answer["status"] == "answered"
    assert "71" in answer["text"]
    assert answer["citations"][0]["driver"] == 8


def test_a_second_run_builds_nothing(first_run: tuple[str, Path, Path]) -> None:
    _, _, home = first_run
    before = sorted((home / "releases").iterdir())

    again = make(home, "ask", 'Q=Che cos\'è $HOME e il "PUMS"?', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    shown, complaints = again.communicate(timeout=600)

    assert again.returncode == 0, complaints.decode()
    assert shown.strip()
    assert sorted((home / "releases").iterdir()) == before
