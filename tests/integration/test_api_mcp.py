"""`bussola mcp` and /mcp asked by an MCP client, over real releases; only the embedder is a fake."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from kb import wiring
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

QUESTION = "Quanti Comuni partecipano ad AFOL Metropolitana?"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A script that is `bussola` with a fake embedder; two releases were published, a third was not."""
    monkeypatch.setattr(wiring, "make_embedder", lambda _settings, **_options: FakeTokenEmbedder())
    settings = Settings()
    for at in range(3):
        texts = {"afol": [f"I Comuni che partecipano ad AFOL Metropolitana sono {70 + at}."], "altro": ["Il suolo."]}
        built = wiring.build(settings, intake_of(texts))
        if at < 2:
            wiring.release_store(settings).publish(built.id)
    path = tmp_path / "programma.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return str(path)


@pytest.fixture
def address(script: str, tmp_path: Path) -> Iterator[str]:
    """Where the service answers."""
    log = tmp_path / "log.txt"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, script, "serve", "--port", "0"], stderr=stderr, env=dict(os.environ)
        )
    found = wait_until(lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text()))
    assert found
    yield found.group()
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 0
    assert "Traceback" not in log.read_text()


async def converse(client: Client) -> dict[str, Any]:
    """What a desktop assistant would do: look at the tools, ask, search, open the page, read a Driver, a diff."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    answer = await client.call_tool("ask", {"question": QUESTION})
    cited = answer.structured_content["citations"][0]
    page = await client.call_tool("page", {"document": cited["document"], "index": cited["page_index"]})
    found = await client.call_tool("search", {"query": "AFOL", "count": 1})
    driver = await client.call_tool("driver", {"number": 8})
    diff = await client.call_tool("diff", {})
    return {
        "tools": tools,
        "answer": answer,
        "cited": cited,
        "page": page,
        "found": found,
        "driver": driver,
        "diff": diff,
    }


def check_conversation(said: dict[str, Any]) -> None:
    """What each tool must give."""
    assert set(said["tools"]) == {"ask", "search", "page", "driver", "diff"}
    for tool in said["tools"].values():
        assert tool.description
        assert all(field["description"] for field in tool.input_schema["properties"].values())
        assert tool.annotations.read_only_hint
    text = said["page"].structured_content["text"]
    assert text[said["cited"]["start"] : said["cited"]["end"]] == said["cited"]["quote"]
    assert "71" in said["answer"].content[0].text
    assert "[1]" in said["answer"].content[0].text
    assert said["found"].structured_content["passages"][0]["document"] == "afol"
    assert said["driver"].structured_content["number"] == 8
    assert "70 → 71" in said["diff"].content[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_converses_on_standard_input(script: str, mode: str) -> None:
    """Old clients begin with a handshake, new ones without."""

    async def run() -> dict[str, Any]:
        started = StdioServerParameters(command=sys.executable, args=[script, "mcp"], env=dict(os.environ))
        async with Client(stdio_client(started), mode=mode) as client:
            return await converse(client)

    check_conversation(asyncio.run(run()))


def test_a_client_converses_over_http(address: str) -> None:
    async def run() -> dict[str, Any]:
        async with Client(f"{address}/mcp") as client:
            return await converse(client)

    check_conversation(asyncio.run(run()))


def test_a_fault_is_told_by_the_tool(address: str) -> None:
    async def run() -> list[Any]:
        async with Client(f"{address}/mcp") as client:
            return [
                await client.call_tool("ask", {"question": " "}),
                await client.call_tool("page", {"document": "ignoto", "index": 1}),
                await client.call_tool("diff", {"after": "r_ffffffffffff"}),
                await client.call_tool("driver", {"number": 11}),
            ]

    faults = asyncio.run(run())

    assert all(fault.is_error for fault in faults)
    assert "scrivi una domanda" in faults[0].content[0].text
    assert "ignoto" in faults[1].content[0].text
    assert "r_ffffffffffff" in faults[2].content[0].text


def test_a_candidate_is_not_told(address: str) -> None:
    published = {line.release for line in wiring.open_ledger(Settings()).publications()}
    candidate = next(id_ for id_ in wiring.release_store(Settings()).ids() if id_ not in published)

    async def run() -> Any:
        async with Client(f"{address}/mcp") as client:
            return await client.call_tool("diff", {"after": candidate})

    assert "mai stata pubblicata" in asyncio.run(run()).content[0].text


def test_nothing_published_is_one_line() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bussola", "mcp"], capture_output=True, text=True, timeout=300, check=False
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "bussola publish" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
