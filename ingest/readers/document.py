"""One document, whole: out of its envelope, read, its scans too when asked, doubtful pages drawn for the report."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.readers.reading import SCRIPT, Hidden, PageStep, Reading, no_step
from ingest.readers.signed import (
    NOT_VERIFIED,
    SUFFIX,
    inner_path,
    names_its_format,
    open_envelope,
    tell_suffix,
)
from ingest.readers.table import read_file
from kb.errors import UnreadableFile

if TYPE_CHECKING:
    from ingest.readers.drawing import PdfDrawing
    from kb.records import Page

MOST_PICTURES = 40
"""Thumbnails a document; a scan of a thousand pages would make a report of megabytes."""
EMPTY = "pagina vuota"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants a document read."""

    password: str | None = None
    ocr: bool = False
    pictures: bool = False
    skip: Mapping[int, str] = field(default_factory=dict)  # PDF pages that must not be read, and why


def read_document(path: Path, wish: Wish | None = None, on_page: PageStep = no_step) -> Reading:
    """
    The reading of a file of any kind, signed or not.

    Raises:
        InputError: a password is missing or wrong.
        UnreadableFile: nothing in it can be read.
    """
    wish = wish or Wish()
    if path.suffix.lower() != SUFFIX:
        return _read(path, wish, on_page)
    with _unwrapped(path) as inner:
        content = inner.read_bytes()
        reading = _read(inner, wish, on_page)
    return replace(reading, notes=(NOT_VERIFIED, *reading.notes), sha256=hashlib.sha256(content).hexdigest())


@contextmanager
def _unwrapped(path: Path) -> Iterator[Path]:
    try:
        content = open_envelope(path.read_bytes(), path.name)
    except OSError as error:
        raise UnreadableFile(f"«{path}» non si apre ({error.strerror}): controlla il percorso e i permessi.") from None
    with tempfile.TemporaryDirectory(prefix="bussola-p7m-") as folder:
        inner = Path(folder) / _inner_name(path, content)
        inner.write_bytes(content)
        yield inner


def _inner_name(path: Path, content: bytes) -> str:
    inner = inner_path(path)
    return inner.name if names_its_format(inner) else inner.name + tell_suffix(content)


def _read(path: Path, wish: Wish, on_page: PageStep) -> Reading:
    try:
        return _read_inner(path, wish, on_page)
    except RecursionError:
        raise UnreadableFile(
            f"«{path.name}» è annidato oltre ogni misura, forse danneggiato: salvalo di nuovo."
        ) from None


def _read_inner(path: Path, wish: Wish, on_page: PageStep) -> Reading:
    if path.suffix.lower() != ".pdf":
        return read_file(path)
    from ingest.readers.pdf.reader import read_pdf

    reading = read_pdf(path, password=wish.password, skip=wish.skip, on_page=on_page)
    if wish.ocr:
        from ingest.readers.scans import read_scans

        reading = read_scans(path, reading, wish.password, on_page)
    return _with_drawings(path, reading, wish)


def _with_drawings(path: Path, reading: Reading, wish: Wish) -> Reading:
    """The reading with what the PDF carries beside its pages, and pictures of the doubtful ones when asked."""
    from ingest.readers.drawing import open_drawing

    try:
        with open_drawing(path, wish.password) as drawing:
            scripts, attached = drawing.scripts(), drawing.attachments()
            pictures = dict(_draw_doubtful(drawing, reading.pages)) if wish.pictures else {}
    except UnreadableFile:
        return reading  # pypdf found its pages where pypdfium2 does not: they are read, but can't be shown
    hidden = (
        [Hidden(1, SCRIPT, f"{scripts} nel PDF, non eseguiti", is_text=False, place="documento")] if scripts else []
    )
    notes = [f"ha allegati, non letti: {', '.join(attached[:5])}; se servono, indicali come file"] if attached else []
    return replace(reading, hidden=(*reading.hidden, *hidden), notes=(*reading.notes, *notes), pictures=pictures)


def _draw_doubtful(drawing: PdfDrawing, pages: Sequence[Page]) -> Iterator[tuple[int, bytes]]:
    for index in [page.index for page in pages if page.problems and page.problems != (EMPTY,)][:MOST_PICTURES]:
        try:
            yield index, drawing.thumbnail(index)
        except UnreadableFile:
            continue  # the report says why the page is doubtful; it only lacks its picture
