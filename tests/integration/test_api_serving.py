"""`bussola serve` as a process of its own, over a fake assistant: starts, answers, stops with grace."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb.errors import ReleaseError
from kb.releases.folders import IN_USE, only_one

PROGRAM = """
import time
import kb.wiring
from kb.errors import ReleaseError
from kb.testing import FakeAssistant, sample_release

class Store:
    def resolve(self, id_):
        return "r_prova"

    def published(self):
        return "r_prova"

class Slow(FakeAssistant):
    def ask(self, question, **options):
        if question == "lenta?":
            print("presa", flush=True)
            time.sleep(1)
        return super().ask(question, **options)

def open_assistant(settings, embedder=None):
    if BROKEN:
        raise ReleaseError("la versione r_prova è danneggiata: ricostruiscila con «bussola ingest».")
    return Slow(sample_release())

kb.wiring.release_store = lambda settings: Store()
kb.wiring.open_assistant = open_assistant
kb.wiring.make_embedder = lambda settings, **_options: None

if __name__ == "__main__":
    import bussola
    bussola.main()
"""


def program(tmp_path: Path, *, broken: bool = False) -> str:
    """A script that is `bussola` with a fake assistant; a file, since worker processes import it again."""
    path = tmp_path / "programma.py"
    path.write_text(PROGRAM.replace("BROKEN", str(broken)), encoding="utf-8")
    return str(path)


@contextmanager
def serving(script: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address; killed at the end if it still runs."""
    command = [sys.executable, script, "serve", "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ), start_new_session=True
    )
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, said
        yield process, found.group()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # with its workers, which hold the pipes too
        process.communicate()


def wait_ready(address: str, *, times: int = 1) -> None:
    """Return once the service answers so many times in a row: with several processes, each should have its turn."""
    until, ready = time.monotonic() + 120, 0
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=60) as response:
                ready = ready + 1 if response.status == 200 else 0
        except OSError:
            ready = 0
            time.sleep(0.05)
        if ready == times:
            return
    pytest.fail("never ready")


def read(address: str) -> str:
    """What lies at an address."""
    with urllib.request.urlopen(address, timeout=60) as response:
        text: str = response.read().decode()
        return text


def status_of(address: str) -> int:
    """What a request is answered with."""
    try:
        with urllib.request.urlopen(address, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def ask(address: str, question: str) -> subprocess.Popen[str]:
    """A client of its own that asks and prints the status."""
    code = (
        "import json, sys, urllib.request as u;"
        "r = u.Request(sys.argv[1] + '/v1/ask', json.dumps({'question': sys.argv[2]}).encode(),"
        " {'Content-Type': 'application/json'});"
        "print(json.load(u.urlopen(r))['status'])"
    )
    return subprocess.Popen([sys.executable, "-c", code, address, question], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_the_answer_under_way_finish(tmp_path: Path, stop: signal.Signals) -> None:
    with serving(program(tmp_path)) as (process, address):
        wait_ready(address)
        client = ask(address, "lenta?")
        assert process.stdout is not None
        assert process.stdout.readline() == "presa\n"
        process.send_signal(stop)

        assert client.communicate(timeout=120)[0] == "not_found\n"
        _, logged = process.communicate(timeout=120)

    assert process.returncode == 0
    assert logged.rstrip().endswith("Bussola si è fermata.")
    assert "lenta" not in logged
    assert "Traceback" not in logged


@pytest.mark.parametrize("workers", ["1", "2"])
def test_nothing_is_restored_under_it(tmp_path: Path, workers: str) -> None:
    home = Path(os.environ["BUSSOLA_HOME"])
    with serving(program(tmp_path), "--workers", workers) as (process, address):
        wait_ready(address)
        with pytest.raises(ReleaseError, match="in uso"), only_one(home / IN_USE, busy="in uso"):
            pytest.fail("a restoring could begin")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)

    with only_one(home / IN_USE, busy="in uso"):
        pass


def test_several_processes_answer_on_one_port(tmp_path: Path) -> None:
    with serving(program(tmp_path), "--workers", "2") as (process, address):
        wait_ready(address, times=30)
        assert ask(address, "xyz?").communicate(timeout=120)[0] == "not_found\n"
        told = [read(f"{address}/metrics") for _ in range(4)]
        process.send_signal(signal.SIGTERM)
        _, logged = process.communicate(timeout=120)

    assert process.returncode == 0
    assert "Traceback" not in logged
    # Whichever process is asked, it tells the answers of all.
    assert all('bussola_answers_total{mode="extractive",status="not_found"} 1.0' in one for one in told)


def test_several_processes_share_the_limit_of_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUSSOLA_API_LIMIT_CITIZEN", "6/day")
    with serving(program(tmp_path), "--workers", "2") as (_, address):
        wait_ready(address, times=30)
        statuses = [status_of(f"{address}/privacy") for _ in range(20)]

    assert statuses == [200] * 6 + [429] * 14


def test_a_release_that_does_not_open_ends_the_command_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, program(tmp_path, broken=True), "serve", "--port", "0"]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert ended.returncode == 2
    assert "danneggiata" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


def test_a_taken_port_ends_the_command_in_one_line(tmp_path: Path) -> None:
    with serving(program(tmp_path)) as (_, address):
        port = address.rpartition(":")[2]
        command = [sys.executable, program(tmp_path), "serve", "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert f"porta {port}" in ended.stderr


def test_a_question_may_be_asked_by_plain_http(tmp_path: Path) -> None:
    """Headers are those of the unit tests, on the wire too."""
    with serving(program(tmp_path)) as (_, address):
        wait_ready(address)
        with urllib.request.urlopen(f"{address}/v1/documents", timeout=60) as response:
            assert json.load(response)["release"] == "r_prova"
            assert "server" not in {name.lower() for name in response.headers}
            assert response.headers["Cache-Control"] == "private, no-cache"
