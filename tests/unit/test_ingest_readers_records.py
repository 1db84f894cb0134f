"""A driver record as a page that a person can read and a quote can be cut from."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import as_file
from pathlib import Path

import pytest

from ingest.readers.records import PUBLISHER, read_record, render_record
from kb.corpus.records import DriverRecord, Target, load_drivers, shipped_records
from kb.errors import InputError, UnreadableFile
from kb.records import Block, BlockKind, Document, DocumentKind, Page


@pytest.fixture(params=shipped_records(), ids=lambda file: file.name)
def shipped(request: pytest.FixtureRequest) -> tuple[Document, list[Page]]:
    with as_file(request.param) as path:
        return read_record(path)


def shown(page: Page, block: Block) -> str:
    return page.text[block.start : block.end]


def headings(page: Page, level: int) -> list[str]:
    return [shown(page, b) for b in page.blocks if b.kind is BlockKind.HEADING and b.level == level]


def test_a_record_is_a_document_of_one_page_without_a_printed_number(shipped: tuple[Document, list[Page]]) -> None:
    document, (page,) = shipped

    assert (document.kind, document.edition, document.publisher) == (DocumentKind.DRIVER_RECORD, "2022-2024", PUBLISHER)
    assert (page.document, page.index, page.label, page.label_source) == (document.id, 1, None, "none")
    assert page.readable


def test_the_blocks_cover_the_text_and_each_is_one_line(shipped: tuple[Document, list[Page]]) -> None:
    page = shipped[1][0]

    assert [shown(page, block) for block in page.blocks] == [line for line in page.text.split("\n") if line]


def test_every_line_but_the_headings_is_a_sentence_that_names_its_subject(
    shipped: tuple[Document, list[Page]],
) -> None:
    """A sentence shown alone must not begin with a pronoun or lean on the line before."""
    page = shipped[1][0]
    for block in page.blocks:
        if block.kind is BlockKind.HEADING:
            continue
        sentence = shown(page, block)
        assert sentence.endswith("."), sentence
        assert sentence[0].isupper(), sentence
        assert not re.match(r"(Questo|Questa|Questi|Queste|Esso|Essa|Ciò|Tale|Tali|Inoltre|Infine)\b", sentence)


def test_the_reasons_for_empty_fields_stay_out_of_the_page() -> None:
    for record in load_drivers():
        text = render_record(record, "d").text
        assert not [reason for reason in record.not_stated.values() if reason in text]
        assert "Missioni PNRR" not in text


def test_driver_8_reads_as_a_page(tmp_path: Path) -> None:
    file = next(file for file in shipped_records() if file.name == "driver-08.yaml")
    with as_file(file) as path:
        document, (page,) = read_record(path)

    assert document.title == "Scheda Driver 8, Il lavoro al lavoro"
    assert document.id == "driver-08"
    assert document.source == "driver-08.yaml"
    assert document.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert headings(page, 1) == ["Driver 8 | Il lavoro al lavoro"]
    assert headings(page, 2) == [
        "Obiettivo",
        "Azioni",
        "Numeri e soglie",
        "Attori",
        "Strumenti",
        "Programmi e progetti",
        "Stile di lavoro",
    ]
    assert (
        "AFOL Metropolitana è un’azienda speciale consortile a cui partecipano la Città metropolitana di Milano "
        "e 71 Comuni, Milano compreso.\n"
    ) in page.text
    assert "120" not in page.text, "a page that was only inferred is not said"


def test_a_printed_page_is_said_plainly() -> None:
    text = render_record(load_drivers()[0], "d").text

    assert text.endswith("Il Driver 1 si legge alle pagine 106 e 107 del Piano strategico.")


def test_missions_and_single_pages_are_said_in_words() -> None:
    record = DriverRecord(
        number=4,
        title="Prova",
        targets=(Target("3", "siti", "apriranno", "I siti sono 3."),),
        pnrr_missions=("M1", "M2", "M5"),
        plan_pages=("12",),
        plan_pages_source="printed",
    )
    page = render_record(record, "d")

    assert "Il Driver 4 è collegato alle Missioni M1, M2 e M5 del PNRR." in page.text
    assert "Il Driver 4 si legge alla pagina 12 del Piano strategico." in page.text
    assert [b.kind for b in page.blocks][:3] == [BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.HEADING]


OWN = """
number: 11
title: Un mio Driver
edition: "2025"
publisher: Ufficio Piani
aim: [Il Driver 11 è scritto da noi.]
not_stated: {actions: n, targets: n, actors: n, instruments: n, laws: n, programmes: n, pnrr_missions: n,
  working_style: n, plan_pages: n}
"""


def test_a_record_from_another_folder_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "mio.yaml"
    path.write_text(OWN, encoding="utf-8-sig")
    document, (page,) = read_record(path)

    assert (document.id, document.title) == ("driver-11", "Scheda Driver 11, Un mio Driver")
    assert (document.edition, document.publisher) == ("2025", "Ufficio Piani")
    assert page.text == (
        "Driver 11 | Un mio Driver\n\nIl titolo del Driver 11 è «Un mio Driver».\n\n"
        "Obiettivo\n\nIl Driver 11 è scritto da noi."
    )


def test_what_is_no_record_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "altro.yaml").write_text("nome: valore", encoding="utf-8")
    (tmp_path / "latin.yaml").write_bytes("title: città".encode("latin-1"))

    with pytest.raises(InputError, match=r"altro\.yaml"):
        read_record(tmp_path / "altro.yaml")
    with pytest.raises(UnreadableFile, match="UTF-8"):
        read_record(tmp_path / "latin.yaml")
    with pytest.raises(UnreadableFile, match="percorso"):
        read_record(tmp_path / "manca.yaml")
