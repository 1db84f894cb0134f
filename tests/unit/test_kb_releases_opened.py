from __future__ import annotations

import errno
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from kb.backends.embedder import Precision
from kb.errors import NotFound, ReleaseError, StoreError
from kb.ports import VectorIndex
from kb.releases.build import build_release
from kb.releases.opened import OpenRelease
from kb.releases.store import ReleaseStore
from kb.testing import FakeEmbedder, fake_parts, intake_of

TEXTS = {"ptm": ["Il suolo.", "L'acqua."], "psttm": ["I Comuni sono 71.", "Il 5G copre 133 Comuni.", "Fine."]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = ReleaseStore(tmp_path, parts=fake_parts)
    manifest = build_release(intake_of(TEXTS), store=store, embedder=FakeEmbedder())
    return store.folder(manifest.id)


@pytest.fixture
def release(folder: Path) -> OpenRelease:
    return OpenRelease.open(folder, parts=fake_parts())


def test_what_went_in_comes_out(release: OpenRelease) -> None:
    intake = intake_of(TEXTS)
    assert list(release.documents) == ["psttm", "ptm"]
    assert set(release.documents.values()) == set(intake.documents)
    assert {p.id: p for p in release.passages} == {p.id: p for p in intake.passages}
    assert [p.document for p in release.passages] == ["psttm"] * 3 + ["ptm"] * 2
    assert [page.text for page in release.pages("ptm")] == TEXTS["ptm"]
    assert [page.text for page in release.pages("psttm")] == TEXTS["psttm"]


def test_pages_and_passages_are_found_by_name(release: OpenRelease) -> None:
    assert release.page("psttm", 2).text == "Il 5G copre 133 Comuni."
    assert release.passage("p_ptm_1").text == "Il suolo."
    with pytest.raises(NotFound, match="pagina 3"):
        release.page("ptm", 3)
    with pytest.raises(NotFound, match="pagina 0"):
        release.page("ptm", 0)
    with pytest.raises(NotFound, match="«pums»"):
        release.pages("pums")
    with pytest.raises(NotFound, match="«p_9»"):
        release.passage("p_9")


def test_pages_need_not_be_numbered_without_gaps(tmp_path: Path) -> None:
    intake = intake_of(TEXTS)
    pages = [page for page in intake.pages if (page.document, page.index) != ("psttm", 2)]
    passages = [passage for passage in intake.passages if passage.id != "p_psttm_2"]
    store = ReleaseStore(tmp_path / "gaps", parts=fake_parts)
    manifest = build_release(type(intake)(intake.documents, pages, passages), store=store, embedder=FakeEmbedder())
    with store.open(manifest.id) as release:
        assert release.page("psttm", 3).text == "Fine."
        with pytest.raises(NotFound):
            release.page("psttm", 2)


def test_the_matrix_holds_the_passages_vectors_in_their_order(release: OpenRelease) -> None:
    assert release.matrix.shape == (5, 64)
    assert release.matrix.dtype == np.float32
    assert not release.matrix.flags.writeable
    for row, passage in zip(release.matrix, release.passages, strict=True):
        assert release.vectors.nearest(np.asarray(row), count=1)[0][0] == passage.id


def test_opening_reads_nothing_but_the_manifest(folder: Path) -> None:
    for name in ("pages.jsonl", "passages.jsonl", "documents.jsonl", "vectors.npy"):
        (folder / name).unlink()
    assert OpenRelease.open(folder, parts=fake_parts()).manifest.passages == 5


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("documents.jsonl", lambda release: release.documents),
        ("pages.jsonl", lambda release: release.pages("ptm")),
        ("passages.jsonl", lambda release: release.passages),
        ("vectors.npy", lambda release: release.matrix),
        ("chroma/vectors.json", lambda release: release.vectors),
        ("lexical/texts.json", lambda release: release.lexical),
        ("manifest.json", lambda release: None),
    ],
)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b"\xff\x00{"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"null"),
    ],
)
def test_a_damaged_file_is_told_with_the_remedy(folder: Path, name: str, use: object, spoil: object) -> None:
    spoil(folder / name)  # type: ignore[operator]
    with pytest.raises(ReleaseError, match=rf"{folder.name} è danneggiata.*ingest.*rollback"):
        use(OpenRelease.open(folder, parts=fake_parts()))  # type: ignore[operator]


@pytest.mark.parametrize(
    "cause", [OSError(errno.ENOSPC, "No space left on device"), sqlite3.OperationalError("database or disk is full")]
)
def test_a_full_disk_is_not_told_as_a_damaged_release(folder: Path, cause: Exception) -> None:
    def open_vectors(_folder: Path) -> VectorIndex:
        raise StoreError("l'indice non risponde: ricostruisci con «bussola ingest».") from cause

    release = OpenRelease.open(folder, parts=replace(fake_parts(), open_vectors=open_vectors))
    with pytest.raises(ReleaseError, match=r"il disco è pieno\. Libera spazio") as told:
        _ = release.vectors
    assert "danneggiata" not in str(told.value)


def test_one_changed_character_is_told(folder: Path) -> None:
    path = folder / "pages.jsonl"
    path.write_text(path.read_text().replace("133", "134"))
    with pytest.raises(ReleaseError, match="non è quello che fu scritto"):
        OpenRelease.open(folder, parts=fake_parts()).page("psttm", 2)


def test_a_matrix_of_another_size_is_told(folder: Path) -> None:
    np.save(folder / "vectors.npy", np.zeros((4, 64), dtype=np.float32))
    with pytest.raises(ReleaseError, match="forma"):
        _ = OpenRelease.open(folder, parts=fake_parts()).matrix


def test_closing_twice_is_harmless_and_ends_the_indexes(release: OpenRelease) -> None:
    assert release.vectors.ids()
    release.close()
    release.close()
    for use in (lambda: release.vectors, lambda: release.lexical):
        with pytest.raises(ReleaseError, match="chiusa"):
            use()


def test_another_embedder_than_the_builder_is_refused(release: OpenRelease) -> None:
    release.check_embedder(FakeEmbedder())
    with pytest.raises(ReleaseError, match=r"fake-64.*fake-32.*BUSSOLA_EMBED_MODEL"):
        release.check_embedder(FakeEmbedder(32))


class NamedEmbedder(FakeEmbedder):
    def __init__(self, fingerprint: str) -> None:
        super().__init__()
        self._fingerprint = fingerprint

    @property
    def fingerprint(self) -> str:
        return self._fingerprint


def test_a_release_built_in_another_precision_serves(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path / "moved", parts=fake_parts)
    built_with = NamedEmbedder("e5|abc|'query: '+'passage: '|bfloat16")
    manifest = build_release(intake_of(TEXTS), store=store, embedder=built_with)
    with store.open(manifest.id) as release:
        for precision in get_args(Precision):
            release.check_embedder(NamedEmbedder(f"e5|abc|'query: '+'passage: '|{precision}"))
        with pytest.raises(ReleaseError, match="un'altra edizione del modello «e5»: ricostruiscila"):
            release.check_embedder(NamedEmbedder("e5|abd|'query: '+'passage: '|bfloat16"))
        with pytest.raises(ReleaseError, match="il modello «e5», ora è attivo «bge»: rimetti BUSSOLA_EMBED_MODEL"):
            release.check_embedder(NamedEmbedder("bge|abc|'query: '+'passage: '|bfloat16"))
