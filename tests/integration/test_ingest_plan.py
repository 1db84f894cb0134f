"""The plan's chapter as it came out of its PDF reads as a person reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers.reading import Reading
from ingest.readers.text import read_text
from ingest.split import split
from kb.records import BlockKind, Document, DocumentKind, Passage

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def plan(shared: Path) -> Reading:
    return read_text(shared / "corpus" / "psttm-agenda-strategica.txt")


@pytest.fixture(scope="module")
def passages(plan: Reading) -> list[Passage]:
    return split(Document("plan", "Piano", DocumentKind.PLAN, "0" * 64), plan.pages)


WITHIN_A_PAGE = [
    (1, "servizi digitali innovativi, promuovendo integrazione di risorse"),
    (2, "interventi di rilievo sovra-comunale. In secondo luogo"),
    (3, "al decremento della spesa pubblica"),
    (4, "a favore di una gestione d’ambito coordinata"),
    (5, "proponendosi di favorire il trasferimento modale"),
    (6, "umane qualificate, per i quali avviare processi"),
    (7, "le scuole di competenza di Città metropolitana (in totale 156"),
    (8, "un’azienda speciale consortile partecipata"),
    (9, "due sono le linee di lavoro che Città metropolitana intende perseguire."),
    (10, "pur non includendo la salute tra le proprie funzioni dirette"),
]
OVER_A_PAGE = [
    (1, "siti di sua proprietà da destinarsi all’installazione di stazioni radio-base"),
    (2, "con particolare riguardo a funzioni di ricarica della falda"),
    (3, "la diagnosi energetica di edifici e impianti, individuando così i punti"),
    (4, "il riuso delle acque depurate per fini agricoli"),
    (5, "Luoghi Urbani per la Mobilità), prevedendo adeguate dotazioni"),
    (6, "disaccoppiamento tra trasporto e consegna delle merci"),
    (7, "recuperare, riqualificare e trasformare lo spazio pubblico"),
    (8, "di mettere al centro le politiche per lavoro a livello locale"),
    (9, "importanza per lo sviluppo del territorio metropolitano, in una chiave"),
    (10, "dal recente DM 77/2022 in ordine all’assistenza territoriale"),
]


@pytest.mark.parametrize(("driver", "words"), WITHIN_A_PAGE)
def test_columns_of_a_page_are_joined_in_reading_order(plan: Reading, driver: int, words: str) -> None:
    assert words in plan.pages[2 * driver].text.replace("\n", " ")


@pytest.mark.parametrize(("driver", "words"), OVER_A_PAGE)
def test_a_sentence_goes_on_over_the_page(plan: Reading, passages: list[Passage], driver: int, words: str) -> None:
    second = plan.pages[2 * driver + 1]

    assert second.blocks[0].continues
    assert any(words in passage.text and passage.driver == driver for passage in passages)


def test_there_are_22_pages_two_a_driver(plan: Reading) -> None:
    assert [page.index for page in plan.pages] == list(range(1, 23))
    for driver in range(1, 11):
        first = plan.pages[2 * driver].blocks[0]
        assert (first.kind, first.label) == (BlockKind.HEADING, f"DRIVER {driver}")
        assert all(block.kind is not BlockKind.HEADING for block in plan.pages[2 * driver + 1].blocks)


def test_printed_numbers_are_labels_and_the_others_are_inferred(plan: Reading) -> None:
    labels = {page.index: (page.label, page.label_source) for page in plan.pages}

    assert labels[4] == ("107", "printed")
    assert labels[6] == ("109", "printed")
    assert labels[17] == ("120", "inferred")
    assert "107" not in plan.pages[3].text


def test_the_list_of_missions_can_be_quoted(plan: Reading) -> None:
    page = plan.pages[1]
    items = [page.text[block.start : block.end] for block in page.blocks if block.kind is BlockKind.LIST_ITEM]

    assert "M3: Infrastrutture per una mobilità sostenibile" in items
    assert "M1: Digitalizzazione, innovazione, competitività, cultura e turismo" in items
    assert items[-10:][7] == "8| Il lavoro al lavoro"
    assert [page.text[b.start : b.end] for b in page.blocks if b.kind is BlockKind.HEADING] == [
        "MISSIONI PNRR",
        "ATTORI",
        "DRIVER",
    ]


def test_split_words_are_joined_and_compounds_kept(plan: Reading) -> None:
    text = "\n".join(page.text for page in plan.pages)

    for word in ("accompagnamento", "metropolitana", "digitalizzazione", "un’azienda", "depuratori", "biometano"):
        assert word in text
    for compound in ("ultra-larga", "de-carbonizzazione", "pubblico-privato", "socio-sanitari", "One-stop-Shop"):
        assert compound in text
    assert "e-government" in text and "co-progettazione" in text and "sotto-utilizzati" in text
    assert "- " not in text.replace(" - ", "")


def test_decoration_is_removed_and_told(plan: Reading) -> None:
    text = "\n".join(page.text for page in plan.pages)

    assert "DRIVER 8" in plan.removed and "01 05 06" in plan.removed
    assert "01 05 06" not in text
    assert not any(line.strip() == "“" for line in text.splitlines())


def test_no_letter_of_the_chapter_is_lost_or_doubled(plan: Reading, shared: Path) -> None:
    """Counted by letter: hyphens at line ends and decoration are the only things that go, "M1: " the only addition."""
    source = (shared / "corpus" / "psttm-agenda-strategica.txt").read_text(encoding="utf-8")
    text = "".join(page.text for page in plan.pages) + "".join(plan.removed)

    def letters(value: str) -> list[str]:
        return sorted(char for char in value if char.isalnum())

    assert letters(text) == letters(source)


def test_a_passage_never_crosses_a_driver(passages: list[Passage]) -> None:
    for passage in passages:
        pages = {span.page_index for span in passage.spans}
        assert passage.driver is None or pages <= {2 * passage.driver + 1, 2 * passage.driver + 2}
    assert {passage.driver for passage in passages} == {None, *range(1, 11)}
