"""Plain text: pages begin where the text says so and nowhere else; furniture goes, content stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.text import read_plain, read_text
from ingest.readers.text_pages import blanks_start_pages, split_pages
from kb.errors import UnreadableFile
from kb.records import BlockKind

BODY = [f"riga di testo corrente numero {number} che continua" for number in range(20)]


def test_a_form_feed_begins_a_page() -> None:
    assert [page.text for page in read_plain("Uno.\n\fDue.\n\f").pages] == ["Uno.", "Due."]


def test_blanks_begin_pages_where_the_whole_text_bears_it_out() -> None:
    lines = [" Titolo", *BODY, " che va avanti", *BODY, " e poi ancora", *BODY]

    assert blanks_start_pages(lines)
    assert len(split_pages("\n".join(lines))) == 3


@pytest.mark.parametrize(
    "lines",
    [
        [line for stanza in range(9) for line in (f" strofa {stanza}", "verso", "verso", "verso")],
        [line for part in range(9) for line in (" Capoverso rientrato.", *BODY)],
        [line for part in range(3) for line in ("    def codice():", *BODY)],
        BODY,
    ],
    ids=["poem", "indented paragraphs", "code", "no blanks"],
)
def test_indentation_is_no_page_start(lines: list[str]) -> None:
    assert len(split_pages("\n".join(lines))) == 1


def test_printed_numbers_become_labels_only_where_they_agree() -> None:
    def labels(*numbers: str) -> list[tuple[str | None, str]]:
        pages = read_plain("\f".join(f"Una frase intera.\n\n{number}" for number in numbers)).pages
        return [(page.label, page.label_source) for page in pages]

    assert labels("106", "", "108") == [("106", "printed"), ("107", "inferred"), ("108", "printed")]
    assert labels("106", "", "300") == [(None, "none")] * 3
    assert labels("2022", "", "") == [(None, "none")] * 3


def test_a_number_that_is_no_label_stays_in_the_text() -> None:
    assert "2022" in read_plain("Anno di approvazione\n\n2022\f Altro testo.").pages[0].text


def test_lists_headings_and_paragraphs_are_told() -> None:
    page = read_plain("5. Agenda\n\nPremessa del testo:\n- prima voce\n- seconda voce\n\nFine del testo.").pages[0]

    assert [block.kind for block in page.blocks] == [
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.LIST_ITEM,
        BlockKind.LIST_ITEM,
        BlockKind.PARAGRAPH,
    ]


def test_labels_in_small_letters_stay_apart() -> None:
    page = read_plain("Comuni coinvolti\n\nrho\n\nsegrate\n\nmelzo").pages[0]

    assert page.text == "Comuni coinvolti\nrho\nsegrate\nmelzo"


def test_another_encoding_is_read_and_said(tmp_path: Path) -> None:
    file = tmp_path / "vecchio.txt"
    file.write_bytes("La mobilità è un diritto.".encode("cp1252"))
    reading = read_text(file)

    assert reading.pages[0].text == "La mobilità è un diritto."
    assert reading.notes == ("letto come cp1252 e convertito in UTF-8",)


def test_an_empty_file_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "vuoto.txt"
    file.write_bytes(b"")

    with pytest.raises(UnreadableFile, match=r"«vuoto\.txt» è vuoto"):
        read_text(file)


@given(st.text(alphabet="abcAB .,;:-–|1\n\f“", max_size=200))
def test_no_letter_or_digit_is_lost_or_doubled(text: str) -> None:
    reading = read_plain(text)
    written = "".join(page.text for page in reading.pages) + "".join(reading.removed)

    def letters(value: str) -> list[str]:
        return sorted(char for char in value if char.isalnum())

    assert letters(written) == letters(text)
    for page in reading.pages:
        assert "".join(page.text[b.start : b.end] for b in page.blocks) == page.text.replace("\n", "")
