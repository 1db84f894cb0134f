"""A citizen's way with real parts: the shipped corpus is built, published and served, a question is asked over HTTP."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.testing import wait_until

pytestmark = pytest.mark.slow

AFOL = "Quanti Comuni partecipano ad AFOL Metropolitana?"


@pytest.fixture(scope="module")
def site(computed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `bussola serve` over the shipped corpus."""
    home = tmp_path_factory.mktemp("home")
    (home / "cache").symlink_to(computed, target_is_directory=True)
    environment = {**os.environ, "BUSSOLA_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    built = json.loads(bussola("ingest", "--json", environment=environment))
    bussola("publish", built["release"], environment=environment)
    command = [sys.executable, "-m", "bussola", "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr is not None
    said = process.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found, said
    try:
        wait_ready(found.group())
        yield found.group()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=300)


def bussola(*arguments: str, environment: dict[str, str]) -> str:
    """What the command printed."""
    command = [sys.executable, "-m", "bussola", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def wait_ready(address: str) -> None:
    """Return once the service answers."""

    def is_ready() -> bool:
        try:
            return bool(read(f"{address}/readyz"))
        except OSError:
            return False

    wait_until(is_ready, timeout_s=300, pause_s=0.2)


def read(address: str, sent: Any = None) -> str:
    """The body of a GET, or of a POST of JSON."""
    body = None if sent is None else json.dumps(sent).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=300) as response:
        return str(response.read().decode())


def test_the_api_answers_with_a_verbatim_quote(site: str) -> None:
    answer = json.loads(read(f"{site}/v1/ask", {"question": AFOL}))

    assert answer["status"] == "answered"
    assert "71" in answer["text"]
    for cited in answer["citations"]:
        page = json.loads(read(f"{site}/v1/documents/{cited['document']}/pages/{cited['page_index']}"))
        assert page["text"][cited["start"] : cited["end"]] == cited["quote"]
    assert any("71" in cited["quote"] for cited in answer["citations"])


def test_a_citizen_asks_and_opens_the_source(site: str) -> None:
    page = read(f"{site}/?q={urllib.parse.quote(AFOL)}")
    links = [html.unescape(link) for link in re.findall(r'href="(/documenti/[^"]+#citazione)"', page)]

    assert "71" in page
    assert links
    source = read(site + links[0].partition("#")[0])
    marked = html.unescape("".join(re.findall(r"<mark[^>]*>(.*?)</mark>", source, re.DOTALL)))
    assert "71" in marked


def test_what_the_documents_do_not_say_is_not_found(site: str) -> None:
    question = "Quanti alberi verranno piantati entro il 2030?"

    assert json.loads(read(f"{site}/v1/ask", {"question": question}))["status"] == "not_found"
    assert "I documenti non lo dicono" in read(f"{site}/?q={urllib.parse.quote(question)}")


@pytest.mark.parametrize("start", ["/", "/en/"])
def test_each_example_of_the_page_is_answered(site: str, start: str) -> None:
    """An example that fails would be the first thing a citizen sees."""
    examples = re.findall(rf'<li><a href="({start}\?q=[^"#]+)#risposta">', read(site + start))

    assert len(examples) == 3
    for example in examples:
        assert 'id="fonte-1"' in read(site + html.unescape(example))
