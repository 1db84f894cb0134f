"""Pages that hold no text, read from their picture when a person asks for it; their headers and folios go too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.readers.drawing import PdfDrawing, encode_pgm, open_drawing
from ingest.readers.pdf.furniture import SheetLines, find_furniture, find_known, label_pages
from ingest.readers.reading import PageStep, Reading, assemble_page, no_step
from ingest.readers.tesseract import DOTS_PER_INCH, OpticalText, read_picture
from kb.errors import UnreadableFile
from kb.records import Page

LEAST_CONFIDENCE = 50.0
"""Below it words are mostly wrong (pages of noise and photographs give 20 to 45): the page stays unreadable."""
BY_OCR = "letta con OCR"
_GUESSED = ("inferred", "none")


def read_scans(path: Path, reading: Reading, password: str | None, on_page: PageStep = no_step) -> Reading:
    """The reading with its unreadable pages read by Tesseract, each marked with its confidence."""
    if all(page.readable for page in reading.pages):
        return reading
    pages: dict[int, Page] = {page.index: page for page in reading.pages}
    found: dict[int, OpticalText] = {}
    try:
        with open_drawing(path, password) as drawing:
            for page in reading.pages:
                if not page.readable:
                    on_page(page.index, len(reading.pages))
                    pages[page.index] = _read_scan(drawing, page, found)
    except UnreadableFile as error:
        return replace(reading, notes=(*reading.notes, f"OCR non riuscito: {error}"))
    return _put_in(reading, pages, found)


def _read_scan(drawing: PdfDrawing, page: Page, found: dict[int, OpticalText]) -> Page:
    """The page with what Tesseract said of it; its text, where there is any, goes to what is found."""
    try:
        text = read_picture(encode_pgm(drawing.draw(page.index, DOTS_PER_INCH)))
    except UnreadableFile as error:
        return replace(page, problems=(*page.problems, str(error)))
    sure = f"confidenza {text.confidence:.0f} %"
    if not text.pieces:
        return replace(page, problems=(*page.problems, "l'OCR non vi trova testo"))
    if text.confidence < LEAST_CONFIDENCE:
        return replace(page, problems=(*page.problems, f"OCR inaffidabile ({sure})"))
    found[page.index] = text
    return replace(page, readable=True, problems=(f"{BY_OCR}, {sure}",))


def _put_in(reading: Reading, pages: dict[int, Page], found: dict[int, OpticalText]) -> Reading:
    """The reading with the texts found, without what comes back on every page, and labels from their folios."""
    sheets = [SheetLines(index, text.height, text.lines) for index, text in found.items()]
    furniture = find_furniture(sheets)
    printed = {page.index: page.label for page in reading.pages if page.label_source == "printed" and page.label}
    labels = label_pages(len(pages), {**furniture.folios, **printed}, None)
    removed = [text for text, _ in furniture.removed.most_common()]
    for page, (label, source) in zip(reading.pages, labels, strict=True):
        read = pages[page.index]
        if page.label_source in _GUESSED and label is not None:
            read = replace(read, label=label, label_source=source)
        pages[page.index] = read
    for sheet in sheets:
        page = pages[sheet.index]
        gone = furniture.lines.get(sheet.index, set()) | find_known(sheet, reading.removed, page.label)
        text = found[sheet.index].without(gone)
        whole = assemble_page(page.index, text.pieces, label=page.label, source=page.label_source)
        pages[sheet.index] = replace(whole, problems=page.problems)
    every = tuple(dict.fromkeys((*reading.removed, *removed)))
    return replace(reading, pages=tuple(pages[page.index] for page in reading.pages), removed=every)
