"""Opens a PDF with pypdf: passwords, damage, page tree, printed labels; pypdf's errors become ours here."""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path
from typing import Any

from ingest.readers.pdf.marks import Marks
from ingest.readers.pdf.recovery import recover_pages
from ingest.readers.pdf.state import Matrix
from ingest.readers.pdf.stream import StreamRunner
from ingest.readers.pdf.words import FontShelf
from kb.errors import InputError, UnreadableFile

MAX_PAGES = 20_000
_MAX_REBUILT_BYTES = 200_000_000
_DAMAGED = "il PDF è danneggiato o incompleto e non si apre: procurati una copia integra."
_RECOVERED = (
    "il PDF è danneggiato o incompleto: ritrovate {count} pagine, altre possono mancare o stare in altro ordine; "
    "procurati una copia integra"
)
_NO_CONTENT = "il contenuto della pagina manca dal file"
_END = b"\nendobj\nstartxref\n0\n%%EOF\n"


class _Damaged(UnreadableFile):
    """The file can't be opened as it is; pages may be left in it."""


class PdfFile:
    """An open PDF; pages are counted from 1."""

    def __init__(self, path: Path, *, password: str | None = None) -> None:
        """
        Open the file.

        Raises:
            InputError: the file asks for a password that was not given or is wrong.
            UnreadableFile: the file is no PDF, or is too damaged to find its pages.
        """
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports repairs one by one
        self.path = path
        self.notes: tuple[str, ...] = ()
        _must_be_pdf(path)
        try:
            self._reader = _open(path, password)
            self._pages = _page_list(self._reader, path)
        except _Damaged as error:
            self._reader, self._pages = _recovered(path, error)
            self.notes = (_RECOVERED.format(count=sum(page is not None for page in self._pages)),)
        self._fonts = FontShelf()
        self._layers_off = _layers_off(self._reader)

    def __len__(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    def marks(self, index: int) -> Marks:
        """
        What is drawn on page `index` (from 1).

        Raises:
            UnreadableFile: the page is too damaged or too complex to be read; the message is about the page alone.
        """
        if self._pages[index - 1] is None:
            raise UnreadableFile("pagina mancante nel file")
        try:
            return self._marks(self._pages[index - 1])
        except UnreadableFile:
            raise
        except MemoryError:
            raise UnreadableFile("pagina troppo grande per la memoria") from None
        except Exception as error:
            raise UnreadableFile(_page_problem(error)) from error

    def _marks(self, page: Any) -> Marks:
        box = page.cropbox
        left, bottom, width, height = float(box.left), float(box.bottom), float(box.width), float(box.height)
        if width <= 0 or height <= 0:
            left, bottom, width, height = 0.0, 0.0, 595.0, 842.0
        base, width, height = _upright(page.rotation % 360, (left, bottom, width, height))
        marks = Marks(width, height)
        contents = page.get("/Contents")
        contents = contents.get_object() if contents is not None else None
        if contents is None and "/Contents" in page:
            raise UnreadableFile(_NO_CONTENT)
        if contents:
            runner = StreamRunner(
                reader=self._reader, marks=marks, base=base, fonts=self._fonts, layers_off=self._layers_off
            )
            runner.run(contents, page.get("/Resources"))
        if self.notes and "/Contents" in page and not (marks.words or marks.pictures):
            raise UnreadableFile(_NO_CONTENT)
        return marks

    def labels(self) -> list[str] | None:
        """The file's own page labels (/PageLabels), or None where it holds none."""
        try:
            if "/PageLabels" not in self._reader.root_object:
                return None
            labels = [str(label) for label in self._reader.page_labels]
        except Exception:
            return None
        return labels if len(labels) == len(self) else None

    def title(self) -> str | None:
        """The title in the file's information, or None."""
        try:
            title = self._reader.metadata.title if self._reader.metadata else None
        except Exception:
            return None
        return str(title).strip() or None if title else None


def _open(path: Path, password: str | None) -> Any:
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = _reader(path)
        if reader.is_encrypted and not reader.decrypt(password or ""):
            raise InputError(_password_line(path, password))
        return reader
    except InputError:
        raise
    except DependencyError:
        raise InputError(f"{path.name}: cifratura non gestita: salva una copia senza protezione.") from None
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise _Damaged(f"{path.name}: {_DAMAGED}") from error
    except (RecursionError, MemoryError, AssertionError, NotImplementedError) as error:
        raise _Damaged(f"{path.name}: {_DAMAGED}") from error


def _recovered(path: Path, error: UnreadableFile) -> tuple[Any, list[Any]]:
    """pypdf's reader and the pages that are left in a damaged file, or the error where there are none."""
    try:
        reader, pages = recover_pages(path)
    except Exception:
        pages = []
    if not pages or len(pages) > MAX_PAGES:
        raise UnreadableFile(str(error)) from error
    return reader, pages


def _reader(path: Path) -> Any:
    """pypdf's reader; a file whose end is cut off is searched for its objects from the start."""
    from pypdf import PdfReader
    from pypdf.errors import PdfReadError, PdfStreamError

    try:
        return PdfReader(path)
    except PdfStreamError as error:
        if path.stat().st_size > _MAX_REBUILT_BYTES:
            raise
        try:
            return PdfReader(BytesIO(path.read_bytes() + _END))
        except PdfReadError:
            raise error from None


def _page_problem(error: Exception) -> str:
    from pypdf.errors import LimitReachedError

    if isinstance(error, LimitReachedError):
        return "pagina troppo complessa: supera i limiti di lettura"
    return "pagina danneggiata nel file"


def _password_line(path: Path, password: str | None) -> str:
    if password is None:
        return f"{path.name}: il PDF è protetto da password: indicala con --password."
    return f"{path.name}: la password indicata con --password non apre il PDF: controllala."


def _must_be_pdf(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            head = stream.read(1024)
    except OSError as error:
        raise UnreadableFile(f"{path.name}: non si legge ({error.strerror}).") from error
    if not head:
        raise UnreadableFile(f"«{path.name}» è vuoto: chiedine un'altra copia.")
    if b"%PDF-" not in head:
        raise UnreadableFile(f"{path.name}: non è un PDF (manca «%PDF-» all'inizio): controlla il file.")


def _page_list(reader: Any, path: Path) -> list[Any]:
    try:
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise UnreadableFile(f"{path.name}: ha {count} pagine, più delle {MAX_PAGES} ammesse: dividilo.")
        pages = [reader.pages[at] for at in range(count)]
    except UnreadableFile:
        raise
    except Exception as error:
        raise _Damaged(f"{path.name}: {_DAMAGED}") from error
    if not pages:
        raise _Damaged(f"{path.name}: il PDF non contiene pagine leggibili.")
    return pages


def _upright(rotation: int, box: tuple[float, float, float, float]) -> tuple[Matrix, float, float]:
    """The matrix from page space to the page as shown (origin bottom left), with the shown width and height."""
    left, bottom, width, height = box
    if rotation == 90:
        return (0, -1, 1, 0, -bottom, left + width), height, width
    if rotation == 180:
        return (-1, 0, 0, -1, left + width, bottom + height), width, height
    if rotation == 270:
        return (0, 1, -1, 0, bottom + height, -left), height, width
    return (1, 0, 0, 1, -left, -bottom), width, height


def _layers_off(reader: Any) -> set[int]:
    """The ids of the layers that are switched off when the file opens."""
    try:
        default = reader.root_object["/OCProperties"]["/D"]
        return {id(layer.get_object()) for layer in default.get("/OFF", [])}
    except Exception:
        return set()
