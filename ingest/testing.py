"""PDFs drawn for tests: a page is painted, saved and read; paragraphs of random words to paint on it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kb.records import Page

WIDTH, HEIGHT = 595, 842
"""Points of an A4 page."""

WORDS = (
    "piano comune mobilità territorio servizio cittadino azione obiettivo risorsa sviluppo rete trasporto energia "
    "acqua scuola lavoro impresa ricerca parco suolo consumo spazio casa dato sportello ufficio indicatore fondo bando"
).split()


def draw(path: Path, paint: Callable[[Any], None]) -> list[Page]:
    """The pages read from the PDF that `paint` draws, given a ReportLab canvas with Helvetica of 11 points."""
    from reportlab.pdfgen.canvas import Canvas

    from ingest.readers.pdf.reader import read_pdf

    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 11)
    paint(canvas)
    canvas.save()
    return list(read_pdf(path).pages)


def prose(seed: int, paragraphs: int = 14) -> list[str]:
    """Paragraphs of random words, the same for the same seed."""
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=chance.randint(30, 90))).capitalize() + "." for _ in range(paragraphs)]


def wrap(paragraph: str, width: float, *, font: str, size: float) -> list[str]:
    """The lines of a paragraph in a column of that many points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines = [""]
    for word in paragraph.split():
        longer = f"{lines[-1]} {word}".strip()
        if stringWidth(longer, font, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
