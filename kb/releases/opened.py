"""A release, open for reading."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from kb.errors import BussolaError, NotFound, ReleaseError, StoreError, is_disk_full
from kb.ports import Embedder, LexicalIndex, Matrix, VectorIndex
from kb.records import Document, Page, Passage
from kb.releases.encoding import decode_document, decode_lines, decode_page, decode_passage
from kb.releases.manifest import Manifest, damaged, manifest_from_json
from kb.releases.parts import VECTORS, WORDS, IndexParts, model_name

T = TypeVar("T")


class OpenRelease:
    """
    One release and what is in it; each part is read at its first use and kept.

    Nothing of ours in the folder is ever written again. Chroma is opened in place, which needs a writable
    folder: it rewrites chroma.sqlite3 at every opening (measured on 1.5.9: same size, other bytes), so
    checksums cover our own files only.
    """

    def __init__(self, folder: Path, manifest: Manifest, parts: IndexParts) -> None:
        self.folder = folder
        self.manifest = manifest
        self._parts = parts
        self._lock = threading.RLock()
        self._vectors: VectorIndex | None = None
        self._lexical: LexicalIndex | None = None
        self._pages: dict[str, tuple[Page, ...]] = {}
        self._closed = False

    @classmethod
    def open(cls, folder: Path, *, parts: IndexParts) -> OpenRelease:
        """
        The release that lies in a folder.

        Raises:
            NotFound: the folder is not there.
            ReleaseError: it is there and holds no whole release.
        """
        return cls(folder, read_manifest(folder), parts)

    @property
    def id(self) -> str:
        """The release's id."""
        return self.manifest.id

    @cached_property
    def documents(self) -> dict[str, Document]:
        """Every document by its id, in order of id."""
        found = decode_lines_of(self.folder, "documents.jsonl", self.manifest, decode=decode_document)
        return {document.id: document for document in found}

    @cached_property
    def passages(self) -> list[Passage]:
        """Every passage, document after document, each in its own order."""
        return decode_lines_of(self.folder, "passages.jsonl", self.manifest, decode=decode_passage)

    @cached_property
    def _passages_by_id(self) -> dict[str, Passage]:
        return {passage.id: passage for passage in self.passages}

    def passage(self, id_: str) -> Passage:
        """
        The passage of that id.

        Raises:
            NotFound: this release holds none.
        """
        try:
            return self._passages_by_id[id_]
        except KeyError:
            raise NotFound(f"il passaggio «{id_}» non è nella versione {self.id}: ripeti la ricerca.") from None

    def pages(self, document: str) -> tuple[Page, ...]:
        """
        The pages of a document, in order.

        Raises:
            NotFound: this release holds no such document.
        """
        with self._lock:
            if document not in self._pages:
                self._pages[document] = self._read_pages(document)
            return self._pages[document]

    def page(self, document: str, index: int) -> Page:
        """
        A page by its index, from 1.

        Raises:
            NotFound: this release holds no such document or page.
        """
        pages = self.pages(document)
        if 0 < index <= len(pages) and pages[index - 1].index == index:
            return pages[index - 1]
        for page in pages:
            if page.index == index:
                return page
        raise NotFound(f"il documento «{document}» non ha una pagina {index}: ne ha {len(pages)}.")

    @property
    def vectors(self) -> VectorIndex:
        """The vectors' index, opened at first use."""
        with self._lock:
            if self._vectors is None:
                self._vectors = self._read(lambda: self._parts.open_vectors(self.folder / VECTORS), "chroma")
            return self._vectors

    @property
    def lexical(self) -> LexicalIndex:
        """The words' index, loaded at first use."""
        with self._lock:
            if self._lexical is None:
                self._lexical = self._read(lambda: self._parts.load_lexical(self.folder / WORDS), WORDS)
            return self._lexical

    @cached_property
    def matrix(self) -> Matrix:
        """The passages' vectors in their order, n × dimension, rows of length 1, mapped from disk and read-only."""
        found: Matrix = self._read(lambda: np.load(self.folder / "vectors.npy", mmap_mode="r"), "vectors.npy")
        if found.ndim != 2 or len(found) != self.manifest.passages:
            raise damaged(self.id, f"vectors.npy ha forma {found.shape}, i passaggi sono {self.manifest.passages}")
        return found

    def check_embedder(self, embedder: Embedder) -> None:
        """
        Nothing, when questions put through this embedder can be compared with the release's vectors.

        Precision may differ: a release built in eight bits serves on a processor without them (cosine 0.9997).

        Raises:
            ReleaseError: the release was built with another model or prefix.
        """
        built_with = self.manifest.fingerprints.get("embedder", "")
        if model_name(embedder.fingerprint) == model_name(built_with):
            return
        before, now = (fingerprint.partition("|")[0] for fingerprint in (built_with, embedder.fingerprint))
        if before == now:
            raise ReleaseError(
                f"la versione {self.id} è stata costruita con un'altra edizione del modello «{now}»: "
                "ricostruiscila con «bussola ingest»."
            )
        raise ReleaseError(
            f"la versione {self.id} è stata costruita con il modello «{before}», ora è attivo «{now}»: "
            "rimetti BUSSOLA_EMBED_MODEL com'era o ricostruiscila con «bussola ingest»."
        )

    def close(self) -> None:
        """Free the indexes; closing twice is harmless, reading an index afterwards is an error."""
        with self._lock:
            self._closed = True
            if self._vectors is not None:
                self._vectors.close()
            self._vectors = self._lexical = None

    def __enter__(self) -> OpenRelease:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _read(self, open_part: Callable[[], T], name: str) -> T:
        if self._closed:
            raise ReleaseError(f"la versione {self.id} è stata chiusa: riaprila.")
        try:
            return open_part()
        except (BussolaError, OSError, EOFError, ValueError, KeyError, TypeError) as error:
            if is_disk_full(error):  # Chroma writes at every opening
                raise ReleaseError(
                    f"la versione {self.id} non si apre ({name}): il disco è pieno. Libera spazio e riprova."
                ) from error
            told = f"{name}: {error}" if isinstance(error, BussolaError) else f"{name} non si legge"
            raise damaged(self.id, told) from error

    @cached_property
    def _page_lines(self) -> list[bytes]:
        return [line for line in read_checked(self.folder, "pages.jsonl", self.manifest).split(b"\n") if line]

    def _read_pages(self, document: str) -> tuple[Page, ...]:
        # Lines stand in the order of the manifest's documents, so each document's are a stretch of them.
        ends = list(accumulate(entry.pages for entry in self.manifest.documents))
        for entry, end in zip(self.manifest.documents, ends, strict=True):
            if entry.document.id == document:
                stretch = b"\n".join(self._page_lines[end - entry.pages : end])
                return tuple(_decode(self.manifest.id, "pages.jsonl", stretch, decode_page))
        raise NotFound(f"il documento «{document}» non è nella versione {self.id}: vedi «bussola show {self.id}».")


def read_manifest(folder: Path) -> Manifest:
    """
    The manifest of a release folder.

    Raises:
        NotFound: the folder is not there.
        ReleaseError: it holds no manifest that can be used.
    """
    if not folder.is_dir():
        raise NotFound(f"la versione «{folder.name}» non esiste: vedi «bussola releases».")
    try:
        text = (folder / "manifest.json").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise damaged(folder.name, "manifest.json manca o non si legge") from None
    return manifest_from_json(text, folder_name=folder.name)


def read_checked(folder: Path, name: str, manifest: Manifest) -> bytes:
    """
    The bytes of one of our files.

    Raises:
        ReleaseError: it is missing, or is not what the manifest says.
    """
    try:
        data = (folder / name).read_bytes()
    except OSError:
        raise damaged(manifest.id, f"{name} manca o non si legge") from None
    if hashlib.sha256(data).hexdigest() != manifest.files.get(name):
        raise damaged(manifest.id, f"{name} non è quello che fu scritto")
    return data


def changed_file(folder: Path, manifest: Manifest) -> str | None:
    """The first of our files that is missing or is not what the manifest says; None when all are."""
    return next((name for name, digest in manifest.files.items() if file_digest(folder / name) != digest), None)


def file_digest(path: Path) -> str | None:
    """The SHA-256 of a file, read a piece at a time; None where it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def check_whole(folder: Path, *, parts: IndexParts) -> Manifest:
    """
    The manifest of a release of which every part is there and unchanged.

    Raises:
        NotFound: the folder is not there.
        ReleaseError: a file is missing or changed, the vectors are not the passages', or words kept elsewhere are not
            those that were written.
    """
    with OpenRelease.open(folder, parts=parts) as release:
        if changed := changed_file(folder, release.manifest):
            raise damaged(release.id, f"{changed} manca o non è quello che fu scritto")
        try:
            indexed = release.vectors.ids()
        except StoreError as error:
            raise damaged(release.id, f"chroma: {error}") from error
        if indexed != {passage.id for passage in release.passages}:
            raise damaged(release.id, "chroma non ha gli stessi passaggi")
        try:
            parts.check_lexical(folder / WORDS)
        except StoreError as error:
            raise damaged(release.id, f"{WORDS}: {error}") from error
        return release.manifest


def decode_lines_of(
    folder: Path, name: str, manifest: Manifest, *, decode: Callable[[Mapping[str, Any]], T]
) -> list[T]:
    """
    The records of one of our files.

    Raises:
        ReleaseError: it is missing, changed or of another form.
    """
    return _decode(manifest.id, name, read_checked(folder, name, manifest), decode)


def _decode(release: str, name: str, data: bytes, decode: Callable[[Mapping[str, Any]], T]) -> list[T]:
    try:
        return decode_lines(data, decode)
    except ValueError as error:
        raise damaged(release, f"{name} non si legge") from error
