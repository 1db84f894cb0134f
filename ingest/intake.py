"""What a release is built of: what is published (or the shipped corpus), less what goes, plus what comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.documents import Facts, Found, check_facts, make_document
from ingest.gathering import Files, find_files
from ingest.readers.reading import Reading
from ingest.readers.table import READERS_VERSION, read_file
from ingest.split import SPLITTER, split
from kb.errors import BussolaError, InputError, NotFound, UnreadableFile
from kb.ports import Progress, no_progress
from kb.records import Document, Page, Passage
from kb.releases.build import Intake
from kb.releases.store import ReleaseStore


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks `bussola ingest` to do."""

    paths: tuple[Path, ...] = ()
    facts: Facts = field(default_factory=Facts)
    remove: tuple[str, ...] = ()
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A document with its pages and passages, and how it came in."""

    document: Document
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    change: str = "kept"  # "added" | "replaced" | "unchanged" | "kept"
    repairs: Mapping[str, int] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Gathered:
    """The documents of the release to be, and what happened on the way."""

    taken: dict[str, Taken] = field(default_factory=dict)  # by document id
    base: str | None = None  # the published release that was the start; None for the shipped corpus or nothing
    duplicates: list[tuple[str, str]] = field(default_factory=list)  # file, id of the document that it equals
    unreadable: list[tuple[str, str]] = field(default_factory=list)  # file in a folder, why
    unsupported: list[str] = field(default_factory=list)
    removed: tuple[str, ...] = ()

    def intake(self) -> Intake:
        """Everything that the release is built of."""
        taken = list(self.taken.values())
        return Intake(
            documents=[one.document for one in taken],
            pages=[page for one in taken for page in one.pages],
            passages=[passage for one in taken for passage in one.passages],
            fingerprints={"reader": READERS_VERSION, "splitter": SPLITTER},
        )


def gather(order: Order, store: ReleaseStore, progress: Progress = no_progress) -> Gathered:
    """
    The documents that an order makes of the store's published release; nothing is written.

    Raises:
        InputError: an option can't be used, or nothing readable is left.
        UnreadableFile: a file given by name does not exist or can't be read.
        NotFound: a document to remove is not there.
        ReleaseError: the published release is damaged.
    """
    check_facts(order.facts)
    files = find_files(order.paths)
    if order.facts.title is not None and len(files.named) + len(files.walked) > 1:
        raise InputError("--title vale per un documento solo, ma ne hai indicati di più: togli --title.")
    gathered = _start(order, store, progress)
    _remove(order.remove, gathered)
    gathered.unsupported = files.unsupported
    _add(files, order.facts, gathered, progress)
    return gathered


def _start(order: Order, store: ReleaseStore, progress: Progress) -> Gathered:
    gathered = Gathered()
    if order.fresh:
        return gathered
    gathered.base = store.published()
    if gathered.base is None:
        _add(Files(named=shipped_files()), Facts(), gathered, progress)
        if order.paths or order.remove:
            gathered.taken = {id_: replace(one, change="kept") for id_, one in gathered.taken.items()}
        return gathered
    with store.open(gathered.base) as release:
        for id_, document in release.documents.items():
            pages = tuple(release.pages(id_))
            gathered.taken[id_] = Taken(document, pages, tuple(split(document, pages)))
    return gathered


def shipped_files() -> list[Found]:
    """The corpus that comes with Bussola: driver records and guide pages."""
    import kb.corpus

    root = Path(kb.corpus.__file__).parent
    files = [*sorted(root.glob("drivers/*.yaml")), *sorted(root.glob("guide/*.md"))]
    return [Found(path, path.relative_to(root)) for path in files]


def _remove(ids: Sequence[str], gathered: Gathered) -> None:
    for id_ in ids:
        if id_ not in gathered.taken:
            known = ", ".join(sorted(gathered.taken)[:8]) or "nessuno"
            raise NotFound(f"il documento «{id_}» da togliere non c'è; ci sono: {known} (vedi «bussola show ID»).")
        del gathered.taken[id_]
    gathered.removed = tuple(ids)


def _add(files: Files, facts: Facts, gathered: Gathered, progress: Progress) -> None:
    every = [(found, True) for found in files.named] + [(found, False) for found in files.walked]
    fresh: set[str] = set()
    for done, (found, named) in enumerate(every):
        progress("lettura dei documenti", done, len(every))
        try:
            _add_one(found, facts, gathered, fresh)
        except BussolaError as error:
            if named:
                raise
            gathered.unreadable.append((found.inside.as_posix(), str(error)))
    if every:
        progress("lettura dei documenti", len(every), len(every))
    if files.walked and not fresh and not gathered.duplicates:
        name, why = gathered.unreadable[0]
        raise InputError(f"nessuno dei {len(files.walked)} file si legge; il primo è «{name}»: {why}")


def _add_one(found: Found, facts: Facts, gathered: Gathered, fresh: set[str]) -> None:
    reading = read_file(found.path)
    document = make_document(found, found.path.read_bytes(), reading, facts)
    if document.id in fresh:
        document = replace(document, id=f"{document.id}-{found.path.suffix.lower().lstrip('.')}")
    same = _same_content(document, gathered.taken)
    if same is not None:
        gathered.duplicates.append((found.inside.as_posix(), same))
        return
    taken = _take(document, reading, found.path)
    before = gathered.taken.get(document.id)
    gathered.taken[document.id] = replace(taken, change=_change(before, taken))
    fresh.add(document.id)


def _same_content(document: Document, taken: Mapping[str, Taken]) -> str | None:
    """Another document of the same bytes and edition, or None."""
    for id_, one in taken.items():
        if id_ != document.id and (one.document.sha256, one.document.edition) == (document.sha256, document.edition):
            return id_
    return None


def _take(document: Document, reading: Reading, path: Path) -> Taken:
    pages = tuple(replace(page, document=document.id) for page in reading.pages)
    if not any(page.readable and page.text.strip() for page in pages):
        why = next((problem for page in pages for problem in page.problems), "non contiene testo")
        raise UnreadableFile(f"«{path.name}»: nessuna pagina si legge ({why}); serve una copia con il testo.")
    passages = tuple(split(document, pages))
    return Taken(document, pages, passages, "added", reading.repairs, reading.removed, reading.notes)


def _change(before: Taken | None, after: Taken) -> str:
    if before is None:
        return "added"
    same = before.document == after.document and before.pages == after.pages
    return "unchanged" if same else "replaced"
