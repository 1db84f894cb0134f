"""Releases whose words are on a real PostgreSQL, each in tables of its own, beside those that keep them in a folder."""

from __future__ import annotations

import gc
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sql
from click.testing import CliRunner

from kb import wiring
from kb.backends.postgresql import CONNECTIONS, server_address, server_version
from kb.backends.postgresql_lexical import check_on_server, keep_on_server, open_on_server, write_again
from kb.commands import backups
from kb.errors import InputError, ReleaseError, StoreError
from kb.language.words import tokenize
from kb.releases.build import Intake, build_release
from kb.releases.folders import BUILDING, sweep
from kb.releases.manifest import Manifest
from kb.releases.opened import check_whole
from kb.releases.parts import WORDS
from kb.releases.store import ReleaseStore
from kb.releases.vectors import revive_words
from kb.retrieval.lexical import Bm25Index
from kb.retrieval.postings import POINTER, is_on_server
from kb.retrieval.search import Searcher
from kb.settings import Settings
from kb.testing import FakeEmbedder, intake_of
from kb.testing_servers import free_port, postgresql_server

GOLDEN = Path(__file__).resolve().parents[2] / "evals" / "golden"
OLD = {
    "afol": ["I Comuni che partecipano ad AFOL Metropolitana sono 71.", "I centri per l'impiego sono otto."],
    "rete": ["La rete 5G copre 133 Comuni.", "Il consumo di suolo cala del 25%, art. 5-bis del D.Lgs. n. 42/2004."],
}
NEW = {**OLD, "afol": ["I Comuni che partecipano ad AFOL sono 72."]}
QUESTION = "Quanti Comuni partecipano ad AFOL?"
NAME = "r_00000000dead"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgresql_server() as address:
        yield address


@pytest.fixture
def settings(tmp_path: Path, url: str) -> Settings:
    return Settings(home=tmp_path / "home", lexical_url=url)


@pytest.fixture
def store(settings: Settings) -> ReleaseStore:
    return wiring.release_store(settings)


def build(settings: Settings, intake: Intake) -> Manifest:
    """As `bussola ingest` does, but for the embedder."""
    return build_release(intake, store=wiring.release_store(settings), embedder=FakeEmbedder())


def found(store: ReleaseStore) -> list[tuple[str, float]]:
    with store.open() as release:
        result = Searcher(release, FakeEmbedder()).search(QUESTION)
        return [(scored.passage.text, scored.score) for scored in result.passages]


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = sql.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            ran = connection.exec_driver_sql(statement)
            return [tuple(row) for row in ran] if ran.returns_rows else []
    finally:
        engine.dispose()


def tables(url: str) -> set[str]:
    rows = run(url, "SELECT tablename FROM pg_tables WHERE tablename LIKE 'bussola%%'")
    return {str(row[0]) for row in rows}


def tables_of(folder: Path) -> set[str]:
    name = json.loads((folder / WORDS / POINTER).read_text())["tables"]
    return {f"bussola_{name}_terms", f"bussola_{name}_order"}


def index_of(texts: dict[str, list[str]]) -> Bm25Index:
    every = {f"{name}_{at}": text for name, some in texts.items() for at, text in enumerate(some)}
    return Bm25Index.build(list(every), list(every.values()))


def test_each_release_has_its_tables_and_rolling_back_finds_the_same(settings: Settings, store: ReleaseStore) -> None:
    first = build(settings, intake_of(OLD))
    store.publish(first.id)
    before = found(store)
    second = build(settings, intake_of(NEW))
    store.publish(second.id)
    assert found(store) != before
    store.rollback()

    assert found(store) == before
    names = [tables_of(store.folder(id_)) for id_ in (first.id, second.id)]
    assert names[0] | names[1] <= tables(settings.lexical_url)
    assert not names[0] & names[1]
    assert not (store.folder(first.id) / WORDS / "data.csc.index.npy").exists()
    assert not (store.folder(first.id) / WORDS / "sequence.npy").exists()


def test_a_failed_build_leaves_no_table(
    settings: Settings, store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(settings.lexical_url)

    def fail(*_: object, **__: object) -> None:
        raise ReleaseError("non si trovano")

    monkeypatch.setattr("kb.releases.build.check_rows", fail)
    with pytest.raises(ReleaseError, match="non si trovano"):
        build(settings, intake_of(OLD))

    assert tables(settings.lexical_url) == before
    assert store.ids() == []


def test_what_a_killed_build_left_is_removed_by_the_next(settings: Settings, store: ReleaseStore) -> None:
    dead = store.releases / f"{BUILDING}999-dead"
    keep_on_server(index_of(OLD), dead / WORDS, settings.lexical_url, release=NAME)
    left = tables_of(dead)
    assert left <= tables(settings.lexical_url)

    build(settings, intake_of(OLD))

    assert not left & tables(settings.lexical_url)
    assert not dead.exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from kb.backends import postgresql_lexical
from kb.retrieval.lexical import Bm25Index

def strike(order):
    yield 0, order.of(0).tobytes()
    if (FOLDER / "server.json").exists():  # not while the digest is taken: while the second table is filled
        os.kill(os.getpid(), signal.SIGKILL)

FOLDER = Path(sys.argv[1])
postgresql_lexical._order_rows = strike
index = Bm25Index.build(["a", "b"], ["uno due", "tre"])
postgresql_lexical.keep_on_server(index, FOLDER, sys.argv[2], release="r_00000000dead")
"""


def test_a_build_killed_while_it_fills_its_tables_leaves_none(tmp_path: Path, url: str) -> None:
    """The folder names them first, so that they can be looked for; on the server they appear in one step."""
    before, dead = tables(url), tmp_path / f"{BUILDING}999-dead"
    ran = subprocess.run([sys.executable, "-c", KILLED, str(dead / WORDS), url], check=False, timeout=120)

    assert ran.returncode == -signal.SIGKILL
    assert (dead / WORDS / POINTER).is_file()
    assert tables(url) == before
    parts = wiring.parts_for(Settings(home=tmp_path, lexical_url=url))
    assert sweep(tmp_path, discard=lambda folder: parts.discard_lexical(folder / WORDS)) == 1


def test_a_half_build_is_kept_in_mind_while_the_server_is_away(tmp_path: Path, url: str) -> None:
    dead = tmp_path / f"{BUILDING}999-dead"
    keep_on_server(index_of(OLD), dead / WORDS, url, release=NAME)
    away = f"postgresql://anna@127.0.0.1:{free_port()}/x"

    for address, removed in ((away, 0), ("", 0), (url, 1)):
        parts = wiring.parts_for(Settings(home=tmp_path, lexical_url=address))
        assert sweep(tmp_path, discard=lambda folder, parts=parts: parts.discard_lexical(folder / WORDS)) == removed  # type: ignore[misc]
    assert not any(NAME in table for table in tables(url))


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE {terms}",
        "UPDATE {terms} SET scores = set_byte(scores, 0, 7) WHERE number = 0",
        "DELETE FROM {order} WHERE number = 1",
        "UPDATE {order} SET terms = terms || terms WHERE number = 0",
    ],
)
def test_tables_lost_or_changed_are_told_and_built_again(settings: Settings, store: ReleaseStore, damage: str) -> None:
    id_, parts = build(settings, intake_of(OLD)).id, wiring.parts_for(settings)
    order, terms_ = sorted(tables_of(store.folder(id_)))
    run(settings.lexical_url, damage.format(terms=terms_, order=order))
    with pytest.raises(ReleaseError, match="ricostruisci con «bussola ingest»"):
        check_whole(store.folder(id_), parts=parts)
    with pytest.raises(ReleaseError, match="lexical"):
        store.publish(id_)

    again = build(settings, intake_of(OLD))
    assert (again.id, again.reused) == (id_, False)
    assert check_whole(store.folder(id_), parts=parts).id == id_


@pytest.mark.parametrize("goes_to", ["server", "folder"])
def test_a_backup_put_back_has_its_words_again_on_another_server_or_on_one_machine(
    settings: Settings, store: ReleaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes_to: str
) -> None:
    id_ = build(settings, intake_of(OLD)).id
    store.publish(id_)
    before = found(store)
    other, is_away = f"t{abs(hash(str(tmp_path)))}", goes_to == "server"
    run(settings.lexical_url, f"CREATE DATABASE {other}")
    after = Settings(
        home=tmp_path / "new", lexical_url=settings.lexical_url.rpartition("/")[0] + f"/{other}" if is_away else ""
    )
    copy = str(tmp_path / "copia.tar.gz")
    monkeypatch.setenv("BUSSOLA_HOME", str(settings.home))
    assert CliRunner().invoke(backups.backup, [copy]).exit_code == 0
    monkeypatch.setenv("BUSSOLA_HOME", str(after.home))
    monkeypatch.setenv("BUSSOLA_LEXICAL_URL", after.lexical_url)

    ran = CliRunner().invoke(backups.restore, [copy, "--json"], catch_exceptions=False)

    assert json.loads(ran.stdout)["indexes_made_again"] == [id_]
    new = wiring.release_store(after)
    assert found(new) == before
    assert check_whole(new.folder(id_), parts=wiring.parts_for(after)).id == id_
    assert is_on_server(new.folder(id_) / WORDS) is is_away
    assert not revive_words(new.folder(id_), parts=wiring.parts_for(after))


def test_words_brought_back_are_checked_too(settings: Settings, store: ReleaseStore) -> None:
    id_, alone = build(settings, intake_of(OLD)).id, Settings(home=settings.home)
    folder, parts = store.folder(id_), wiring.parts_for(alone)
    assert revive_words(folder, parts=parts)
    assert check_whole(folder, parts=parts).id == id_
    scores = folder / WORDS / "data.csc.index.npy"
    for spoilt in (scores.read_bytes()[:-4] + b"abcd", b""):
        scores.write_bytes(spoilt)
        with pytest.raises(ReleaseError, match="non sono quelle costruite"):
            check_whole(folder, parts=parts)

    left = tables_of(folder)
    wiring.parts_for(settings).discard_lexical(folder / WORDS)
    assert not left & tables(settings.lexical_url)


def test_other_words_than_those_built_are_not_put_in_their_place(tmp_path: Path, url: str) -> None:
    keep_on_server(index_of(OLD), tmp_path / WORDS, url, release=NAME)

    with pytest.raises(StoreError, match="non sono più quelle scritte"):
        write_again(index_of(NEW), tmp_path / WORDS, url)
    check_on_server(tmp_path / WORDS, url)


def test_a_row_lost_while_it_serves_is_told_rather_than_left_out(tmp_path: Path, url: str) -> None:
    index = index_of(OLD)
    keep_on_server(index, tmp_path / WORDS, url, release=NAME)
    opened = open_on_server(tmp_path / WORDS, url)
    run(url, f"DELETE FROM {max(tables_of(tmp_path))}")  # that of the terms

    with pytest.raises(StoreError, match="mancano righe"):
        opened.search(QUESTION, count=3)


def test_releases_made_in_the_folder_serve_on_beside_the_server(settings: Settings, store: ReleaseStore) -> None:
    local = build(Settings(home=settings.home), intake_of(OLD))
    store.publish(local.id)
    before = found(store)
    store.publish(build(settings, intake_of(NEW)).id)

    assert store.rollback().published == local.id
    assert found(store) == before


def test_a_release_on_a_server_without_its_address_says_which_setting_is_missing(settings: Settings) -> None:
    id_ = build(settings, intake_of(OLD)).id
    without = wiring.release_store(Settings(home=settings.home))

    with pytest.raises(ReleaseError, match="BUSSOLA_LEXICAL_URL"):
        without.publish(id_)
    with without.open(id_) as release, pytest.raises(ReleaseError, match="BUSSOLA_LEXICAL_URL"):
        _ = release.lexical


def test_connections_that_the_server_cut_are_made_anew(tmp_path: Path, url: str) -> None:
    """All of a process's at once, as when the server is restarted under load."""
    index = index_of(OLD)
    keep_on_server(index, tmp_path / WORDS, url, release=NAME)
    opened = open_on_server(tmp_path / WORDS, url)
    ids, expected = list(index.names.ids), index.search(QUESTION, count=3)
    with ThreadPoolExecutor(8) as pool:
        before = [terms_.tolist() for terms_, _lengths in pool.map(opened.sequences, [ids] * 40)]
        run(url, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        after = [terms_.tolist() for terms_, _lengths in pool.map(opened.sequences, [ids] * 40)]

    assert after == before
    assert opened.search(QUESTION, count=3) == expected


def test_many_threads_share_a_few_connections_and_letting_go_closes_them(tmp_path: Path, url: str) -> None:
    index, many = (
        index_of(OLD),
        "SELECT pid FROM pg_stat_activity WHERE query LIKE '%%bussola_r_%%' AND pid <> pg_backend_pid()",
    )
    keep_on_server(index, tmp_path / WORDS, url, release=NAME)
    before = len(run(url, many))
    opened = open_on_server(tmp_path / WORDS, url)
    ids, expected = list(index.names.ids), index.sequences(list(index.names.ids))[0].tolist()
    with ThreadPoolExecutor(16) as pool:
        answers = [terms_.tolist() for terms_, _lengths in pool.map(opened.sequences, [ids] * 200)]

    assert answers == [expected] * 200
    assert len(run(url, many)) - before <= CONNECTIONS
    server = opened.order._server  # type: ignore[attr-defined]
    assert server._engine.pool.checkedin() > 0
    del opened
    gc.collect()
    assert server._engine.pool.checkedin() == 0


def test_words_that_stand_nowhere_and_passages_without_words_are_no_trouble(tmp_path: Path, url: str) -> None:
    index = Bm25Index.build(["a", "b"], ["", "e di il"])
    keep_on_server(index, tmp_path / WORDS, url, release=NAME)
    check_on_server(tmp_path / WORDS, url)
    opened = open_on_server(tmp_path / WORDS, url)

    assert opened.search("fibra", count=3) == []
    assert opened.sequences(["b", "a"])[0].tolist() == index.sequences(["b", "a"])[0].tolist()
    opened.save(tmp_path / "back")
    assert Bm25Index.load(tmp_path / "back").search("fibra", count=3) == []


def test_numbers_articles_and_laws_stay_words_there(tmp_path: Path, url: str) -> None:
    """What PostgreSQL's own Italian configuration would cut: the words are ours."""
    index = index_of(OLD)
    keep_on_server(index, tmp_path / WORDS, url, release=NAME)
    opened = open_on_server(tmp_path / WORDS, url)

    for question in ("25%", "5-bis", "42/2004", "dell'art. 5-bis"):
        assert tokenize(question)
        assert [id_ for id_, _ in opened.search(question, count=1)] == ["rete_1"]


def test_a_folder_that_names_its_tables_is_not_filled_twice(tmp_path: Path, url: str) -> None:
    keep_on_server(index_of(OLD), tmp_path / WORDS, url, release=NAME)

    with pytest.raises(StoreError, match="ha già le sue tabelle"):
        keep_on_server(index_of(NEW), tmp_path / WORDS, url, release=NAME)


@pytest.mark.parametrize("pointer", ["", "{}", '{"tables": "x; DROP TABLE publications", "terms": "", "order": ""}'])
def test_a_spoilt_pointer_reaches_no_table(tmp_path: Path, url: str, pointer: str) -> None:
    (tmp_path / POINTER).write_text(pointer)

    with pytest.raises(StoreError, match="non dice quali tabelle"):
        check_on_server(tmp_path, url)


def test_a_server_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    away = f"postgresql://anna:segreta@127.0.0.1:{free_port()}/x?application_name=segreta"

    with pytest.raises(StoreError) as told:
        keep_on_server(index_of(OLD), tmp_path, away, release=NAME)

    assert "BUSSOLA_LEXICAL_URL" in str(told.value)
    assert "segreta" not in str(told.value)


@pytest.mark.parametrize("wrong", ["postgres è qui", "sqlite:///x", "http://h", "postgresql://h:porta/x"])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(InputError, match="BUSSOLA_LEXICAL_URL"):
        server_address(wrong)


def test_the_server_tells_its_version(url: str) -> None:
    assert server_version(url)[0].isdigit()
