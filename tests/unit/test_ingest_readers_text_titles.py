"""Titles of a plain text over what follows them without a blank line, its own title, and lines with labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers.labelled_lines import cut_labelled
from ingest.readers.markdown import read_markdown
from ingest.readers.reading import Reading
from ingest.readers.text import read_plain
from ingest.readers.text_titles import find_title, join_capitals
from kb.records import BlockKind


def _headings(text: str) -> list[str]:
    return [one for one, kind in _pieces(read_plain(text)) if kind is BlockKind.HEADING]


def _pieces(reading: Reading) -> list[tuple[str, BlockKind]]:
    return [(page.text[b.start : b.end], b.kind) for page in reading.pages for b in page.blocks]


BODY = "Il servizio inizia lunedì 15 settembre per tutte le scuole del Comune."


@pytest.mark.parametrize(
    "title",
    ["LA MENSA", "5. SPESE AMMESSE", "3. La raccolta porta a porta", "6. Quanto costa?", "Diete speciali"],
)
def test_a_title_stands_over_its_text_without_a_blank_line(title: str) -> None:
    assert _headings(f"{BODY}\n\n{title}\n{BODY}\nAltro testo della stessa parte.\n") == [title]


@pytest.mark.parametrize(
    "block",
    [
        ["Il contributo è di 200 euro", "Per le famiglie numerose diventa di 400 euro al massimo."],  # a figure
        ["1. Pronto soccorso", "2. Antincendio"],  # items of a list
        ["GIORNO   MATTINA", "Lunedì   9.00-12.00"],  # the head of a table
        ["Ufficio Scuola", "Telefono: 02 1234567, tutti i giorni tranne il sabato."],
        ["1. Le domande si presentano entro la fine del mese allo Sportello", "Polifunzionale."],  # a full line
        ["La Sindaca", "Paola Rossi"],
        ["UN TITOLO", "che va avanti con la minuscola"],
    ],
)
def test_what_only_looks_like_a_title_is_text(block: list[str]) -> None:
    assert find_title(block, 0) is None


def test_a_title_in_capitals_may_take_two_lines() -> None:
    assert "CARTA DEI SERVIZI ASILO NIDO" in _headings(f"{BODY}\n\nCARTA DEI SERVIZI\nASILO NIDO\n{BODY}\n")


def test_questions_stand_under_numbered_titles() -> None:
    """The answer to each question of a list is a section of its own."""
    text = f"{BODY}\n\n1. Quanto costa?\nCosta 20 euro.\n\n2. Quando si paga?\nEntro marzo.\n"
    assert _headings(text) == ["1. Quanto costa?", "2. Quando si paga?"]


@pytest.mark.parametrize(
    ("opening", "title"),
    [
        (
            "COMUNE DI PROVA\n\nREGOLAMENTO DEGLI ORTI URBANI\nApprovato nel 2024",
            "REGOLAMENTO DEGLI ORTI URBANI – COMUNE DI PROVA",
        ),
        (
            "COMUNE DI PROVA\nUfficio Scuola\n\nAVVISO\nIscrizione alla mensa",
            "AVVISO: Iscrizione alla mensa – COMUNE DI PROVA",
        ),
        ("Guida ai servizi", "Guida ai servizi"),
        ("COMUNE DI PROVA", "COMUNE DI PROVA"),
    ],
)
def test_the_title_says_what_a_document_is_and_whose(opening: str, title: str) -> None:
    assert read_plain(f"{opening}\n\nTITOLO I – DISPOSIZIONI\n\nArt. 1 – Oggetto\n{BODY}\n").title == title


def test_what_follows_a_list_on_its_own_line_is_no_part_of_the_last_item() -> None:
    text = "Sono esclusi:\n- le sale giochi;\n- i distributori.\nLe imprese nuove possono partecipare al bando.\n"
    assert ("Le imprese nuove possono partecipare al bando.", BlockKind.PARAGRAPH) in _pieces(read_plain(text))


CONTACTS = ["Sportello Imprese, piazza Castello 3", "Telefono: 0399 441270", "Tel. 02 1234567", "PEC: a@b.example"]


def test_each_line_with_a_label_stands_alone() -> None:
    assert list(cut_labelled(CONTACTS)) == [[line] for line in CONTACTS]


def test_running_text_is_not_cut_at_a_colon() -> None:
    lines = ["Nel corso dell'anno il Comune ha finanziato con la", "Regione: scuole, strade e parchi del territorio."]
    assert list(cut_labelled(lines)) == [lines]


def test_lines_with_labels_stand_alone_in_markdown_too(tmp_path: Path) -> None:
    path = tmp_path / "contatti.md"
    path.write_text("# Contatti\n\n" + "\n".join(CONTACTS) + "\n", encoding="utf-8")
    assert [text for text, kind in _pieces(read_markdown(path)) if kind is BlockKind.PARAGRAPH] == CONTACTS


def test_a_whole_block_of_capitals_is_no_title() -> None:
    assert join_capitals(["ATTENZIONE!"] * 50) == ["ATTENZIONE!"] * 50
    assert join_capitals(["PRIMA RIGA", "SECONDA RIGA", BODY]) == ["PRIMA RIGA SECONDA RIGA", BODY]
