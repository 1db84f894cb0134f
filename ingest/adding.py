"""Files become documents of the release to be: read, screened, told from duplicates and other editions, split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ingest.documents import Facts, Found, keep_facts, make_document
from ingest.editions import settle_editions, work_id
from ingest.gathered import Gathered, Taken
from ingest.gathering import Files
from ingest.readers.document import EMPTY, Wish, read_document
from ingest.readers.reading import PageStep, Reading
from ingest.screen import Screened, screen
from ingest.split import split
from kb.errors import BussolaError, InputError, UnreadableFile
from kb.language.words import fold
from kb.ports import Progress, no_progress
from kb.records import Document, Page


class ReadFile(Protocol):
    """Reads one file; see ingest.readers.document.read_document."""

    def __call__(self, path: Path, wish: Wish, on_page: PageStep) -> Reading:
        """The file's reading."""


Keep = Callable[[Path, Document], None]
"""Puts the original file of a document aside; see ingest.sources."""


def keep_nothing(_path: Path, _document: Document) -> None:
    """Leave the file where it is."""


class Desk:
    """Where files come in, one after the other, and documents go out to what is gathered."""

    def __init__(
        self,
        facts: Facts,
        wish: Wish,
        gathered: Gathered,
        *,
        read: ReadFile = read_document,
        keep: Keep = keep_nothing,
        allow: bool = False,
    ) -> None:
        self._facts, self._wish, self._gathered = facts, wish, gathered
        self._read, self._keep, self._allow = read, keep, allow
        self._fresh: set[str] = set()

    def add(self, files: Files, progress: Progress = no_progress) -> None:
        """
        Add every file; what stands in folders and can't be read is noted, the rest goes on.

        Raises:
            InputError, UnreadableFile: a file given by name can't be read, or none in the folders can.
        """
        every = [(found, True) for found in files.named] + [(found, False) for found in files.walked]
        for done, (found, named) in enumerate(every):
            progress("lettura dei documenti", done, len(every))
            try:
                self._add_one(found, progress)
            except BussolaError as error:
                if named:
                    raise
                self._gathered.unreadable.append((found.inside.as_posix(), str(error)))
        if every:
            progress("lettura dei documenti", len(every), len(every))
        if files.walked and not self._fresh and not self._gathered.duplicates:
            name, why = self._gathered.unreadable[0]
            raise InputError(f"nessuno dei {len(files.walked)} file si legge; il primo è «{name}»: {why}")

    def _add_one(self, found: Found, progress: Progress) -> None:
        whole = self._read(found.path, self._wish, lambda page, total: progress("pagine", page, total))
        reading, screened = screen(whole, allow=self._allow)
        document = make_document(found, reading, self._facts)
        document = replace(document, id=self._free_id(document.id, found))
        before = self._gathered.taken.get(document.id)
        if before is not None:
            said = "\n".join(page.text for page in before.pages)
            document = keep_facts(document, before.document, said, given=self._facts, reading=reading)
        same = self._same_content(document)
        if same is not None:
            self._keep(found.path, self._gathered.taken[same].document)
            self._note_duplicate(found, same)
            return
        document = self._settle(document)
        notes = (*reading.notes, *self._hints(document))
        taken = _take(document, replace(reading, notes=notes), screened, found.path)
        self._gathered.taken[document.id] = replace(taken, change=_change(before, taken))
        self._fresh.add(document.id)
        self._keep(found.path, document)

    def _note_duplicate(self, found: Found, same: str) -> None:
        self._gathered.duplicates.append((found.inside.as_posix(), same))
        source = self._gathered.taken[same].document.source
        if self._facts != Facts() and same not in self._fresh:
            self._gathered.hints.append(
                f"{same}: i dati indicati non sono stati applicati; per cambiarli dai al file il nome «{source}»"
            )

    def _free_id(self, id_: str, found: Found) -> str:
        """The id, told apart from those of files of the same name that came before in this run."""
        if id_ not in self._fresh:
            return id_
        id_ = f"{id_}-{found.path.suffix.lower().lstrip('.')}"
        number, free = 2, id_
        while free in self._fresh:
            free, number = f"{id_}-{number}", number + 1
        return free

    def _same_content(self, document: Document) -> str | None:
        """Another document of the same bytes and edition, or None; one that now gets its edition makes place."""
        taken = self._gathered.taken
        for id_, one in list(taken.items()):
            if id_ == document.id or one.document.sha256 != document.sha256:
                continue
            if one.document.edition == document.edition:
                return id_
            if one.document.edition is None and id_ == work_id(document) and id_ not in self._fresh:
                del taken[id_]
                self._gathered.renamed.append((id_, document.id))
        return None

    def _settle(self, document: Document) -> Document:
        """The document with its place among its editions; older ones in force become superseded."""
        taken = self._gathered.taken
        others = [one.document for one in taken.values()]
        document, changed = settle_editions(document, others, status_given=self._facts.status is not None)
        for other in changed:
            change = "superseded" if taken[other.id].change == "kept" else taken[other.id].change
            taken[other.id] = replace(taken[other.id], document=other, change=change)
            self._gathered.superseded.append((other.id, document.id))
        return document

    def _hints(self, document: Document) -> list[str]:
        """What staff should know of documents with the same title that this one does not replace."""
        twins = [
            id_
            for id_, one in self._gathered.taken.items()
            if id_ != document.id
            and one.document.edition is document.edition is None
            and fold(one.document.title) == fold(document.title)
        ]
        return [
            f"ha lo stesso titolo di «{id_}»: se lo sostituisce, aggiungi --remove {id_}; "
            "se è un'altra edizione, indicala con --edition"
            for id_ in twins
        ]


def _take(document: Document, reading: Reading, screened: tuple[Screened, ...], path: Path) -> Taken:
    pages = tuple(replace(page, document=document.id) for page in reading.pages)
    if not any(page.readable and page.text.strip() for page in pages):
        raise UnreadableFile(_why_nothing(pages, screened, path))
    passages = tuple(split(document, pages))
    return Taken(
        document,
        pages,
        passages,
        "added",
        repairs=reading.repairs,
        removed=reading.removed,
        notes=reading.notes,
        screened=screened,
        pictures=reading.pictures,
    )


def _why_nothing(pages: tuple[Page, ...], screened: tuple[Screened, ...], path: Path) -> str:
    if any(not one.allowed for one in screened):
        why = screened[0].reason
        return f"«{path.name}»: tutto il testo è sospetto ({why}); se è lecito, usa --allow-screened."
    if all(EMPTY in page.problems for page in pages):
        return (
            f"«{path.name}»: le pagine sono vuote; se dovrebbe avere del testo è danneggiato: chiedine un'altra copia."
        )
    why = next((problem for page in pages for problem in page.problems), "non contiene testo")
    return f"«{path.name}»: nessuna pagina si legge ({why}); usa --ocr o una copia con il testo."


def _change(before: Taken | None, after: Taken) -> str:
    if before is None:
        return "added"
    same = before.document == after.document and before.pages == after.pages
    return "unchanged" if same else "replaced"
