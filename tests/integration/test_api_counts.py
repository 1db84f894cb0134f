"""Limits shared through a real PostgreSQL: processes and machines that use one database count as one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.counts import SharedCounts, counts_url
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release
from kb.testing_servers import postgresql_server

ASKING = """
import sys
from api.counts import SharedCounts
counts = SharedCounts(sys.argv[1], secret=lambda: b"x", patience_ms=60_000)
sys.stdin.readline()
print(sum(counts.acquire_sliding_window_entry("k", 200, 10**9) for _ in range(150)))
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


def test_processes_on_one_database_take_as_many_as_one_may(url: str, tmp_path: Path) -> None:
    """The first of them makes the table, whichever it is."""
    command = [sys.executable, "-c", ASKING, counts_url(tmp_path, url)]
    asking = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in asking:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    assert sum(int(process.communicate(timeout=120)[0]) for process in asking) == 200


def test_machines_with_homes_of_their_own_share_a_limit(url: str, tmp_path: Path) -> None:
    chosen = [Settings(home=tmp_path / home, database_url=url, api_limit_citizen="3/day") for home in ("one", "other")]
    apps = [create_app(lambda: FakeAssistant(sample_release()), settings) for settings in chosen]
    one, other = map(TestClient, apps)

    statuses = [client.get("/privacy").status_code for client in (one, other, one, other, one)]

    for app in apps:
        app.state.pace.close()
    assert statuses == [200, 200, 200, 429, 429]


def test_what_is_over_is_forgotten_there_too(url: str) -> None:
    counts = SharedCounts(url, secret=lambda: b"y")
    counts.incr("old", -1)
    counts.acquire_sliding_window_entry("new", 5, 10**9)

    assert counts.get("old") == 0
    before, _, here, _ = counts.get_sliding_window("new", 10**9)
    assert (before, here) == (0, 1)
    counts.close()
