"""Limits that every process of a service shares: two apps, two processes and two threads count as one."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from limits import parse
from limits.strategies import SlidingWindowCounterRateLimiter

from api.counts import SharedCounts, counts_url
from kb.testing import FakeAssistant, sample_release

LONG = 10**9  # seconds of a window that ends in 2033: no test sees the next one
LIMIT = 200

ASKING = """
import sys
from api.counts import SharedCounts
counts = SharedCounts(sys.argv[1], secret=lambda: b"x", patience_ms=60_000)
sys.stdin.readline()
print(sum(counts.acquire_sliding_window_entry("k", 200, 10**9) for _ in range(150)))
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return counts_url(tmp_path)


def counts_of(url: str) -> SharedCounts:
    return SharedCounts(url, secret=lambda: b"x", patience_ms=60_000)


def test_two_processes_take_as_many_as_one_may(url: str) -> None:
    """Both ask 150 times at once where 200 are allowed: no request is lost and none is taken twice."""
    command = [sys.executable, "-c", ASKING, url]
    asking = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.stdin for process in asking]
    for pipe in told:
        assert pipe is not None
        pipe.write("\n")
        pipe.flush()
    taken = [int(process.communicate(timeout=120)[0]) for process in asking]

    assert sum(taken) == LIMIT


def test_threads_with_a_store_each_take_as_many_as_one_may(url: str) -> None:
    taken: list[bool] = []

    def ask() -> None:
        counts = counts_of(url)
        taken.extend(counts.acquire_sliding_window_entry("k", 40, LONG) for _ in range(20))
        counts.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert sum(taken) == 40


@pytest.mark.usefixtures("still_clock")
def test_two_services_of_one_home_share_a_limit(open_client: Callable[..., Any]) -> None:
    one, other = (open_client(FakeAssistant(sample_release()), api_limit_citizen="3/day") for _ in range(2))

    statuses = [client.get("/privacy").status_code for client in (one, other, one, other, one)]

    assert statuses == [200, 200, 200, 429, 429]


@pytest.mark.usefixtures("still_clock")
def test_what_cannot_be_counted_together_is_counted_alone(open_client: Callable[..., Any], tmp_path: Path) -> None:
    """A file lies where the folder of the counts would be."""
    home = tmp_path / "odd"
    home.mkdir()
    (home / "cache").write_text("")
    client = open_client(FakeAssistant(sample_release()), home=home, api_limit_citizen="2/day")

    assert [client.get("/privacy").status_code for _ in range(3)] == [200, 200, 429]


def test_no_address_is_written(open_client: Callable[..., Any], tmp_path: Path) -> None:
    client = open_client(FakeAssistant(sample_release()), home=tmp_path / "here")
    client.get("/privacy")
    files = list((tmp_path / "here" / "cache").glob("counts.sqlite3*"))

    assert files
    assert not any(b"testclient" in file.read_bytes() for file in files)


def test_the_window_slides(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half into the next window, half of what was taken in the one before still counts."""
    now = [1000.0]
    monkeypatch.setattr("api.counts.time.time", lambda: now[0])
    counts = counts_of(url)

    def take(times: int) -> int:
        return sum(counts.acquire_sliding_window_entry("k", 10, 100) for _ in range(times))

    assert take(20) == 10
    now[0] = 1150.0
    assert take(20) == 5
    before, before_s, here, here_s = counts.get_sliding_window("k", 100)
    assert (before, before_s, here, here_s) == (10, 50.0, 5, 150.0)
    now[0] = 1400.0
    assert take(20) == 10


def test_what_is_over_is_forgotten(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("api.counts.time.time", lambda: now[0])
    counts = counts_of(url)
    for name in ("a", "b", "c"):
        counts.acquire_sliding_window_entry(name, 5, 60)
    now[0] = 2000.0
    counts.acquire_sliding_window_entry("d", 5, 60)

    assert counts.reset() == 1


def test_a_clock_that_was_ahead_once_puts_no_forgetting_off(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr("api.counts.time.time", lambda: now[0])
    counts = counts_of(url)
    counts.reset()
    for moment in (1_000_000.0, 1000.0, 2000.0):
        now[0] = moment
        counts.acquire_sliding_window_entry(f"at {moment}", 5, 60)

    assert counts.reset() == 2, "that of the clock's error and the last"


@pytest.mark.usefixtures("still_clock")
def test_it_is_a_store_of_the_library(url: str) -> None:
    counts = counts_of(url)
    limiter, limit = SlidingWindowCounterRateLimiter(counts), parse("2/day")

    assert [limiter.hit(limit, "who") for _ in range(3)] == [True, True, False]
    assert limiter.get_window_stats(limit, "who").remaining == 0
    limiter.clear(limit, "who")
    assert limiter.test(limit, "who")
    assert (counts.incr("plain", 60), counts.incr("plain", 60), counts.get("plain")) == (1, 2, 2)
    assert counts.get_expiry("plain") > 0
    counts.clear("plain")
    assert counts.get("plain") == 0
    assert counts.check()


def test_a_store_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    file = tmp_path / "counts.sqlite3"
    file.write_bytes(b"this is no database, whatever it is called" * 100)

    assert not SharedCounts(f"sqlite:///{file}", secret=lambda: b"x").check()
