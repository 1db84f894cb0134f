"""Releases with the real indexes: Chroma in the process, BM25 on disk; the vectors are the fake embedder's."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from kb.errors import ReleaseError
from kb.releases.build import Intake, build_release
from kb.releases.manifest import Manifest
from kb.releases.opened import OpenRelease
from kb.releases.store import ReleaseStore
from kb.retrieval.search import Searcher
from kb.testing import FakeEmbedder, intake_of
from kb.wiring import index_parts

OLD = {
    "afol": ["I Comuni che partecipano ad AFOL Metropolitana sono 71.", "I centri per l'impiego sono otto."],
    "rete": ["La rete 5G copre 133 Comuni.", "Il consumo di suolo cala del 45 per cento."],
}


@pytest.fixture
def store(tmp_path: Path) -> ReleaseStore:
    return ReleaseStore(tmp_path, parts=index_parts)


def build(store: ReleaseStore, intake: Intake) -> Manifest:
    return build_release(intake, store=store, embedder=FakeEmbedder())


def found(release: OpenRelease, question: str) -> list[tuple[str, str, float]]:
    result = Searcher(release, FakeEmbedder()).search(question)
    return [(scored.passage.id, scored.passage.text, scored.score) for scored in result.passages]


def checksums(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_rolling_back_restores_identical_results(store: ReleaseStore) -> None:
    first, question = build(store, intake_of(OLD)), "Quanti Comuni partecipano ad AFOL?"
    store.publish(first.id)
    with store.open() as release:
        before = found(release, question)
    second = build(store, intake_of({**OLD, "afol": ["I Comuni che partecipano ad AFOL sono 72."]}))
    store.publish(second.id)
    with store.open() as release:
        assert found(release, question) != before
    store.rollback()

    with store.open() as release:
        assert found(release, question) == before
    assert before[0][0] == "p_afol_1"


def test_a_removed_document_is_unreachable_after_publishing(store: ReleaseStore) -> None:
    store.publish(build(store, intake_of(OLD)).id)
    store.publish(build(store, intake_of({"rete": OLD["rete"]})).id)
    with store.open() as release:
        assert release.vectors.ids() == {"p_rete_1", "p_rete_2"}
        for text in OLD["afol"]:
            assert {id_ for id_, _, _ in found(release, text)} <= {"p_rete_1", "p_rete_2"}


def test_two_identical_documents_both_disappear(store: ReleaseStore) -> None:
    same = OLD["afol"]
    both = build(store, intake_of({**OLD, "copia": same}))
    with store.open(both.id) as release:
        assert {"p_afol_1", "p_copia_1"} <= {id_ for id_, _, _ in found(release, same[0])}
    neither = build(store, intake_of({"rete": OLD["rete"]}))
    with store.open(neither.id) as release:
        assert not {"p_afol_1", "p_copia_1"} & release.vectors.ids()


def test_a_text_that_many_passages_repeat_passes_the_check(store: ReleaseStore) -> None:
    """A graph index of few neighbours falls apart on clusters of equal vectors, and then loses passages."""
    crowd = {f"d{n}": ["Il dato non è disponibile.", f"La rete {n} copre {n} Comuni."] for n in range(150)}
    manifest = build(store, intake_of(crowd))
    with store.open(manifest.id) as release:
        assert len(release.vectors.ids()) == 300


def test_opening_and_searching_change_no_file_but_chromas_own_database(store: ReleaseStore) -> None:
    folder = store.folder(build(store, intake_of(OLD)).id)
    before = checksums(folder)
    for _ in range(2):
        with OpenRelease.open(folder, parts=index_parts()) as release:
            assert found(release, "suolo")
    after = checksums(folder)
    assert {name for name in before | after if before.get(name) != after.get(name)} <= {"chroma/chroma.sqlite3"}


def test_closing_one_of_two_openings_leaves_the_other_searching(store: ReleaseStore) -> None:
    """A serving process opens the new release before it closes the old one; both may be the same folder."""
    one, two = build(store, intake_of(OLD)), build(store, intake_of({"rete": OLD["rete"]}))
    first, again, other = store.open(one.id), store.open(one.id), store.open(two.id)
    expected = found(first, "suolo")
    assert found(again, "suolo") == expected
    assert found(other, "suolo")
    first.close()

    assert found(again, "suolo") == expected
    again.close()
    assert found(other, "suolo")
    other.close()
    with store.open(one.id) as reopened:
        assert found(reopened, "suolo") == expected


def test_a_release_serves_several_processes_while_another_is_built_and_published(store: ReleaseStore) -> None:
    store.publish(build(store, intake_of(OLD)).id)
    program = (
        "import sys; from pathlib import Path; from kb.releases.store import ReleaseStore\n"
        "from kb.retrieval.search import Searcher; from kb.testing import FakeEmbedder\n"
        "from kb.wiring import index_parts\n"
        "release = ReleaseStore(Path(sys.argv[1]), parts=index_parts).open()\n"
        "ask = lambda: Searcher(release, FakeEmbedder()).search('AFOL').passages[0].passage.id\n"
        "print(ask(), flush=True); sys.stdin.readline(); print(ask(), flush=True)\n"
    )
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(store.home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    before = [reader.stdout.readline() for reader in readers if reader.stdout is not None]
    store.publish(build(store, intake_of({"rete": OLD["rete"]})).id)
    after = [reader.communicate("\n", timeout=300)[0] for reader in readers]
    assert before == after
    assert all(line.startswith("p_afol_") for line in after), "the release that was open goes on being served"
    for reader in readers:
        assert reader.returncode == 0


@pytest.mark.parametrize("spoil", ["delete", "truncate"])
def test_a_damaged_chroma_is_told_with_the_remedy(store: ReleaseStore, spoil: str) -> None:
    manifest = build(store, intake_of(OLD))
    database = store.folder(manifest.id) / "chroma" / "chroma.sqlite3"
    if spoil == "delete":
        database.unlink()
    else:
        database.write_bytes(b"not a database")
    with pytest.raises(ReleaseError, match=rf"{manifest.id} è danneggiata.*bussola ingest"):
        store.publish(manifest.id)
    assert not build(store, intake_of(OLD)).reused
    store.publish(manifest.id)
