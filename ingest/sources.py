"""The original files, kept by what they hold, so that a page can be shown as it was printed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ingest.readers.signed import SUFFIX, open_envelope
from kb.errors import StoreError
from kb.records import Document
from kb.releases.folders import put_file

FOLDER = "sources"


class SourceStore:
    """The folder `sources` of a home: each file is named by its SHA-256 and never changes."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def find(self, document: Document) -> Path | None:
        """The document's original file, or None where it was not kept."""
        path = self._folder / document.sha256
        return path if path.is_file() else None

    def keep(self, path: Path, document: Document) -> None:
        """
        Keep the file that a document was read from, out of its signed envelope; one that is kept already stays.

        Raises:
            StoreError: the folder can't be written.
        """
        if self.find(document):
            return
        try:
            content = path.read_bytes()
            if path.suffix.lower() == SUFFIX:
                content = open_envelope(content, path.name)
            if hashlib.sha256(content).hexdigest() == document.sha256:  # else it changed since it was read
                put_file(self._folder / document.sha256, content)
        except OSError as error:
            raise StoreError(
                f"«{path.name}» non si può conservare in {self._folder} ({error.strerror}): controlla spazio e "
                "permessi."
            ) from None
