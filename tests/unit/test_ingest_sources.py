"""Original files kept at ingestion."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ingest.intake import Order, gather
from ingest.sources import SourceStore
from kb.errors import StoreError
from kb.records import Document, DocumentKind
from kb.releases.store import ReleaseStore
from kb.testing import fake_parts


def document_of(content: bytes) -> Document:
    return Document("d", "Titolo", DocumentKind.PLAN, hashlib.sha256(content).hexdigest())


def test_a_file_is_kept_by_what_it_holds(tmp_path: Path) -> None:
    store, file = SourceStore(tmp_path / "home"), tmp_path / "piano.txt"
    file.write_bytes(b"uno")

    assert store.find(document_of(b"uno")) is None
    store.keep(file, document_of(b"uno"))
    file.write_bytes(b"due")
    store.keep(file, document_of(b"uno"))

    kept = store.find(document_of(b"uno"))
    assert kept is not None
    assert kept.read_bytes() == b"uno"


def test_a_file_that_changed_since_it_was_read_is_not_kept(tmp_path: Path) -> None:
    store, file = SourceStore(tmp_path), tmp_path / "piano.txt"
    file.write_bytes(b"due")
    store.keep(file, document_of(b"uno"))

    assert store.find(document_of(b"uno")) is None


def test_a_home_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources").write_text("un file al posto della cartella")
    file = tmp_path / "piano.txt"
    file.write_bytes(b"uno")

    with pytest.raises(StoreError, match=r"piano\.txt.*permessi"):
        SourceStore(tmp_path).keep(file, document_of(b"uno"))


def test_ingestion_keeps_what_it_takes_in(tmp_path: Path) -> None:
    file = tmp_path / "delibera.txt"
    file.write_text("I Comuni che partecipano ad AFOL Metropolitana sono 71.\n", encoding="utf-8")
    store = SourceStore(tmp_path / "home")
    gathered = gather(Order((file,), fresh=True), ReleaseStore(tmp_path / "home", parts=fake_parts), keep=store.keep)

    document = next(iter(gathered.taken.values())).document
    kept = store.find(document)
    assert kept is not None
    assert kept.read_bytes() == file.read_bytes()
