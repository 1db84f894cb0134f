"""Pages that hold no text, read from their picture when a person asks for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.readers.drawing import PdfDrawing, encode_pgm, open_drawing
from ingest.readers.reading import PageStep, Reading, assemble_page, no_step
from ingest.readers.tesseract import DOTS_PER_INCH, read_picture
from kb.errors import UnreadableFile
from kb.records import Page

LEAST_CONFIDENCE = 50.0
"""Below it words are mostly wrong (pages of noise and photographs give 20 to 45): the page stays unreadable."""
BY_OCR = "letta con OCR"


def read_scans(path: Path, reading: Reading, password: str | None, on_page: PageStep = no_step) -> Reading:
    """The reading with its unreadable pages read by Tesseract, each marked with its confidence."""
    if all(page.readable for page in reading.pages):
        return reading
    pages: list[Page] = []
    try:
        with open_drawing(path, password) as drawing:
            for page in reading.pages:
                if page.readable:
                    pages.append(page)
                else:
                    on_page(page.index, len(reading.pages))
                    pages.append(_read_scan(drawing, page))
    except UnreadableFile as error:
        return replace(reading, notes=(*reading.notes, f"OCR non riuscito: {error}"))
    return replace(reading, pages=tuple(pages))


def _read_scan(drawing: PdfDrawing, page: Page) -> Page:
    try:
        found = read_picture(encode_pgm(drawing.draw(page.index, DOTS_PER_INCH)))
    except UnreadableFile as error:
        return replace(page, problems=(*page.problems, str(error)))
    sure = f"confidenza {found.confidence:.0f} %"
    if not found.pieces:
        return replace(page, problems=(*page.problems, "l'OCR non vi trova testo"))
    if found.confidence < LEAST_CONFIDENCE:
        return replace(page, problems=(*page.problems, f"OCR inaffidabile ({sure})"))
    read = assemble_page(page.index, found.pieces, label=page.label, source=page.label_source)
    return replace(read, problems=(f"{BY_OCR}, {sure}",))
