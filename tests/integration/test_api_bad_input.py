"""Schemathesis over the whole schema: no 500, no answer that the schema does not foresee, whatever is sent."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from api.app import create_app
from api.commands import address_of, listen
from api.schema import FILE, write_schema
from kb import wiring
from kb.keys import KeyRing, Role
from kb.settings import Settings
from kb.testing import FakeTokenEmbedder, fake_parts, intake_of, wait_until

EXAMPLES = 20


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """An open service over two published releases with fake indexes, and a staff key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "index_parts", fake_parts)
        patch.setattr(wiring, "make_embedder", lambda _settings, **_options: FakeTokenEmbedder())
        home: Path = tmp_path_factory.mktemp("home")
        limits = {f"api_limit_{role.value}": "1000000/minute" for role in Role}
        chosen = Settings(home=home, **limits)  # type: ignore[arg-type]
        for at in range(2):
            texts = {"psttm": [f"I Comuni che partecipano ad AFOL Metropolitana sono {70 + at}.", "Il suolo."]}
            wiring.release_store(chosen).publish(wiring.build(chosen, intake_of(texts)).id)
        _key, text = KeyRing(wiring.open_ledger(chosen)).add("prova", Role.STAFF, days=1)
        server = uvicorn.Server(
            uvicorn.Config(create_app(lambda: wiring.open_assistant(chosen), chosen), port=0, log_config=None)
        )
        with listen("127.0.0.1", 0) as listening:
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            address = address_of(listening)
            wait_until(lambda: is_ready(address))
            yield address, text
            server.should_exit = True
            thread.join(20)


def is_ready(address: str) -> bool:
    """Whether the service answers."""
    try:
        return httpx.get(f"{address}/readyz", timeout=120).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.slow
def test_nothing_that_is_sent_breaks_the_service(service: tuple[str, str], tmp_path: Path) -> None:
    """Its own command, since its plug-in does not follow pytest 9."""
    address, key = service
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json", "--checks", "all"]
    options = ["--max-examples", str(EXAMPLES), "--seed", "1", "--no-color", "--phases", "examples,coverage,fuzzing"]
    header = ["--header", f"Authorization: Bearer {key}"]
    ran = subprocess.run([*command, *options, *header], capture_output=True, text=True, cwd=tmp_path, check=False)

    assert ran.returncode == 0, ran.stdout[-8000:]


def test_the_schema_file_is_what_the_api_says() -> None:
    """Written by `python -m api.schema`; its differences are the API's history."""
    assert FILE.read_text(encoding="utf-8") == write_schema()
