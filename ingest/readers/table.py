"""Which reader reads which file: one table, by suffix."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from ingest.readers.reading import Reading
from ingest.readers.signed import inner_path, names_its_format
from kb.errors import UnreadableFile

READERS: dict[str, str] = {
    ".txt": "ingest.readers.text:read_text",
    ".md": "ingest.readers.markdown:read_markdown",
    ".markdown": "ingest.readers.markdown:read_markdown",
    ".rst": "ingest.readers.restructured:read_restructured",
    ".html": "ingest.readers.hypertext:read_html",
    ".htm": "ingest.readers.hypertext:read_html",
    ".docx": "ingest.readers.office:read_docx",
    ".odt": "ingest.readers.office:read_odt",
    ".yaml": "ingest.readers.adapters:read_record_file",
    ".yml": "ingest.readers.adapters:read_record_file",
    ".pdf": "ingest.readers.adapters:read_pdf_file",
    ".p7m": "ingest.readers.document:read_document",
}
"""Each suffix's reader, imported only when a file asks for it."""

READERS_VERSION = "bussola-readers-5"
"""Fingerprint of the readers: raise it when one gives other pages for the same file."""


def is_supported(path: Path) -> bool:
    """True when a reader knows this kind of file; of a signed envelope, the document inside."""
    inner = inner_path(path)
    return inner.suffix.lower() in READERS or (inner != path and not names_its_format(inner))


def read_file(path: Path) -> Reading:
    """
    The pages of a file, by the reader of its suffix.

    Raises:
        UnreadableFile: no reader for that suffix, or nothing readable in it.
    """
    place = READERS.get(path.suffix.lower())
    if place is None:
        known = ", ".join(READERS)
        raise UnreadableFile(
            f"«{path.name}»: il formato «{path.suffix or 'senza estensione'}» non si legge; usa {known}."
        )
    module, _, name = place.partition(":")
    reader: Callable[[Path], Reading] = getattr(importlib.import_module(module), name)
    try:
        return reader(path)
    except OSError as error:
        raise UnreadableFile(f"«{path}» non si apre ({error.strerror}): controlla il percorso e i permessi.") from None
