"""Backup and restore of what lies on servers: a real PostgreSQL's rows, a real Chroma server's vectors."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sql
from click.testing import CliRunner

from kb.backends.chroma_server import is_on_server, remove_collection
from kb.backends.postgresql_lexical import remove_tables
from kb.backup.ledger_rows import write_rows
from kb.commands import backups
from kb.errors import ReleaseError
from kb.ledger import Ledger, Receipt, ledger_url
from kb.releases.opened import OpenRelease, check_whole
from kb.releases.parts import VECTORS, WORDS, IndexParts
from kb.releases.store import ReleaseStore
from kb.releases.vectors import revive_index, revive_words
from kb.settings import Settings
from kb.testing import FakeEmbedder, fake_parts, intake_of
from kb.testing_servers import chroma_server, postgresql_server
from kb.wiring import index_parts, open_ledger

TEXTS = {"afol": ["I Comuni che partecipano ad AFOL sono 71."], "rete": ["La rete copre 133 Comuni.", "Il suolo."]}
PAIRS = 40


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("chroma") / "server") as url:
        yield url


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def databases(server: str, request: pytest.FixtureRequest) -> tuple[str, str]:
    """Two empty databases for this test."""
    names = [f"b{abs(hash(request.node.name))}_{at}" for at in range(2)]
    engine = sql.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in names:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    first, second = (server.rpartition("/")[0] + f"/{name}" for name in names)
    return first, second


def parts_on(chroma: str = "") -> IndexParts:
    """The real vector index, on the server or in the folder; words as in other tests."""
    real = index_parts(chroma)
    return replace(
        fake_parts(),
        create_vectors=real.create_vectors,
        open_vectors=real.open_vectors,
        create_for=real.create_for,
        discard_vectors=real.discard_vectors,
    )


def build(settings: Settings) -> ReleaseStore:
    from kb.releases.build import build_release

    store = ReleaseStore(settings.home, database_url=settings.database_url, parts=lambda: parts_on(settings.chroma_url))
    store.publish(build_release(intake_of(TEXTS), store=store, embedder=FakeEmbedder()).id)
    return store


def run(monkeypatch: pytest.MonkeyPatch, settings: Settings, command: str, *words: str) -> dict[str, object]:
    """What a command prints, with those settings."""
    import kb.wiring

    monkeypatch.setattr(kb.wiring, "parts_for", lambda chosen: parts_on(chosen.chroma_url))
    for name in ("home", "database_url", "chroma_url"):
        monkeypatch.setenv(f"BUSSOLA_{name.upper()}", str(getattr(settings, name)))
    ran = CliRunner().invoke(getattr(backups, command), [*words, "--json"], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    found: dict[str, object] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("goes_to", ["servers", "one machine"])
def test_what_lay_on_servers_serves_again(
    chroma: str, databases: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes_to: str
) -> None:
    """The backup is put back beside other servers, where neither the rows nor the collection are, or beside none."""
    before = Settings(home=tmp_path / "home", chroma_url=chroma, database_url=databases[0])
    store = build(before)
    published = str(store.published())
    with closing(open_ledger(before)) as ledger:
        ledger.keep(Receipt("ans_1", published, "answered", {"question": "né città"}))
        expected = ledger.publications(), list(ledger.receipts())
    saved = run(monkeypatch, before, "backup", str(tmp_path / "copia.tar.gz"))
    remove_collection(store.folder(published) / VECTORS, chroma)
    is_away = goes_to == "servers"
    after = Settings(
        home=tmp_path / "new", chroma_url=chroma if is_away else "", database_url=databases[1] if is_away else ""
    )

    done = run(monkeypatch, after, "restore", str(tmp_path / "copia.tar.gz"))

    assert saved["notes"] == []
    assert (done["ledger_rows"], done["indexes_made_again"]) == (2, [published])
    with closing(open_ledger(after)) as ledger:
        assert (ledger.publications(), list(ledger.receipts())) == expected
        ledger.add_publication(published, previous=published, kind="publish")  # its number is free
    new = ReleaseStore(after.home, database_url=after.database_url, parts=lambda: parts_on(after.chroma_url))
    assert is_on_server(new.folder(published) / VECTORS) is is_away
    assert (after.home / "ledger.sqlite3").exists() is not is_away
    with new.open() as release:
        for at, passage in enumerate(release.passages):
            (found, score), *_ = release.vectors.nearest(np.asarray(release.matrix)[at], count=1)
            assert (found, round(score, 4)) == (passage.id, 1.0)


def test_vectors_that_are_still_on_the_server_are_left_there(chroma: str, tmp_path: Path) -> None:
    store = build(Settings(home=tmp_path / "home", chroma_url=chroma))
    folder = store.folder(str(store.published()))
    named = (folder / VECTORS / "server.json").read_text()

    assert not revive_index(folder, parts=parts_on(chroma))
    assert (folder / VECTORS / "server.json").read_text() == named


def test_words_that_a_server_lost_are_written_again(databases: tuple[str, str], tmp_path: Path) -> None:
    from kb.releases.build import build_release

    real = index_parts("", databases[0])
    names = ("build", "keep", "load", "check", "discard")
    parts = replace(
        fake_parts(),
        **{f"{name}_lexical": getattr(real, f"{name}_lexical") for name in names},
        keep_lexical_again=real.keep_lexical_again,
    )
    store = ReleaseStore(tmp_path / "home", parts=lambda: parts)
    folder = store.folder(build_release(intake_of(TEXTS), store=store, embedder=FakeEmbedder()).id)
    assert not revive_words(folder, parts=parts)
    with OpenRelease.open(folder, parts=parts) as release:
        before = release.lexical.search("Comuni", count=3)
    remove_tables(folder / WORDS, databases[0])
    with pytest.raises(ReleaseError, match="lexical"):
        check_whole(folder, parts=parts)

    assert revive_words(folder, parts=parts)
    check_whole(folder, parts=parts)
    with OpenRelease.open(folder, parts=parts) as release:
        assert release.lexical.search("Comuni", count=3) == before
        assert before


def test_rows_are_those_of_one_moment(databases: tuple[str, str], tmp_path: Path) -> None:
    """A writer adds pairs of receipts, a transaction each, until the copies are made: none holds half a pair."""
    url, stop, began = databases[0], threading.Event(), threading.Event()

    def write() -> None:
        with closing(Ledger(url)) as ledger:
            at = 0
            while not stop.is_set():
                with ledger.transaction() as connection:
                    for half in "ab":
                        connection.exec_driver_sql(
                            "INSERT INTO receipts (answer, release, status, created_at, body) "
                            f"VALUES ('ans_{at}_{half}', 'r', 's', 'now', '{{}}')"
                        )
                at += 1
                if at == PAIRS:
                    began.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert began.wait(120)
        for copy in range(3):
            with (tmp_path / f"{copy}.jsonl").open("wb") as file:
                write_rows(url, file)
    finally:
        stop.set()
        writer.join(120)
    for copy in range(3):
        told = [json.loads(line) for line in (tmp_path / f"{copy}.jsonl").read_text().splitlines()]
        rows = [one["row"]["answer"].rpartition("_")[0] for one in told if one.get("table") == "receipts"]
        assert len(rows) >= 2 * PAIRS
        assert all(rows.count(name) == 2 for name in set(rows))


def test_a_ledger_of_the_home_moves_to_postgresql(databases: tuple[str, str], tmp_path: Path) -> None:
    from kb.backup.restoring import restore
    from kb.backup.saving import save

    home = tmp_path / "home"
    with closing(Ledger(ledger_url(home))) as ledger:
        for at in range(3):
            ledger.add_publication(f"r_{at}", previous=None, kind="publish", why="né «così»")
        expected = ledger.publications()
    save(home, tmp_path / "copia.tar.gz")

    assert restore(tmp_path / "copia.tar.gz", tmp_path / "new", database_url=databases[1]).rows == 3
    with closing(Ledger(databases[1])) as ledger:
        assert ledger.publications() == expected
        ledger.add_publication("r_3", previous=None, kind="publish")
        assert ledger.publications()[0].number == 4
    assert not (tmp_path / "new" / "ledger.sqlite3").exists()
