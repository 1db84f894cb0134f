"""Measure: PDF pages read a second, and the memory that it takes, beside pypdf alone on the same files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from evals.bench.bench import Bench
from evals.bench.figures import Row
from evals.bench.made import corpus_sentences
from evals.bench.side import Side

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_OURS, _PLAIN = "evals.bench.ours:OurReader", "evals.bench.plain:PlainReader"
_LINE, _TOP, _BOTTOM, _LEFT, _COLUMN = 12, 760, 80, 60, 225


def measure(bench: Bench) -> list[Row]:
    """Pages a second and peak memory: drawn by rule, and the shared planning PDFs where they are."""
    drawn = bench.folder / "colonne.pdf"
    draw_pdf(drawn, pages=bench.pick(20, 4))
    rows = _rows(bench, "drawn", ("two columns and tables, drawn by rule", "due colonne e tabelle, a regola"), [drawn])
    real = _shared_pdfs()
    if real and not bench.quick:
        rows += _rows(bench, "real", ("real planning PDFs", "PDF di piani veri"), real)
    return rows


def draw_pdf(path: Path, *, pages: int) -> None:
    """A PDF of A4 pages in two columns, each with a running header, a printed number and a small table."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    canvas, words = Canvas(str(path), pagesize=A4), _words()
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica", 9)
        canvas.drawString(_LEFT, 800, "Piano di prova della Città metropolitana")
        canvas.drawCentredString(A4[0] / 2, 40, str(number))
        for left in (_LEFT, _LEFT + _COLUMN + 25):
            _draw_column(canvas, left, words)
        _draw_table(canvas, number)
        canvas.showPage()
    canvas.save()


def _words() -> Iterator[str]:
    return cycle(" ".join(corpus_sentences()).encode("cp1252", "ignore").decode("cp1252").split())


def _draw_column(canvas: Canvas, left: float, words: Iterator[str]) -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    waiting = next(words)
    for height in range(_TOP, _BOTTOM + 70, -_LINE):
        line = waiting
        while stringWidth(f"{line} {(waiting := next(words))}", "Helvetica", 9) <= _COLUMN:
            line = f"{line} {waiting}"
        canvas.drawString(left, height, line)


def _draw_table(canvas: Canvas, number: int) -> None:
    heights = [_BOTTOM + 40, _BOTTOM + 26, _BOTTOM + 12]
    canvas.grid([_LEFT, _LEFT + 150, _LEFT + 300, _LEFT + 475], [*(height + 10 for height in heights), heights[-1] - 4])
    cells = [("Azione", "Indicatore", "Valore"), ("Rete", "km", str(number)), ("Alberi", "numero", str(number * 7))]
    for height, row in zip(heights, cells, strict=True):
        for left, cell in zip((_LEFT, _LEFT + 150, _LEFT + 300), row, strict=True):
            canvas.drawString(left + 4, height, cell)


def _shared_pdfs() -> list[Path]:
    folder = os.environ.get("BUSSOLA_SHARED")
    return sorted(Path(folder, "evals", "pdf").glob("*.pdf")) if folder else []


def _rows(bench: Bench, key: str, name: tuple[str, str], files: Sequence[Path]) -> list[Row]:
    speed: dict[str, list[float]] = {_OURS: [], _PLAIN: []}
    peak: dict[str, list[float]] = {_OURS: [], _PLAIN: []}
    for at in range(bench.rounds):
        bench.say(f"lettura, {name[1]}: giro {at + 1} di {bench.rounds}")
        for place in (_OURS, _PLAIN):
            with Side(place) as side:
                told = side.call("read", files=[str(file) for file in files])
                speed[place].append(told["pages"] / told["seconds"])
                peak[place].append(side.memory().get("peak", 0.0))
    english, italian = name
    pages = Row(
        key=f"extraction.{key}.pages",
        english=f"PDF pages read: {english}",
        italian=f"pagine PDF lette: {italian}",
        unit="pages/s",
        ours=tuple(speed[_OURS]),
        plain=tuple(speed[_PLAIN]),
        beside="pypdf alone",
        larger_is_better=True,
    )
    memory = Row(
        key=f"extraction.{key}.memory",
        english="peak memory of reading them",
        italian="memoria di picco nel leggerle",
        unit="MB",
        ours=tuple(peak[_OURS]),
        plain=tuple(peak[_PLAIN]),
        beside="pypdf alone",
    )
    return [pages, memory]
