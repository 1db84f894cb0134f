"""Tables of a PDF, with lines and without, come back as rows that a person can read; prose is no table."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ingest.testing import draw, wrap
from kb.records import Block, BlockKind, Page

TOWNS = (
    ("Comune", "Abitanti", "Superficie (km²)", "Zona omogenea"),
    ("Abbiategrasso", "32.609", "47,78", "Magentino"),
    ("Assago", "9.150", "8,05", "Sud Ovest"),
    ("Bresso", "26.118", "3,38", "Nord Milano"),
    ("Totale", "67.877", "59,21", ""),
)
WORDS = "piano comune mobilità territorio servizio del nel con per e di la il che si in azione scuola rete".split()
ROW = BlockKind.TABLE_ROW


def put_rows(
    canvas: Canvas,
    rows: Sequence[Sequence[str]],
    *,
    at: tuple[float, float],
    stops: Sequence[float],
    right: Sequence[int] = (),
    bold_head: bool = True,
    size: float = 9,
    step: float = 14,
) -> float:
    """Rows without a line between them; those columns to the right end at their stop. Returns where they end."""
    x, y = at
    for number, row in enumerate(rows):
        canvas.setFont("Helvetica-Bold" if bold_head and number == 0 else "Helvetica", size)
        for column, text in enumerate(row):
            put = canvas.drawRightString if column in right else canvas.drawString
            put(x + stops[column], y, text)
        y -= step
    return y


def prose(seed: int, words: int) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def put_prose(canvas: Canvas, text: str, *, at: tuple[float, float], width: float, font: str = "Times-Roman") -> float:
    """Justified lines of text; returns where they end."""
    x, y = at
    lines = wrap(text, width, font=font, size=9)
    for line in lines:
        room = (width - stringWidth(line, font, 9)) / max(line.count(" "), 1)
        drawn = canvas.beginText(x, y)
        drawn.setFont(font, 9)
        drawn.setWordSpace(room if line is not lines[-1] else 0)
        drawn.textOut(line)
        canvas.drawText(drawn)
        y -= 11
    return y - 5


def block_texts(page: Page, kind: BlockKind = ROW) -> list[str]:
    return [page.text[block.start : block.end] for block in page.blocks if block.kind is kind]


def rows_of(page: Page) -> list[Block]:
    return [block for block in page.blocks if block.kind is ROW]


def test_a_table_is_rows_with_the_names_of_their_columns(tmp_path: Path) -> None:
    """Each row of a ruled table reads alone: column and value, under the table's title."""

    def paint(canvas: Canvas) -> None:
        canvas.drawString(50, 750, "Tabella 3 – Popolazione dei Comuni")
        rows = [("Comune", "Abitanti", "Anno"), ("Assago", "9.150", "2022"), ("Bresso", "26.118", "2022")]
        for number, row in enumerate(rows):
            canvas.setFont("Helvetica-Bold" if number == 0 else "Helvetica", 10)
            for column, text in enumerate(row):
                canvas.drawString(55 + 100 * column, 720 - 20 * number, text)
        for y in (734, 714, 694, 674):
            canvas.line(50, y, 350, y)
        for x in (50, 150, 250, 350):
            canvas.line(x, 734, x, 674)

    page = draw(tmp_path / "tabella.pdf", paint)[0]

    assert block_texts(page) == [
        "Comune: Assago; Abitanti: 9.150; Anno: 2022",
        "Comune: Bresso; Abitanti: 26.118; Anno: 2022",
    ]
    assert {block.label for block in page.blocks if block.kind is BlockKind.TABLE_ROW} == {
        "Tabella 3 – Popolazione dei Comuni"
    }


READABLE = [
    "Comune: Abbiategrasso; Abitanti: 32.609; Superficie (km²): 47,78; Zona omogenea: Magentino",
    "Comune: Assago; Abitanti: 9.150; Superficie (km²): 8,05; Zona omogenea: Sud Ovest",
    "Comune: Bresso; Abitanti: 26.118; Superficie (km²): 3,38; Zona omogenea: Nord Milano",
    "Comune: Totale; Abitanti: 67.877; Superficie (km²): 59,21",
]


@pytest.mark.parametrize(("right", "bold_head"), [((), False), ((), True), ((1, 2), False), ((1, 2), True)])
def test_a_table_without_lines_is_rows_too(tmp_path: Path, right: tuple[int, ...], bold_head: bool) -> None:
    """Cells that stand one under the other, between two paragraphs, under their caption."""

    def paint(canvas: Canvas) -> None:
        y = put_prose(canvas, prose(1, 60), at=(55, 780), width=480)
        canvas.drawString(55, y - 6, "Tabella 3 – Comuni e zone")
        y = put_rows(canvas, TOWNS, at=(55, y - 24), stops=[0, 150, 250, 360], right=right, bold_head=bold_head)
        put_prose(canvas, prose(2, 60), at=(55, y - 10), width=480)

    page = draw(tmp_path / "senza-righe.pdf", paint)[0]

    assert block_texts(page) == READABLE
    assert {block.label for block in rows_of(page)} == {"Tabella 3 – Comuni e zone"}
    assert page.text.startswith(prose(1, 60))
    assert page.text.endswith(prose(2, 60))


def test_a_table_inside_a_column_does_not_break_the_other(tmp_path: Path) -> None:
    """The text on its left reads on, and that below it follows."""

    def paint(canvas: Canvas) -> None:
        put_prose(canvas, prose(3, 150), at=(50, 780), width=235)
        y = put_prose(canvas, prose(4, 40), at=(310, 780), width=235)
        y = put_rows(
            canvas, [row[:3] for row in TOWNS], at=(310, y - 8), stops=[0, 140, 235], right=(1, 2), size=8, step=11
        )
        put_prose(canvas, prose(5, 90), at=(310, y - 8), width=235)

    page = draw(tmp_path / "in-colonna.pdf", paint)[0]
    text = page.text.replace("\n", " ")

    assert all(prose(seed, words) in text for seed, words in ((3, 150), (4, 40), (5, 90)))
    assert block_texts(page) == [row.partition("; Zona")[0] for row in READABLE]


def test_years_name_columns_and_a_cell_of_two_lines_is_one(tmp_path: Path) -> None:
    """Heads that are figures themselves, and text that goes on under its cell."""
    rows = [
        ("Azione", "2021", "2022", "2023"),
        ("Ampliamento della rete dei", "1.200", "1.350", "1.400"),
        ("servizi digitali",),
        ("Sportello unico", "800", "950", "1.020"),
        ("Formazione", "75", "90", "-"),
    ]

    def paint(canvas: Canvas) -> None:
        y = 700.0
        for row in rows:
            y = put_rows(canvas, [row], at=(55, y), stops=[0, 250, 320, 390], right=(1, 2, 3), bold_head=False)
            y += 4 if row is rows[1] else 0

    page = draw(tmp_path / "anni.pdf", paint)[0]

    assert block_texts(page) == [
        "Azione: Ampliamento della rete dei servizi digitali; 2021: 1.200; 2022: 1.350; 2023: 1.400",
        "Azione: Sportello unico; 2021: 800; 2022: 950; 2023: 1.020",
        "Azione: Formazione; 2021: 75; 2022: 90; 2023: -",
    ]


def test_a_first_row_is_heads_only_when_it_is_sure(tmp_path: Path) -> None:
    """A word among values, and a unit after a figure, must not name the figures of other rows."""
    works = [("Scuola di via Verdi", "in corso"), ("Pista ciclabile", "450.000"), ("Parco", "1.200"), ("Rete", "80")]
    limits = [("Indice fondiario", "0,35 mq/mq"), ("Altezza massima", "10,50 m"), ("Distanza", "5,00 m")]

    def paint(canvas: Canvas) -> None:
        y = put_rows(canvas, works, at=(55, 780), stops=[0, 300], bold_head=False)
        put_rows(canvas, limits, at=(55, y - 60), stops=[0, 300], bold_head=False)

    page = draw(tmp_path / "senza-capo.pdf", paint)[0]

    assert block_texts(page) == [f"{name}: {value}" for name, value in (*works, *limits)]


def test_what_only_looks_aligned_is_no_table(tmp_path: Path) -> None:
    """An index, terms with what they mean, numbered points, signatures, typewriter text: none is a table."""

    def paint(canvas: Canvas) -> None:
        titles = [("Premessa", "3"), ("Le norme", "7"), ("Le azioni", "12"), ("Gli indicatori", "25")]
        y = put_rows(canvas, titles, at=(55, 790), stops=[0, 480], right=(1,), bold_head=False)
        chapters = [(f"{at}.", title, page) for at, (title, page) in enumerate(titles, start=1)]
        y = put_rows(canvas, chapters, at=(55, y - 20), stops=[0, 30, 480], right=(2,), bold_head=False)
        terms = [("PTM", "Piano territoriale"), ("PUMS", "Piano della mobilità"), ("PULS", "Piano della logistica")]
        y = put_rows(canvas, terms, at=(55, y - 20), stops=[0, 90], bold_head=False)
        points = [(f"{number}.", prose(number, 9)) for number in range(1, 6)]
        y = put_rows(canvas, points, at=(55, y - 20), stops=[0, 25], bold_head=False)
        names = [("Il Segretario", "Il Sindaco"), ("Antonio Rossi", "Giulia Bianchi"), ("firmato", "firmato")]
        y = put_rows(canvas, names, at=(80, y - 20), stops=[0, 270], bold_head=False)
        put_prose(canvas, prose(9, 80), at=(55, y - 20), width=300, font="Courier")

    page = draw(tmp_path / "non-tabelle.pdf", paint)[0]

    assert not rows_of(page)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(3, 14),
    figures=st.integers(2, 4),
    right=st.booleans(),
    turn=st.sampled_from([0, 90, 180, 270]),
    font=st.sampled_from(["Helvetica", "Times-Roman", "Courier"]),
)
def test_every_row_keeps_its_own_figures(
    tmp_path: Path, seed: int, count: int, figures: int, right: bool, turn: int, font: str
) -> None:
    """Whatever the columns, the font and the page's turn, each row holds its name and figures, under their heads."""
    chance = random.Random(seed)
    heads = ["Voce", *(f"Indice {'ABCD'[at]}" for at in range(figures))]
    names = chance.sample([f"{one.capitalize()} {other}" for one in WORDS for other in WORDS], count)
    values = [[f"{chance.randint(1, 99_999):,}".replace(",", ".") for _at in range(figures)] for _row in names]

    def paint(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        put_prose(canvas, prose(seed, 30), at=(55, 570), width=440)
        for number, row in enumerate([heads, *([name, *own] for name, own in zip(names, values, strict=True))]):
            canvas.setFont(font, 9)
            for column, text in enumerate(row):
                x = 55 + (150 + 80 * column if column else 0)
                (canvas.drawRightString if right and column else canvas.drawString)(x, 500 - 15 * number, text)

    page = draw(tmp_path / "generata.pdf", paint)[0]

    told = [
        "; ".join([f"Voce: {name}", *(f"{head}: {value}" for head, value in zip(heads[1:], own, strict=True))])
        for name, own in zip(names, values, strict=True)
    ]
    assert block_texts(page) == told


def test_lines_that_part_only_the_columns_leave_rows(tmp_path: Path) -> None:
    """A frame, the columns and the heads are ruled; the rows are told by their lines of text."""

    def paint(canvas: Canvas) -> None:
        put_rows(canvas, TOWNS, at=(60, 700), stops=[0, 150, 250, 360])
        for x in (55, 205, 305, 415, 500):
            canvas.line(x, 712, x, 640)
        for y in (712, 696, 640):
            canvas.line(55, y, 500, y)

    assert block_texts(draw(tmp_path / "colonne.pdf", paint)[0]) == READABLE


def test_a_table_without_lines_goes_on_over_the_page(tmp_path: Path) -> None:
    """The rows of the second page keep the names of the columns and the title."""
    rows = [(f"Comune {'ABCDEFGHIL'[at]}", f"{at}.100", f"{at},5") for at in range(1, 9)]

    def paint(canvas: Canvas) -> None:
        canvas.drawString(55, 130, "Tabella 8 – Entrate")
        put_rows(
            canvas, [("Comune", "Entrate (euro)", "Quota"), *rows[:4]], at=(55, 110), stops=[0, 200, 280], right=(1, 2)
        )
        canvas.showPage()
        put_rows(canvas, rows[4:], at=(55, 780), stops=[0, 200, 280], right=(1, 2), bold_head=False)

    first, second = draw(tmp_path / "due-pagine.pdf", paint)

    assert block_texts(first)[-1] == "Comune: Comune E; Entrate (euro): 4.100; Quota: 4,5"
    assert block_texts(second)[0] == "Comune: Comune F; Entrate (euro): 5.100; Quota: 5,5"
    assert rows_of(second)[0].label == "Tabella 8 – Entrate"
