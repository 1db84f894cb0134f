"""Releases whose vectors are on a real Chroma server (`chroma run`), each in a collection of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kb import wiring
from kb.backends.chroma_server import POINTER, ChromaServerIndex, check_server, server_address
from kb.errors import InputError, ReleaseError, StoreError
from kb.releases.build import Intake, build_release
from kb.releases.folders import BUILDING
from kb.releases.manifest import Manifest
from kb.releases.opened import check_whole
from kb.releases.parts import VECTORS
from kb.releases.store import ReleaseStore
from kb.retrieval.search import Searcher
from kb.settings import Settings
from kb.testing import FakeEmbedder, intake_of
from kb.testing_servers import chroma_server, free_port
from kb.wiring import index_parts

OLD = {
    "afol": ["I Comuni che partecipano ad AFOL Metropolitana sono 71.", "I centri per l'impiego sono otto."],
    "rete": ["La rete 5G copre 133 Comuni.", "Il consumo di suolo cala del 45 per cento."],
}
NEW = {**OLD, "afol": ["I Comuni che partecipano ad AFOL sono 72."]}
QUESTION = "Quanti Comuni partecipano ad AFOL?"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("server") / "data") as address:
        yield address


@pytest.fixture
def store(tmp_path: Path, url: str) -> ReleaseStore:
    return wiring.release_store(Settings(home=tmp_path, chroma_url=url))


def build(store: ReleaseStore, intake: Intake, url: str) -> Manifest:
    return build_release(intake, store=store, embedder=FakeEmbedder(), parts=wiring.index_parts(url))


def found(store: ReleaseStore) -> list[tuple[str, float]]:
    with store.open() as release:
        result = Searcher(release, FakeEmbedder()).search(QUESTION)
        return [(scored.passage.text, scored.score) for scored in result.passages]


def collections(url: str) -> set[str]:
    listed = httpx.get(f"{url}/api/v2/tenants/default_tenant/databases/default_database/collections", timeout=120)
    return {collection["name"] for collection in listed.json()}


def collection_of(store: ReleaseStore, id_: str) -> str:
    return str(json.loads((store.folder(id_) / VECTORS / POINTER).read_text())["collection"])


def test_each_release_has_its_collection_and_rolling_back_finds_the_same(store: ReleaseStore, url: str) -> None:
    first = build(store, intake_of(OLD), url)
    store.publish(first.id)
    before = found(store)
    second = build(store, intake_of(NEW), url)
    store.publish(second.id)
    assert found(store) != before
    store.rollback()

    assert found(store) == before
    names = [collection_of(store, id_) for id_ in (first.id, second.id)]
    assert [name.rpartition("-")[0] for name in names] == [first.id, second.id]
    assert set(names) <= collections(url)
    assert not (store.folder(first.id) / VECTORS / "chroma.sqlite3").exists()


def test_search_finds_what_chroma_in_the_process_finds(store: ReleaseStore, url: str, tmp_path: Path) -> None:
    local = ReleaseStore(tmp_path / "local", parts=index_parts)
    store.publish(build(store, intake_of(OLD), url).id)
    local.publish(build_release(intake_of(OLD), store=local, embedder=FakeEmbedder()).id)

    assert store.published() == local.published()
    assert [text for text, _ in found(store)] == [text for text, _ in found(local)]
    assert [score for _, score in found(store)] == pytest.approx([score for _, score in found(local)], abs=1e-5)


def test_a_failed_build_leaves_no_collection(store: ReleaseStore, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = collections(url)
    monkeypatch.setattr(ChromaServerIndex, "nearest_many", lambda *_a, **_k: [[("p_rete_1", 0.1)]] * 4)

    with pytest.raises(ReleaseError, match="non si trovano"):
        build(store, intake_of(OLD), url)

    assert collections(url) == before
    assert store.ids() == []


def test_what_a_killed_build_left_is_removed_by_the_next(store: ReleaseStore, url: str) -> None:
    dead = store.releases / f"{BUILDING}999-dead"
    ChromaServerIndex.create_on(dead / VECTORS, url, release="r_00000000dead").close()
    left = json.loads((dead / VECTORS / POINTER).read_text())["collection"]
    assert left in collections(url)

    build(store, intake_of(OLD), url)

    assert left not in collections(url)
    assert not dead.exists()


def test_a_half_build_is_kept_in_mind_while_the_server_is_away(tmp_path: Path, url: str) -> None:
    from kb.releases.folders import sweep

    dead = tmp_path / f"{BUILDING}999-dead"
    (dead / VECTORS).mkdir(parents=True)
    (dead / VECTORS / POINTER).write_text('{"collection": "r_00000000dead-1"}')

    away = wiring.index_parts(f"http://127.0.0.1:{free_port()}")
    assert sweep(tmp_path, discard=lambda folder: away.discard_vectors(folder / VECTORS)) == 0
    assert dead.is_dir()
    here = wiring.index_parts(url)
    assert sweep(tmp_path, discard=lambda folder: here.discard_vectors(folder / VECTORS)) == 1


def test_a_collection_lost_on_the_server_is_told_and_built_again(store: ReleaseStore, url: str) -> None:
    id_ = build(store, intake_of(OLD), url).id
    parts = wiring.index_parts(url)
    parts.discard_vectors(store.folder(id_) / VECTORS)
    with pytest.raises(ReleaseError, match="non ha la raccolta"):
        check_whole(store.folder(id_), parts=parts)

    assert build(store, intake_of(OLD), url).id == id_
    assert check_whole(store.folder(id_), parts=parts).id == id_


def test_releases_made_in_the_process_serve_on_beside_the_server(store: ReleaseStore, url: str) -> None:
    local = build_release(intake_of(OLD), store=ReleaseStore(store.home, parts=index_parts), embedder=FakeEmbedder())
    store.publish(local.id)
    store.publish(build(store, intake_of(NEW), url).id)

    assert store.rollback().published == local.id
    assert found(store)[0][0] == OLD["afol"][0]


def test_a_release_on_a_server_without_its_address_says_which_setting_is_missing(store: ReleaseStore, url: str) -> None:
    id_ = build(store, intake_of(OLD), url).id

    with pytest.raises(ReleaseError, match="BUSSOLA_CHROMA_URL"):
        ReleaseStore(store.home, parts=index_parts).publish(id_)


def test_a_server_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    away = f"http://anna:segreta@127.0.0.1:{free_port()}"

    with pytest.raises(StoreError) as told:
        ChromaServerIndex.create_on(tmp_path, away, release="r_000000000000")

    assert "BUSSOLA_CHROMA_URL" in str(told.value)
    assert "segreta" not in str(told.value)
    assert server_address(away).headers == (("Authorization", "Basic YW5uYTpzZWdyZXRh"),)


@pytest.mark.parametrize("wrong", ["localhost:8000", "ftp://h", "http://", "http://h:porta", "http://h/sotto"])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(InputError, match="BUSSOLA_CHROMA_URL"):
        server_address(wrong)


def test_the_server_tells_its_version(url: str) -> None:
    assert check_server(url)[0].isdigit()
