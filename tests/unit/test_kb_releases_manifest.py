from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import NotFound, ReleaseError
from kb.ports import no_progress
from kb.records import Block, BlockKind, Document, DocumentKind, DocumentStatus, Page, Passage, Span
from kb.releases.build import Intake, build_release
from kb.releases.encoding import (
    decode_document,
    decode_lines,
    decode_page,
    decode_passage,
    encode,
    encode_lines,
)
from kb.releases.manifest import manifest_from_json
from kb.releases.opened import read_manifest
from kb.releases.parts import IndexParts
from kb.releases.store import ReleaseStore
from kb.testing import FakeEmbedder, fake_parts, intake_of

TEXTS = {"psttm": ["I Comuni sono 71.", "Il 5G copre 133 Comuni."], "ptm": ["Il consumo di suolo cala."]}


def build(home: Path, intake: Intake, *, parts: IndexParts | None = None, dimension: int = 64) -> str:
    parts = parts or fake_parts()
    store = ReleaseStore(home, parts=lambda: parts)
    return build_release(intake, store=store, embedder=FakeEmbedder(dimension), progress=no_progress).id


def test_the_same_content_has_the_same_id_anywhere(tmp_path: Path) -> None:
    assert build(tmp_path / "a", intake_of(TEXTS)) == build(tmp_path / "b", intake_of(TEXTS))


def test_the_order_in_which_files_were_given_changes_no_id(tmp_path: Path) -> None:
    backwards = {name: TEXTS[name] for name in reversed(TEXTS)}
    assert build(tmp_path / "a", intake_of(TEXTS)) == build(tmp_path / "b", intake_of(backwards))


def with_document(**changes: object) -> Callable[[Intake], Intake]:
    return lambda intake: replace(intake, documents=[replace(intake.documents[0], **changes), *intake.documents[1:]])  # type: ignore[arg-type]


def with_page(**changes: object) -> Callable[[Intake], Intake]:
    return lambda intake: replace(intake, pages=[replace(intake.pages[0], **changes), *intake.pages[1:]])  # type: ignore[arg-type]


def with_passage(**changes: object) -> Callable[[Intake], Intake]:
    return lambda intake: replace(intake, passages=[replace(intake.passages[0], **changes), *intake.passages[1:]])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        with_document(title="Altro titolo"),
        with_document(status=DocumentStatus.SUPERSEDED),
        with_document(edition="2022-2024"),
        with_document(sha256="0" * 64),
        with_document(date="2022-03-30"),
        with_page(label="106"),
        with_page(blocks=(Block(0, 3),)),
        with_passage(section=("Driver 1",)),
        with_passage(driver=1),
        lambda intake: replace(intake, fingerprints={**intake.fingerprints, "splitter": "another size"}),
        lambda intake: replace(intake, fingerprints={**intake.fingerprints, "reader": "another reader"}),
        lambda intake: replace(intake, passages=intake.passages[:-1]),
    ],
)
def test_any_change_of_content_or_setting_changes_the_id(tmp_path: Path, change: Callable[[Intake], Intake]) -> None:
    intake = intake_of(TEXTS)
    assert build(tmp_path, change(intake)) != build(tmp_path, intake)


def test_another_embedder_lexical_setting_recipe_or_encoder_changes_the_id(tmp_path: Path) -> None:
    intake, parts = intake_of(TEXTS), fake_parts()
    ids = [
        build(tmp_path, intake),
        build(tmp_path, intake, dimension=32),
        build(tmp_path, intake, parts=replace(parts, lexical_fingerprint="k1=2")),
        build(tmp_path, intake, parts=replace(parts, search_text=lambda passage, _document: passage.text)),
        build(tmp_path, intake, parts=replace(parts, encoder_fingerprint="tokens")),
    ]
    assert len(set(ids)) == len(ids)


def test_records_survive_their_lines() -> None:
    """Also characters that str.splitlines would cut at, and every field that is not at its default."""
    document = Document(
        "d",
        "Tìtolo\u2028due",
        DocumentKind.GUIDE,
        "ab",
        "2022",
        "2022-01-01",
        "CM",
        "https://x.it",
        DocumentStatus.DRAFT,
        "f.pdf",
    )
    page = Page(
        "d",
        3,
        "a\x85b\u2028c\x0bd",
        (Block(0, 2, BlockKind.HEADING, 1, True, "art. 18"),),
        "iv",
        "printed",
        False,
        ("vuota",),
    )
    passage = Passage(
        "p", "d", "a b", (Span(3, 0, 1), Span(4, 5, 6)), ("", " "), ("Uno", "Due"), 8, "5-bis", "2", 7, True
    )
    assert decode_lines(encode_lines([document, document]), decode_document) == [document, document]
    assert decode_lines(encode_lines([page]), decode_page) == [page]
    assert decode_lines(encode_lines([passage]), decode_passage) == [passage]
    assert len(encode_lines([page]).split(b"\n")) == 2


def test_fields_at_their_default_are_not_written() -> None:
    """So that a field added to a record tomorrow changes no id of today."""
    assert encode(Page("d", 1, "testo")) == {"document": "d", "index": 1, "text": "testo"}


def test_a_line_of_another_form_is_refused() -> None:
    for line in (b"{", b"[]", b'{"id": "d"}', b'{"document": "d", "index": 1, "text": "", "new": 1}'):
        with pytest.raises(ValueError):
            decode_lines(line, decode_page)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "releases" / build(tmp_path, intake_of(TEXTS))


def test_a_manifest_says_what_is_inside(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert (manifest.pages, manifest.passages) == (3, 3)
    assert [entry.document.id for entry in manifest.documents] == ["psttm", "ptm"]
    made_by = {"reader": "fake", "splitter": "fake", "embedder": "fake-64", "lexical": "fake", "encoder": "vectors"}
    assert manifest.fingerprints == made_by


def test_an_edited_manifest_is_told(folder: Path) -> None:
    text = (folder / "manifest.json").read_text()
    with pytest.raises(ReleaseError, match=r"danneggiata.*modificato.*bussola ingest"):
        manifest_from_json(text.replace("Documento ptm", "Documento PTM"), folder_name=folder.name)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', "null"])
def test_a_spoilt_manifest_is_told(text: str) -> None:
    with pytest.raises(ReleaseError, match="danneggiata"):
        manifest_from_json(text, folder_name="r_000000000000")


def test_a_manifest_of_another_format_says_so(folder: Path) -> None:
    data = json.loads((folder / "manifest.json").read_text())
    with pytest.raises(ReleaseError, match="formato 99"):
        manifest_from_json(json.dumps({**data, "format": 99}), folder_name=folder.name)


def test_a_folder_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="non esiste"):
        read_manifest(tmp_path / "r_000000000000")
