from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.answering.weighing.weights import COUNTS, keep_weights, load_weights
from kb.errors import EmbedderError, ReleaseCheckFailed, ReleaseError
from kb.ports import Embedder, Matrix, Progress, no_progress
from kb.releases.build import Intake, build_release
from kb.releases.folders import building_folder, sweep
from kb.releases.manifest import Manifest
from kb.releases.opened import file_digest
from kb.releases.parts import IndexParts
from kb.releases.store import ReleaseStore
from kb.testing import FakeEmbedder, FakeVectorIndex, FolderVectorIndex, fake_parts, intake_of

TEXTS = {"psttm": ["I Comuni sono 71.", "Il 5G copre 133 Comuni."], "ptm": ["Il consumo di suolo cala."]}


@pytest.fixture
def store(tmp_path: Path) -> ReleaseStore:
    return ReleaseStore(tmp_path, parts=fake_parts)


def build(
    store: ReleaseStore, intake: Intake, *, embedder: Embedder | None = None, parts: IndexParts | None = None
) -> Manifest:
    return build_release(intake, store=store, embedder=embedder or FakeEmbedder(), parts=parts or fake_parts())


def names(store: ReleaseStore) -> list[str]:
    """Everything that lies among the releases, half-built folders too."""
    return sorted(path.name for path in store.releases.iterdir()) if store.releases.is_dir() else []


def test_a_build_is_whole_and_listed(store: ReleaseStore) -> None:
    manifest = build(store, intake_of(TEXTS))

    assert names(store) == store.ids() == [manifest.id]
    assert not manifest.reused
    found = {path.name for path in store.folder(manifest.id).iterdir()}
    assert found == {
        "manifest.json",
        "documents.jsonl",
        "pages.jsonl",
        "passages.jsonl",
        "vectors.npy",
        "chroma",
        "lexical",
    }


def test_what_answering_counts_is_kept_and_sealed_with_the_rest(store: ReleaseStore) -> None:
    manifest = build(store, intake_of(TEXTS), parts=replace(fake_parts(), keep_counts=keep_weights))

    assert manifest.files[COUNTS] == file_digest(store.folder(manifest.id) / COUNTS)
    assert load_weights(store.open(manifest.id)).frequency["comun"] == 2


class CountingEmbedder(FakeEmbedder):
    """Tells how many texts it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = 0

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        self.texts += len(texts)
        return super().embed_passages(texts, progress=progress)


def test_building_the_same_again_reuses_it_and_says_so(store: ReleaseStore) -> None:
    embedder = CountingEmbedder()
    first = build(store, intake_of(TEXTS), embedder=embedder)
    again = build(store, intake_of(TEXTS), embedder=embedder)

    assert again.reused
    assert again == first  # created_at too: it is the one that lies there
    assert embedder.texts == 3


def test_a_damaged_release_is_built_again_in_its_place(store: ReleaseStore) -> None:
    first = build(store, intake_of(TEXTS))
    (store.folder(first.id) / "pages.jsonl").write_text("spoilt")

    assert not build(store, intake_of(TEXTS)).reused
    assert store.open(first.id).page("psttm", 1).text == "I Comuni sono 71."
    build(store, intake_of(TEXTS))
    assert names(store) == [first.id], "what was set aside is swept by the next build"


class FailingEmbedder(FakeEmbedder):
    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        raise EmbedderError("il modello non c'è")


def test_a_failing_embedder_leaves_the_published_release_untouched(store: ReleaseStore) -> None:
    live = build(store, intake_of(TEXTS))
    store.publish(live.id)
    with pytest.raises(EmbedderError):
        build(store, intake_of({**TEXTS, "new": ["Altro."]}), embedder=FailingEmbedder())

    assert names(store) == [live.id]
    assert store.published() == live.id
    assert len(store.open().passages) == 3


class WrongEmbedder(FakeEmbedder):
    def __init__(self, vectors: Matrix) -> None:
        super().__init__()
        self._vectors = vectors

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        return self._vectors


@pytest.mark.parametrize(
    "vectors",
    [
        np.ones((3, 64), dtype=np.float32),  # not of length 1
        np.eye(2, 64, dtype=np.float32),  # one too few
        np.full((3, 64), np.nan, dtype=np.float32),
        np.zeros((0, 64), dtype=np.float32),
    ],
)
def test_vectors_that_are_not_what_was_promised_are_refused(store: ReleaseStore, vectors: Matrix) -> None:
    with pytest.raises(ReleaseError, match="vettori sbagliati"):
        build(store, intake_of(TEXTS), embedder=WrongEmbedder(vectors))
    assert names(store) == []


class ForgetfulIndex(FolderVectorIndex):
    """Loses one passage when it is closed."""

    def put(self, ids: Sequence[str], vectors: Matrix, metadata: Sequence[object]) -> None:
        super().put(ids[1:], vectors[1:], metadata[1:])  # type: ignore[arg-type]


def test_an_index_that_lost_a_passage_gets_no_name(store: ReleaseStore) -> None:
    with pytest.raises(ReleaseError):
        build(store, intake_of(TEXTS), parts=replace(fake_parts(), create_vectors=ForgetfulIndex.create))
    assert names(store) == []


def test_an_index_that_lost_a_passage_is_made_once_more(store: ReleaseStore) -> None:
    """Chroma's graph is drawn by lot: what one draw lost the next one has."""
    made: list[Path] = []
    discarded: list[Path] = []

    def create(folder: Path) -> FolderVectorIndex:
        made.append(folder)
        return (ForgetfulIndex if len(made) == 1 else FolderVectorIndex).create(folder)

    parts = replace(fake_parts(), create_vectors=create, discard_vectors=discarded.append)
    manifest = build(store, intake_of(TEXTS), parts=parts)

    assert len(made) == 2
    assert discarded == made[:1]
    assert names(store) == [manifest.id]


class MixedUpIndex(FolderVectorIndex):
    """Puts each vector under its neighbour's id."""

    def put(self, ids: Sequence[str], vectors: Matrix, metadata: Sequence[object]) -> None:
        super().put(ids, np.roll(vectors, 1, axis=0), metadata)  # type: ignore[arg-type]


def test_an_index_that_mixed_passages_up_gets_no_name(store: ReleaseStore) -> None:
    with pytest.raises(ReleaseCheckFailed, match="p_psttm_1, p_psttm_2, p_ptm_1"):
        build(store, intake_of(TEXTS), parts=replace(fake_parts(), create_vectors=MixedUpIndex.create))
    assert names(store) == []


def test_identical_texts_are_built_and_both_go_with_their_documents(store: ReleaseStore) -> None:
    """A pipeline that tells documents by the hash of their text forgets one of the two."""
    same = "Il consumo di suolo cala."
    both = build(store, intake_of({"a": [same], "b": [same], "c": ["Altro."]}))
    neither = build(store, intake_of({"c": ["Altro."]}))

    assert store.open(both.id).vectors.ids() == {"p_a_1", "p_b_1", "p_c_1"}
    assert store.open(neither.id).vectors.ids() == {"p_c_1"}


def test_a_removed_document_is_unreachable_after_publishing(store: ReleaseStore) -> None:
    old = build(store, intake_of(TEXTS))
    store.publish(old.id)
    new = build(store, intake_of({"psttm": TEXTS["psttm"]}))
    store.publish(new.id)

    release = store.open()
    found = release.vectors.nearest(FakeEmbedder().embed_query("Il consumo di suolo cala."), count=10)
    assert {id_ for id_, _ in found} == {"p_psttm_1", "p_psttm_2"}
    assert release.lexical.search("consumo di suolo", count=10) == []
    assert list(release.documents) == ["psttm"]


def test_nothing_to_build_is_told(store: ReleaseStore) -> None:
    with pytest.raises(ReleaseError, match="alcun passaggio"):
        build(store, intake_of({}))


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReleaseError, match="spazio e permessi"):
        build(ReleaseStore(tmp_path / "file", parts=fake_parts), intake_of(TEXTS))


def test_what_the_encoder_keeps_is_checked_like_the_rest(store: ReleaseStore) -> None:
    def encode(folder: Path, texts: Sequence[str], *, embedder: Embedder, **_more: object) -> Matrix:
        (folder / "tokens.txt").write_text("\n".join(texts), encoding="utf-8")
        return embedder.embed_passages(texts)

    parts = replace(fake_parts(), encode=encode, encoder_fingerprint="1")
    manifest = build(store, intake_of(TEXTS), parts=parts)

    assert manifest.fingerprints["encoder"] == "1"
    (store.folder(manifest.id) / "tokens.txt").unlink()
    with pytest.raises(ReleaseError, match=r"tokens\.txt"):
        store.publish(manifest.id)


class Watch:
    """An encoder that remembers which earlier releases it was offered."""

    def __init__(self) -> None:
        self.offered: list[str] = []

    def __call__(
        self, _folder: Path, texts: Sequence[str], /, *, embedder: Embedder, earlier: Sequence[Path], progress: Progress
    ) -> Matrix:
        self.offered = [folder.name for folder in earlier]
        return embedder.embed_passages(texts, progress=progress)


def test_earlier_releases_are_offered_the_published_first(store: ReleaseStore) -> None:
    watch = Watch()
    parts = replace(fake_parts(), encode=watch)
    ids = [build(store, intake_of({"d": [f"Testo {n}."]}), parts=parts).id for n in range(5)]
    store.publish(ids[1])
    build(store, intake_of(TEXTS), parts=parts)

    assert watch.offered == [ids[1], ids[4], ids[3]]
    build(store, intake_of(TEXTS), parts=parts, embedder=FakeEmbedder(32))
    assert watch.offered == [], "other vectors"
    build(store, intake_of(TEXTS), parts=replace(parts, encoder_fingerprint="another recipe"))
    assert watch.offered == [], "other rows"


def test_a_damaged_earlier_release_is_not_offered(store: ReleaseStore) -> None:
    watch = Watch()
    parts = replace(fake_parts(), encode=watch)
    whole, spoilt = (build(store, intake_of({"d": [f"Testo {n}."]}), parts=parts).id for n in range(2))
    (store.folder(spoilt) / "vectors.npy").write_bytes(b"spoilt")
    (store.home / "published").write_text("???")
    build(store, intake_of(TEXTS), parts=parts)

    assert watch.offered == [whole]


def test_metadata_say_what_a_search_may_be_narrowed_to(store: ReleaseStore) -> None:
    put: list[object] = []

    class Watched(FolderVectorIndex):
        def put(self, ids: Sequence[str], vectors: Matrix, metadata: Sequence[object]) -> None:
            put.extend(metadata)
            super().put(ids, vectors, metadata)  # type: ignore[arg-type]

    intake = intake_of({"d": ["Uno.", "Due."]})
    passages = [replace(intake.passages[0], driver=8, article="5-bis"), intake.passages[1]]
    build(store, replace(intake, passages=passages), parts=replace(fake_parts(), create_vectors=Watched.create))

    assert put == [
        {"document": "d", "kind": "plan", "driver": 8, "article": "5-bis"},
        {"document": "d", "kind": "plan"},
    ]


def test_only_dead_builds_are_swept(tmp_path: Path) -> None:
    dead = tmp_path / ".building-1-dead"
    (dead / "chroma").mkdir(parents=True)
    with building_folder(tmp_path) as alive:
        assert sweep(tmp_path) == 1
        assert alive.is_dir()
        assert not dead.exists()
    assert not alive.exists()


def test_the_index_is_closed_even_when_it_fails(store: ReleaseStore) -> None:
    closed: list[bool] = []

    class Failing(FakeVectorIndex):
        def put(self, ids: object, vectors: object, metadata: object) -> None:
            raise ReleaseError("pieno")

        def close(self) -> None:
            closed.append(True)

    with pytest.raises(ReleaseError, match="pieno"):
        build(store, intake_of(TEXTS), parts=replace(fake_parts(), create_vectors=lambda _folder: Failing()))
    assert closed == [True]
