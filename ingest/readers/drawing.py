"""PDF pages drawn by pypdfium2: grey pictures for Tesseract, small ones for the report."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import UnreadableFile

Grey = NDArray[np.uint8]
"""Rows × columns, 0 black, 255 white."""

POINTS_PER_INCH = 72
_MOST_PIXELS = 40_000_000  # an A0 sheet at 150 dots an inch; a page may claim to be kilometres wide
_THUMBNAIL_PIXELS = 220  # width


class PdfDrawing:
    """An open PDF whose pages can be drawn; pages are counted from 1."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def draw(self, index: int, dots_per_inch: float) -> Grey:
        """
        A page as a grey picture, at fewer dots where it is enormous.

        Raises:
            UnreadableFile: the page can't be drawn; the message is about the page alone.
        """
        import pypdfium2

        try:
            page = self._document[index - 1]
            width, height = page.get_size()
            wanted = dots_per_inch / POINTS_PER_INCH
            most = (_MOST_PIXELS / max(1.0, width * height)) ** 0.5
            bitmap = page.render(scale=min(wanted, most), grayscale=True)
            picture: Grey = np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
            bitmap.close()
            page.close()
        except (pypdfium2.PdfiumError, ValueError, OSError, MemoryError, IndexError):
            raise UnreadableFile("pagina che non si riesce a disegnare") from None
        return picture

    def scripts(self) -> int:
        """How many scripts the document carries; nobody runs them here."""
        from pypdfium2.raw import FPDFDoc_GetJavaScriptActionCount

        return max(0, int(FPDFDoc_GetJavaScriptActionCount(self._document.raw)))

    def attachments(self) -> list[str]:
        """The names of the files that are attached to the document."""
        import pypdfium2

        try:
            return [self._document.get_attachment(at).get_name() for at in range(self._document.count_attachments())]
        except pypdfium2.PdfiumError:
            return []

    def thumbnail(self, index: int) -> bytes:
        """
        A page as a small grey PNG.

        Raises:
            UnreadableFile: the page can't be drawn.
        """
        picture = self.draw(index, 50)
        step = max(1, round(picture.shape[1] / _THUMBNAIL_PIXELS))
        return encode_png(_shrink(picture, step))


@contextmanager
def open_drawing(path: Path, password: str | None) -> Iterator[PdfDrawing]:
    """
    A PDF, open for drawing while the context lasts.

    Raises:
        UnreadableFile: pypdfium2 can't open it.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path, password=password)
    except pypdfium2.PdfiumError:
        raise UnreadableFile(f"«{path.name}»: le pagine non si possono disegnare, il file è danneggiato.") from None
    try:
        yield PdfDrawing(document)
    finally:
        document.close()


def _shrink(picture: Grey, step: int) -> Grey:
    """The picture with each step × step square as its mean."""
    rows, columns = picture.shape[0] // step * step, picture.shape[1] // step * step
    if step == 1 or not rows or not columns:
        return picture
    squares = picture[:rows, :columns].reshape(rows // step, step, columns // step, step)
    means: Grey = squares.mean(axis=(1, 3)).astype(np.uint8)
    return means


def encode_png(picture: Grey) -> bytes:
    """
    The picture as a PNG file, eight bits a value: grey, or red, green and blue where it has three values a dot.

    Source: PNG specification, third edition, 5 and 7: signature, chunks, each row after its filter's number (0).
    """
    height, width = picture.shape[:2]
    rows = b"".join(b"\x00" + row.tobytes() for row in picture)
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if picture.ndim == 3 else 0, 0, 0, 0)
    chunks: Sequence[tuple[bytes, bytes]] = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def encode_pgm(picture: Grey) -> bytes:
    """The picture as a PGM file, which Tesseract reads from its standard input."""
    height, width = picture.shape
    return b"P5 %d %d 255\n" % (width, height) + picture.tobytes()
