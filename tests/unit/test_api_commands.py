"""`bussola serve` before it serves: what stops it is one clear line."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from api.commands import address_of, listen, serve
from kb.errors import InputError, NotFound


def test_a_taken_port_is_named_with_its_remedy() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"porta {port} di 127.0.0.1 è già occupata.*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["203.0.113.7", "nessuno.invalid", "a b"])
def test_an_address_of_another_machine_is_named(host: str) -> None:
    with pytest.raises(InputError, match=f"{host}.*--host"):
        listen(host, 0)


@pytest.mark.parametrize("host", ["", " "])
def test_an_empty_address_does_not_listen_for_the_whole_network(host: str) -> None:
    with pytest.raises(InputError, match=r"--host è vuoto.*127\.0\.0\.1"):
        listen(host, 0)


def test_the_address_is_one_that_a_browser_opens() -> None:
    with listen("127.0.0.1", 0) as opened:
        assert address_of(opened) == f"http://127.0.0.1:{opened.getsockname()[1]}"
    if socket.has_ipv6:
        with listen("::1", 0) as opened:
            assert address_of(opened).startswith("http://[::1]:")


def test_nothing_published_is_said_before_anything_starts() -> None:
    result = CliRunner().invoke(serve, ["--port", "0"])

    assert isinstance(result.exception, NotFound)
    assert "bussola publish" in str(result.exception)


@pytest.mark.parametrize("options", [["--port", "70000"], ["--port", "x"], ["--workers", "0"], ["--ignota"]])
def test_a_wrong_option_is_refused(options: list[str]) -> None:
    assert CliRunner().invoke(serve, options).exit_code == 2


def test_the_command_is_there_without_the_web_framework() -> None:
    """`bussola --help` must stay fast: the framework is loaded when serving begins."""
    check = "import sys, api.commands; sys.exit(any(n in sys.modules for n in ('fastapi', 'uvicorn', 'torch')))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
