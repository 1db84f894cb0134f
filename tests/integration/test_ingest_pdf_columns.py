"""Columns of a PDF come back in the order of reading, whatever the order of drawing, and no word is lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from evals.extraction import extract_text, join_pages, measure_extraction
from ingest.readers.pdf.reader import read_pdf
from ingest.testing import HEIGHT, WIDTH, prose, wrap
from kb.errors import InputError


def draw_columns(
    path: Path,
    paragraphs: list[str],
    *,
    columns: int,
    gap: float,
    font: str,
    size: float,
    by_row: bool,
    justified: bool,
    turn: int = 0,
) -> None:
    """Pages of columns with a title across them, a running header and a folio that starts at 11; all of it turned."""
    width = (WIDTH - 100 - (columns - 1) * gap) / columns
    lines: list[tuple[str, bool]] = []
    for paragraph in paragraphs:
        wrapped = wrap(paragraph, width, font=font, size=size)
        lines += [(line, line is wrapped[-1]) for line in wrapped]
    canvas, at, folio = Canvas(str(path)), 0, 11
    canvas.setPageSize((HEIGHT, WIDTH) if turn in (90, 270) else (WIDTH, HEIGHT))
    while at < len(lines):
        canvas.translate(*{0: (0, 0), 90: (HEIGHT, 0), 180: (WIDTH, HEIGHT), 270: (0, WIDTH)}[turn])
        canvas.rotate(turn)
        top = HEIGHT - 70 if folio > 11 else HEIGHT - 110
        marks: list[tuple[float, int, str, bool]] = []
        for column in range(columns):
            y = top
            while at < len(lines) and y > 70:
                marks.append((y, column, *lines[at]))
                y -= size * 1.2 + (5 if lines[at][1] else 0)
                at += 1
        canvas.setFont("Helvetica", 8)
        canvas.drawString(50, HEIGHT - 40, "Piano strategico metropolitano 2022-2024")
        canvas.drawCentredString(WIDTH / 2, 30, str(folio))
        if folio == 11:
            canvas.setFont(font, 18)
            canvas.drawString(50, HEIGHT - 70, "Relazione generale e quadro delle azioni")
        for y, column, line, last in sorted(marks, key=lambda mark: (-round(mark[0]), mark[1])) if by_row else marks:
            text = canvas.beginText(50 + column * (width + gap), y)
            text.setFont(font, size)
            room = width - stringWidth(line, font, size)
            text.setWordSpace(room / line.count(" ") if justified and not last and " " in line else 0)
            text.textOut(line)
            canvas.drawText(text)
        canvas.showPage()
        folio += 1
    canvas.save()


COLUMN_CASES = [
    (2, 14, "Times-Roman", 9, True, True),
    (2, 24, "Helvetica", 11, True, False),
    (2, 18, "Courier", 8, False, True),
    (3, 14, "Times-Roman", 8, True, True),
    (3, 20, "Helvetica", 9, False, False),
    (3, 30, "Courier", 8, True, False),
    (1, 14, "Times-Roman", 11, False, True),
    (1, 14, "Courier", 11, False, True),
    (2, 9, "Courier", 11, True, True),
    (2, 7, "Courier", 9, False, True),
]


@pytest.mark.parametrize(("columns", "gap", "font", "size", "by_row", "justified"), COLUMN_CASES)
def test_columns_read_down_however_they_were_drawn(
    tmp_path: Path, columns: int, gap: float, font: str, size: float, by_row: bool, justified: bool
) -> None:
    """Drawn column by column or row by row across the columns, the text comes back in the order of reading."""
    path, paragraphs = tmp_path / "colonne.pdf", prose(columns * 100 + int(gap))
    draw_columns(path, paragraphs, columns=columns, gap=gap, font=font, size=size, by_row=by_row, justified=justified)

    assert measure_extraction(extract_text(path), "\n".join(paragraphs)).share >= 0.95


def test_headers_and_folios_go_and_become_labels(tmp_path: Path) -> None:
    """The line that comes back on each page is no text, and the folio is the page's label."""
    path = tmp_path / "colonne.pdf"
    draw_columns(path, prose(7, 60), columns=2, gap=20, font="Times-Roman", size=11, by_row=False, justified=False)
    reading = read_pdf(path)

    assert len(reading.pages) >= 3
    assert [page.label for page in reading.pages] == [str(10 + page.index) for page in reading.pages]
    assert all("metropolitano 2022" not in page.text for page in reading.pages)
    assert "Piano strategico metropolitano 2022-2024" in reading.removed


@pytest.mark.slow
def test_damaged_files_never_crash(tmp_path: Path) -> None:
    """Three hundred mutations (cut, changed, missing and doubled bytes): pages, or one of our errors."""
    path, chance = tmp_path / "mutato.pdf", random.Random(1)
    draw_columns(path, prose(9, 4), columns=2, gap=18, font="Times-Roman", size=10, by_row=False, justified=True)
    whole, read = path.read_bytes(), 0
    for turn in range(300):
        path.write_bytes(mutate(bytearray(whole), turn % 4, chance))
        try:
            read += bool(read_pdf(path).pages)
        except InputError as error:
            assert str(error).startswith(path.name)

    assert read > 50


def mutate(content: bytearray, kind: int, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(content)), chance.randrange(1, 2000)
    if kind == 0:
        return bytes(content[:at])
    if kind == 1:
        for _ in range(chance.randrange(1, 60)):
            content[chance.randrange(len(content))] = chance.randrange(256)
    elif kind == 2:
        del content[at : at + length]
    else:
        content[at:at] = content[chance.randrange(len(content)) :][:length]
    return bytes(content)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10_000),
    columns=st.integers(1, 3),
    font=st.sampled_from(["Times-Roman", "Helvetica", "Courier"]),
    size=st.integers(7, 12),
    by_row=st.booleans(),
    turn=st.sampled_from([0, 90, 180, 270]),
)
def test_no_word_is_lost_and_blocks_slice_the_text(
    tmp_path: Path, seed: int, columns: int, font: str, size: int, by_row: bool, turn: int
) -> None:
    """Whatever the layout and the turn, every word drawn comes out once, and the blocks cover the text in order."""
    path, paragraphs = tmp_path / "generato.pdf", prose(seed, 6)
    draw_columns(
        path, paragraphs, columns=columns, gap=18, font=font, size=size, by_row=by_row, justified=False, turn=turn
    )
    pages = read_pdf(path).pages

    drawn = " ".join(paragraphs).split() + "Relazione generale e quadro delle azioni".split()
    if len(pages) == 1:  # nothing comes back on one page, so nothing is known to be a header
        drawn += "Piano strategico metropolitano 2022-2024 11".split()
    assert sorted(join_pages(pages).split()) == sorted(drawn)
    for page in pages:
        assert "\n".join(page.text[block.start : block.end] for block in page.blocks) == page.text


@pytest.mark.shared
@pytest.mark.parametrize("name", ["due-colonne", "due-colonne-interlacciato"])
def test_the_shared_two_column_documents_come_back_in_order(shared: Path, name: str) -> None:
    """At least 0.95 of the source's 8-word runs, for both ways of drawing the columns."""
    folder = shared / "evals" / "two-column"
    source = next(folder.glob("*.source.txt")).read_text(encoding="utf-8")

    assert measure_extraction(extract_text(next(folder.glob(f"*-{name}.pdf"))), source).share >= 0.98
