"""What a release is built of: the base, less what goes, plus what comes; duplicates and bad input told in one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.documents import Facts, Found, document_id, make_document, slug
from ingest.gathered import Gathered
from ingest.intake import Order, gather, shipped_files
from ingest.readers.reading import Reading
from kb.errors import BussolaError, InputError, NotFound, UnreadableFile
from kb.records import DocumentKind, DocumentStatus
from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.testing import FakeEmbedder, fake_parts


@pytest.fixture
def store(tmp_path: Path) -> ReleaseStore:
    return ReleaseStore(tmp_path / "home", parts=fake_parts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documenti"
    (folder / "sotto").mkdir(parents=True)
    (folder / "piano.md").write_text("# Il piano\n\nI Comuni sono 71.\n", encoding="utf-8")
    (folder / "sotto" / "norme.txt").write_text("Art. 1 - Norme\n1. Vale il piano.\n", encoding="utf-8")
    (folder / "sotto" / "copia.md").write_text("# Il piano\n\nI Comuni sono 71.\n", encoding="utf-8")
    (folder / "foto.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / ".nascosto.md").write_text("# Nascosto\n", encoding="utf-8")
    return folder


def publish(gathered: Gathered, store: ReleaseStore) -> str:
    manifest = build_release(gathered.intake(), store=store, embedder=FakeEmbedder())
    store.publish(manifest.id)
    return manifest.id


def fresh(*paths: Path, facts: Facts | None = None) -> Order:
    return Order(paths, facts or Facts(), fresh=True)


def test_a_folder_is_walked_and_what_is_no_document_is_told(store: ReleaseStore, folder: Path) -> None:
    gathered = gather(fresh(folder), store)

    assert set(gathered.taken) == {"piano", "sotto-norme"}
    assert gathered.unsupported == ["foto.jpg"]
    assert gathered.duplicates == [("sotto/copia.md", "piano")]
    assert gathered.taken["piano"].document.title == "Il piano"


def test_what_the_person_says_comes_first(store: ReleaseStore, folder: Path) -> None:
    facts = Facts("Titolo", "plan", "2022-2024", "2022-05", "https://x.it/p", "draft", "CMM")
    (taken,) = gather(fresh(folder / "piano.md", facts=facts), store).taken.values()
    document = taken.document

    assert document.id == "piano-2022-2024"
    assert (document.title, document.kind, document.status) == ("Titolo", DocumentKind.PLAN, DocumentStatus.DRAFT)
    assert (document.date, document.url, document.publisher) == ("2022-05", "https://x.it/p", "CMM")
    assert all(page.document == document.id for page in taken.pages)
    assert all(passage.document == document.id for passage in taken.passages)


def test_two_editions_of_one_file_stand_side_by_side(store: ReleaseStore, folder: Path) -> None:
    publish(gather(fresh(folder / "piano.md", facts=Facts(edition="2019")), store), store)
    gathered = gather(Order((folder / "piano.md",), Facts(edition="2022")), store)

    assert set(gathered.taken) == {"piano-2019", "piano-2022"}


def test_without_a_release_the_shipped_corpus_is_the_base(store: ReleaseStore, folder: Path) -> None:
    gathered = gather(Order((folder / "piano.md",)), store)

    assert len(gathered.taken) == len(shipped_files()) + 1
    assert gathered.taken["driver-08"].change == "kept"
    assert gathered.taken["piano"].change == "added"
    assert {f"driver-{number:02d}" for number in range(1, 11)} <= set(gathered.taken)


def test_the_published_release_is_the_base_and_the_same_id_replaces(store: ReleaseStore, folder: Path) -> None:
    base = publish(gather(fresh(folder), store), store)
    (folder / "piano.md").write_text("# Il piano\n\nI Comuni sono 72.\n", encoding="utf-8")
    gathered = gather(Order((folder / "piano.md",), remove=("sotto-norme",)), store)

    assert gathered.base == base
    assert {id_: one.change for id_, one in gathered.taken.items()} == {"piano": "replaced"}
    assert gathered.removed == ("sotto-norme",)
    again = gather(Order((folder / "sotto" / "norme.txt",)), store)
    assert again.taken["piano"].change == "kept"


def test_a_file_that_replaces_a_document_keeps_what_a_person_said_of_it(store: ReleaseStore, folder: Path) -> None:
    facts = Facts("Piano strategico", "plan", url="https://x.it/p", publisher="CMM", date="2022-05")
    publish(gather(fresh(folder / "piano.md", facts=facts), store), store)
    (folder / "piano.md").write_text("# Il piano\n\nI Comuni sono 72.\n", encoding="utf-8")

    document = gather(Order((folder / "piano.md",)), store).taken["piano"].document
    assert (document.title, document.kind) == ("Piano strategico", DocumentKind.PLAN)
    assert (document.url, document.publisher) == ("https://x.it/p", "CMM")
    assert document.date is None, "the date of the file that was there is not that of this one"
    said = gather(Order((folder / "piano.md",), Facts("Altro", "guide")), store).taken["piano"].document
    assert (said.title, said.kind, said.publisher) == ("Altro", DocumentKind.GUIDE, "CMM")


def test_a_file_with_a_title_of_its_own_that_is_new_gets_it(store: ReleaseStore, folder: Path) -> None:
    publish(gather(fresh(folder / "piano.md", facts=Facts("Piano 2022", "plan")), store), store)
    (folder / "piano.md").write_text("# Il piano del 2025\n\nI Comuni sono 72.\n", encoding="utf-8")

    document = gather(Order((folder / "piano.md",)), store).taken["piano"].document

    assert (document.title, document.kind) == ("Il piano del 2025", DocumentKind.PLAN)


def test_a_renamed_file_is_a_duplicate_and_the_same_file_is_unchanged(store: ReleaseStore, folder: Path) -> None:
    publish(gather(fresh(folder / "piano.md"), store), store)
    (folder / "nuovo.md").write_bytes((folder / "piano.md").read_bytes())

    assert gather(Order((folder / "nuovo.md",)), store).duplicates == [("nuovo.md", "piano")]
    assert gather(Order((folder / "piano.md",)), store).taken["piano"].change == "unchanged"


def test_passages_of_the_base_keep_their_ids(store: ReleaseStore, folder: Path) -> None:
    first = gather(fresh(folder), store)
    publish(first, store)
    second = gather(Order((folder / "sotto" / "norme.txt",)), store)

    assert second.taken["piano"].passages == first.taken["piano"].passages


def test_files_of_one_name_and_two_formats_are_two_documents(store: ReleaseStore, folder: Path) -> None:
    (folder / "piano.txt").write_text("Altro testo.\n", encoding="utf-8")

    assert {"piano", "piano-txt"} <= set(gather(fresh(folder), store).taken)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("vuoto.txt", b"", "vuoto"),
        ("binario.txt", bytes(range(256)) * 9, "non è"),
        ("finto.pdf", b"questo non e' un PDF", "PDF"),
        ("foto.jpg", b"\xff\xd8", "formato «.jpg»"),
        ("senza", b"testo", "senza estensione"),
        ("scheda.yaml", b"a: [", "scheda.yaml"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(
    store: ReleaseStore, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(BussolaError, match=re.escape(message)) as caught:
        gather(fresh(tmp_path / name), store)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_in_a_folder_the_rest_is_ingested(store: ReleaseStore, folder: Path) -> None:
    (folder / "guasto.pdf").write_bytes(b"questo non e' un PDF")
    gathered = gather(fresh(folder), store)

    assert "piano" in gathered.taken
    assert [file for file, _reason in gathered.unreadable] == ["guasto.pdf"]


def test_a_folder_with_nothing_readable(store: ReleaseStore, tmp_path: Path) -> None:
    (tmp_path / "vuota").mkdir()
    with pytest.raises(InputError, match="alcun documento leggibile"):
        gather(fresh(tmp_path / "vuota"), store)
    (tmp_path / "vuota" / "a.txt").write_bytes(b"")
    with pytest.raises(InputError, match=r"nessuno dei 1 file si legge.*a\.txt"):
        gather(fresh(tmp_path / "vuota"), store)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (Facts(kind="piano"), "--kind vale «piano»"),
        (Facts(status="attivo"), "--status vale «attivo»"),
        (Facts(date="ieri"), "--date vale «ieri»"),
        (Facts(date="2022-13-01"), "--date vale"),
        (Facts(url="www.x.it"), "--url vale"),
        (Facts(title=" "), "--title è vuoto"),
    ],
)
def test_wrong_facts_name_the_option_and_the_value(
    store: ReleaseStore, folder: Path, facts: Facts, message: str
) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        gather(fresh(folder / "piano.md", facts=facts), store)


def test_what_is_not_there(store: ReleaseStore, folder: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"«.*manca\.txt» non esiste"):
        gather(fresh(folder / "manca.txt"), store)
    with pytest.raises(NotFound, match="«pums» da togliere non c'è"):
        gather(Order(remove=("pums",)), store)
    with pytest.raises(InputError, match="--title vale per un documento solo"):
        gather(fresh(folder, facts=Facts(title="Uno")), store)


def test_ids() -> None:
    found = Found(Path("/x/Città/Norme Tecniche (2).pdf"), Path("Città/Norme Tecniche (2).pdf"))

    assert document_id(found, Facts(), {}) == "citta-norme-tecniche-2"
    assert document_id(found, Facts(edition="2022/24"), {}) == "citta-norme-tecniche-2-2022-24"
    assert document_id(found, Facts(), {"id": "driver-08"}) == "driver-08"
    assert document_id(Found(Path("x"), Path("delibera n.5.p7m")), Facts(), {}) == "delibera-n-5"
    assert document_id(Found(Path("x"), Path("norme.pdf.p7m")), Facts(), {}) == "norme"
    assert slug("—") == "documento"


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - bozza 3.doc", "Documento1", "norme_def.indd"])
def test_titles_that_programs_write_are_no_titles(tmp_path: Path, title: str) -> None:
    (tmp_path / "norme-tecniche.txt").write_text("x", encoding="utf-8")
    found = Found(tmp_path / "norme-tecniche.txt", Path("norme-tecniche.txt"))

    assert make_document(found, Reading((), title=title), Facts()).title == "norme tecniche"
