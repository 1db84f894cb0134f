from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.errors import NotFound, ReleaseError, StoreError
from kb.ledger import Ledger, ledger_url
from kb.releases.build import build_release
from kb.releases.folders import keep_first, only_one, put_file, replace_file
from kb.releases.store import Publication, ReleaseStore
from kb.testing import FakeEmbedder, fake_parts, intake_of


@pytest.fixture
def store(tmp_path: Path) -> ReleaseStore:
    return ReleaseStore(tmp_path, parts=fake_parts)


def build(store: ReleaseStore, text: str) -> str:
    return build_release(intake_of({"d": [text]}), store=store, embedder=FakeEmbedder()).id


def test_an_empty_home_lists_nothing_and_says_what_to_do(store: ReleaseStore) -> None:
    assert store.ids() == []
    assert store.manifests() == []
    assert store.published() is None
    assert store.previous() is None
    with pytest.raises(NotFound, match=r"bussola ingest.*bussola publish ID.*make run"):
        store.resolve(None)


def test_building_publishes_nothing(store: ReleaseStore) -> None:
    build(store, "uno")
    assert store.published() is None


def test_publishing_moves_the_pointer(store: ReleaseStore) -> None:
    one, two = build(store, "uno"), build(store, "due")

    assert store.publish(one) == Publication(published=one, previous=None)
    assert store.publish(two) == Publication(published=two, previous=one)
    assert store.resolve(None) == two
    assert store.previous() == one
    assert (store.home / "published").read_text() == two + "\n"


def test_the_beginning_of_an_id_is_enough_when_it_is_one(store: ReleaseStore) -> None:
    one, two = build(store, "uno"), build(store, "due")

    assert store.resolve(one[:6]) == one
    assert store.resolve(two[2:8]) == two
    with pytest.raises(NotFound, match="qualche carattere in più"):
        store.resolve("r_")
    for unknown in ("", " ", "r_zzz", "../..", "published"):
        with pytest.raises(NotFound, match="non esiste"):
            store.resolve(unknown)


def test_publishing_what_serves_already_changes_nothing(store: ReleaseStore) -> None:
    one, two = build(store, "uno"), build(store, "due")
    store.publish(one)
    store.publish(two)

    assert store.publish(two) == Publication(published=two, previous=two)
    assert store.previous() == one


def test_rolling_back_goes_one_further_each_time(store: ReleaseStore) -> None:
    one, two, three = (build(store, text) for text in ("uno", "due", "tre"))
    for id_ in (one, two, three):
        store.publish(id_)

    assert store.rollback() == Publication(published=two, previous=three)
    assert store.rollback() == Publication(published=one, previous=two)
    with pytest.raises(NotFound, match="versione precedente"):
        store.rollback()
    assert store.published() == one
    store.publish(three)
    assert store.rollback().published == one


def test_only_a_whole_release_is_published(store: ReleaseStore) -> None:
    one, two = build(store, "uno"), build(store, "due")
    store.publish(one)
    for name in ("vectors.npy", "passages.jsonl", "lexical/texts.json"):
        path = store.folder(two) / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        with pytest.raises(ReleaseError, match=f"danneggiata.*{name}"):
            store.publish(two)
        path.write_bytes(whole)
    (store.folder(two) / "chroma" / "vectors.json").unlink()
    with pytest.raises(ReleaseError, match=r"danneggiata.*chroma"):
        store.publish(two)
    assert store.published() == one


def test_a_release_under_another_name_is_not_published(store: ReleaseStore) -> None:
    one = build(store, "uno")
    store.folder(one).rename(store.folder("r_000000000000"))
    with pytest.raises(ReleaseError, match="nome di un'altra"):
        store.publish("r_000000000000")


def test_half_built_folders_and_strangers_do_not_list(store: ReleaseStore) -> None:
    one = build(store, "uno")
    for name in (".building-1-ab", "r_short", "notes"):
        (store.releases / name).mkdir()
    assert store.ids() == [one]


def test_releases_list_newest_first_and_damaged_ones_apart(store: ReleaseStore) -> None:
    one, two, three = (build(store, text) for text in ("uno", "due", "tre"))
    (store.folder(two) / "manifest.json").unlink()

    assert {manifest.id for manifest in store.manifests()} == {one, three}
    moments = [manifest.created_at for manifest in store.manifests()]
    assert moments == sorted(moments, reverse=True)
    assert store.damaged_ids() == [two]


@pytest.mark.parametrize("spoilt", ["", "r_1", "../../etc", "r_000000000000 r_000000000000", "\xff"])
def test_a_spoilt_pointer_is_told_and_mended_by_publishing(store: ReleaseStore, spoilt: str) -> None:
    one = build(store, "uno")
    (store.home / "published").write_text(spoilt, encoding="latin-1")
    with pytest.raises(ReleaseError, match="bussola publish ID"):
        store.published()
    assert store.publish(one) == Publication(published=one, previous=None)


def test_a_published_release_that_was_deleted_is_told(store: ReleaseStore) -> None:
    (store.home / "published").write_text("r_000000000000")
    with pytest.raises(NotFound, match="non c'è più"):
        store.resolve(None)


def test_rolling_back_to_a_deleted_release_changes_nothing(store: ReleaseStore) -> None:
    one, two = build(store, "uno"), build(store, "due")
    store.publish(one)
    store.publish(two)
    store.folder(one).rename(store.home / "elsewhere")
    with pytest.raises(NotFound, match=one):
        store.rollback()
    assert store.published() == two


def test_of_two_publishers_at_once_one_is_told(store: ReleaseStore) -> None:
    one = build(store, "uno")
    with only_one(store.home / ".publishing", busy=""), pytest.raises(ReleaseError, match="in corso"):
        store.publish(one)
    assert store.published() is None
    assert store.publish(one).published == one


def test_a_ledger_that_cannot_be_written_stops_the_publishing(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path, database_url=f"sqlite:///{tmp_path}/releases", parts=fake_parts)
    one = build(store, "uno")
    with pytest.raises(StoreError):
        store.publish(one)
    assert store.published() is None


def test_the_reason_of_an_override_is_kept(store: ReleaseStore) -> None:
    one = build(store, "uno")
    store.publish(one, why="serve oggi", gate="failed")
    (line,) = Ledger(ledger_url(store.home)).publications()
    assert (line.release, line.previous, line.why, line.gate, line.kind) == (
        one,
        None,
        "serve oggi",
        "failed",
        "publish",
    )


def test_dying_between_ledger_and_pointer_does_not_mislead_a_roll_back(
    store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = (build(store, text) for text in ("uno", "due", "tre"))
    store.publish(one)
    store.publish(two)
    with monkeypatch.context() as patched:
        patched.setattr("kb.releases.store.replace_file", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            store.publish(three)

    assert store.published() == two
    assert store.rollback().published == one


def test_of_several_that_make_a_secret_the_first_wins_and_nothing_half_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "home" / "key"
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            keep_first(secret, b"never")
    assert list(secret.parent.iterdir()) == []

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: keep_first(secret, bytes([number]) * 32), range(20)))

    kept = secret.read_bytes()
    assert len(kept) == 32
    assert secret.stat().st_mode & 0o777 == 0o600
    assert list(secret.parent.iterdir()) == [secret]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "published"
    replace_file(target, "old")

    def fail(_handle: int) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="disk full"):
            replace_file(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["published"]
    replace_file(target, "new")
    assert target.read_text() == "new"


def test_a_file_that_follows_from_its_name_is_put_whole_by_whoever_ends_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "sources" / "abc"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: put_file(target, b"the same" * 1_000), range(20)))
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            put_file(target, b"half")

    assert target.read_bytes() == b"the same" * 1_000
    assert [path.name for path in target.parent.iterdir()] == ["abc"]
