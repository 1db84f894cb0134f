"""The commands as a person gives them, with the vectors on a Chroma server, words and ledger on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kb.releases.parts import VECTORS, WORDS
from kb.settings import Settings
from kb.testing_servers import chroma_server, postgresql_server
from kb.wiring import open_ledger, release_store

BUSSOLA = Path(sys.executable).with_name("bussola")
QUESTION = "Quanti luoghi freschi apre il Comune di Prova?"
OLD, NEW = "Il Comune di Prova apre 12 luoghi freschi.", "Il Comune di Prova apre 15 luoghi freschi."

Command = Callable[..., Any]


@pytest.fixture
def settings(tmp_path: Path, computed: Path) -> Iterator[Settings]:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "cache").symlink_to(computed, target_is_directory=True)
    with chroma_server(tmp_path / "server") as chroma, postgresql_server() as database:
        yield Settings(home=tmp_path / "home", chroma_url=chroma, database_url=database, lexical_url=database)


@pytest.fixture
def bussola(settings: Settings) -> Command:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BUSSOLA_")},
        "BUSSOLA_HOME": str(settings.home),
        "BUSSOLA_CHROMA_URL": settings.chroma_url,
        "BUSSOLA_DATABASE_URL": settings.database_url,
        "BUSSOLA_LEXICAL_URL": settings.lexical_url,
    }

    def run(*words: str) -> Any:
        ran = subprocess.run([BUSSOLA, *words, "--json"], env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return run


@pytest.mark.slow
def test_ingest_ask_roll_back_and_receipts_work_as_on_one_machine(
    settings: Settings, bussola: Command, tmp_path: Path
) -> None:
    """Publishing with the gate is minutes of questions: here the store publishes, as the command does at its end."""
    document, store = tmp_path / "caldo.md", release_store(settings)
    releases = []
    for text, options in ((OLD, ["--fresh"]), (NEW, [])):
        document.write_text(f"# Piano del caldo\n\n## Luoghi freschi\n\n{text}\n", encoding="utf-8")
        releases.append(bussola("ingest", str(document), *options)["release"])
        store.publish(releases[-1])

    new = bussola("ask", QUESTION)
    assert (new["release"], "15 luoghi freschi" in new["text"]) == (releases[1], True)
    assert bussola("rollback")["published"] == releases[0]
    old = bussola("ask", QUESTION)
    assert (old["release"], "12 luoghi freschi" in old["text"]) == (releases[0], True)
    assert bussola("search", "luoghi freschi")["passages"][0]["text"].endswith(OLD)
    assert bussola("releases")["published"] == releases[0]
    assert bussola("doctor")["well"] is True
    assert bussola("keys", "add", "Ufficio")["role"] == "officer"
    assert bussola("replay", old["id"])
    with closing(open_ledger(settings)) as ledger:
        assert {receipt.answer for receipt in ledger.receipts()} >= {new["id"], old["id"]}
        assert [line.kind for line in ledger.publications()] == ["rollback", "publish", "publish"]
    assert not (settings.home / "ledger.sqlite3").exists()
    assert [p.name for p in (store.folder(releases[0]) / VECTORS).iterdir()] == ["server.json"]
    assert (store.folder(releases[0]) / WORDS / "server.json").is_file()
