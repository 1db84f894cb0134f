"""Releases with the real indexes: Chroma in the process, BM25 on disk; the vectors are the fake embedder's."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kb.backends.chroma import GRAPH, QUICK_BEAM, ChromaIndex
from kb.errors import ReleaseError
from kb.ports import Matrix
from kb.records import DocumentKind, PassageFilter
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


LARGE = {"piano": [f"Il punto {at} del piano parla di {at * 7 % 100} comuni." for at in range(1, 41)]}


def changed(at: int, text: str) -> dict[str, list[str]]:
    pages = list(LARGE["piano"])
    pages[at] = text
    return {"piano": pages}


def rows_that_went(store: ReleaseStore, id_: str) -> int:
    """How many rows of a release's graph are of passages that are no more; an index made anew has none."""
    with store.open(id_) as release:
        share = ChromaIndex.open(store.folder(id_) / "chroma").gone_share()
        return round(share * len(release.passages) / (1 - share))


def test_an_update_goes_on_from_the_published_graph(store: ReleaseStore) -> None:
    first = build(store, intake_of(LARGE))
    store.publish(first.id)
    before = checksums(store.folder(first.id) / "chroma")
    second = build(store, intake_of(changed(3, "Qui si parla di biciclette.")))

    assert checksums(store.folder(first.id) / "chroma") == before
    assert (rows_that_went(store, first.id), rows_that_went(store, second.id)) == (0, 1)
    with store.open(second.id) as release, store.open(first.id) as old:
        assert found(release, "biciclette")[0][1] == "Qui si parla di biciclette."
        assert found(old, "Il punto 4 del piano")[0][0] == "p_piano_4"
        assert all(text != LARGE["piano"][3] for _id, text, _score in found(release, "Il punto 4 del piano"))


def test_a_graph_with_too_many_rows_that_went_is_made_anew(store: ReleaseStore) -> None:
    rows = []
    for at in range(8):
        release = build(store, intake_of(changed(3, f"Versione numero {at}: ancora un altro testo.")))
        store.publish(release.id)
        rows.append(rows_that_went(store, release.id))

    assert rows == [0, 1, 2, 3, 4, 0, 1, 2]


def test_a_published_index_that_lost_a_passage_is_no_base_for_the_next(store: ReleaseStore) -> None:
    first = build(store, intake_of(LARGE))
    store.publish(first.id)
    index = ChromaIndex.open(store.folder(first.id) / "chroma")
    index.remove(["p_piano_9"])
    index.close()

    second = build(store, intake_of(changed(3, "Qui si parla di biciclette.")))

    assert rows_that_went(store, second.id) == 0
    with store.open(second.id) as release:
        assert len(release.vectors.ids()) == 40


def test_a_published_index_that_holds_another_vector_is_no_base_for_the_next(store: ReleaseStore) -> None:
    first = build(store, intake_of(LARGE))
    store.publish(first.id)
    index = ChromaIndex.open(store.folder(first.id) / "chroma")
    other = FakeEmbedder().embed_passages(["Tutt'altro testo."])
    index.put(["p_piano_9"], other, [{"document": "piano", "kind": "plan"}])
    index.close()

    second = build(store, intake_of(changed(3, "Qui si parla di biciclette.")))

    with store.open(second.id) as release:
        assert found(release, LARGE["piano"][8])[0][0] == "p_piano_9"
    assert rows_that_went(store, second.id) == 0


def test_what_a_passage_can_be_narrowed_by_follows_its_document(store: ReleaseStore) -> None:
    store.publish(build(store, intake_of({**LARGE, "guida": ["Una guida breve."]})).id)
    intake = intake_of({**LARGE, "guida": ["Una guida breve."]})
    documents = [replace(one, kind=DocumentKind.GUIDE) if one.id == "guida" else one for one in intake.documents]

    second = build(store, replace(intake, documents=documents))

    with store.open(second.id) as release:
        vector = FakeEmbedder().embed_query("Una guida breve.")
        narrow = PassageFilter(kind=DocumentKind.GUIDE)
        assert [id_ for id_, _ in release.vectors.nearest(vector, count=5, narrow=narrow)] == ["p_guida_1"]


def beam_of(index: ChromaIndex) -> int:
    assert index._collection is not None
    return int(index._collection.configuration["hnsw"]["ef_search"])


@pytest.mark.filterwarnings("ignore:legacy embedding function config:DeprecationWarning")  # Chroma's, on reading it
def test_what_a_quick_search_misses_is_searched_for_as_when_serving(
    store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing else is: at 100,000 passages a thorough search of each would take longer than the quick ones."""
    usual, searched = ChromaIndex.nearest_many, []

    def blind_when_quick(index: ChromaIndex, vectors: Matrix, *, count: int) -> list[list[tuple[str, float]]]:
        searched.append((beam_of(index), len(vectors)))
        found = usual(index, vectors, count=count)
        return found if searched[-1][0] == GRAPH["ef_search"] else [[], *found[1:]]

    monkeypatch.setattr(ChromaIndex, "nearest_many", blind_when_quick)
    first = build(store, intake_of(LARGE))

    assert searched == [(QUICK_BEAM, len(LARGE["piano"])), (GRAPH["ef_search"], 1)]
    with store.open(first.id) as release:
        assert isinstance(release.vectors, ChromaIndex)
        assert beam_of(release.vectors) == GRAPH["ef_search"]


def test_a_passage_that_no_search_finds_ends_the_build(store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChromaIndex, "nearest_many", lambda _self, vectors, **_more: [[] for _ in vectors])

    with pytest.raises(ReleaseError, match="non si trovano con il proprio vettore"):
        build(store, intake_of(OLD))
    assert store.ids() == []
