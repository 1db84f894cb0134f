"""What a release is built of: what is published (or the shipped corpus), less what goes, plus what comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.adding import Desk, Keep, ReadFile, keep_nothing
from ingest.documents import Facts, Found, check_facts
from ingest.editions import left_superseded
from ingest.gathered import Before, Gathered, Taken
from ingest.gathering import Files, find_files
from ingest.readers.document import Wish, read_document
from ingest.split import SPLITTER, split
from kb.errors import InputError, NotFound
from kb.ports import Progress, no_progress
from kb.records import Passage
from kb.releases.opened import OpenRelease
from kb.releases.store import ReleaseStore


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks `bussola ingest` to do."""

    paths: tuple[Path, ...] = ()
    facts: Facts = field(default_factory=Facts)
    remove: tuple[str, ...] = ()
    fresh: bool = False
    wish: Wish = field(default_factory=Wish)
    allow_screened: bool = False


def gather(
    order: Order,
    store: ReleaseStore,
    progress: Progress = no_progress,
    *,
    read: ReadFile = read_document,
    keep: Keep = keep_nothing,
) -> Gathered:
    """
    The documents that an order makes of the store's published release; nothing is written but what keep keeps.

    read is what reads a file; `bussola ingest` gives that of a process that can be killed.

    Raises:
        InputError: an option can't be used, or nothing readable is left.
        UnreadableFile: a file given by name does not exist or can't be read.
        NotFound: a document to remove is not there.
        ReleaseError: the published release is damaged.
    """
    check_facts(order.facts)
    with find_files(order.paths) as files:
        if order.facts.title is not None and len(files.named) + len(files.walked) > 1:
            raise InputError("--title vale per un documento solo, ma ne hai indicati di più: togli --title.")
        gathered = _start(order, store, progress)
        _remove(order.remove, gathered)
        gathered.unsupported = files.unsupported
        gathered.unreadable = list(files.unreadable)
        desk = Desk(order.facts, order.wish, gathered, read=read, keep=keep, allow=order.allow_screened)
        desk.add(files, progress)
    return gathered


def _start(order: Order, store: ReleaseStore, progress: Progress) -> Gathered:
    gathered = Gathered()
    if order.fresh:
        gathered.before = _published(store)
        return gathered
    gathered.base = store.published()
    if gathered.base is None:
        Desk(Facts(), Wish(), gathered).add(Files(named=shipped_files()), progress)
        if order.paths or order.remove:
            gathered.taken = {id_: replace(one, change="kept") for id_, one in gathered.taken.items()}
        return gathered
    with store.open(gathered.base) as release:
        kept = _passages_of(release)
        same = release.manifest.fingerprints.get("splitter") == SPLITTER
        for id_, document in release.documents.items():
            pages = release.pages(id_)
            passages = kept[id_] if same else tuple(split(document, pages))
            gathered.taken[id_] = Taken(document, pages, passages)
        gathered.before = _before(release, kept)
    return gathered


def _published(store: ReleaseStore) -> dict[str, Before]:
    if store.published() is None:
        return {}
    with store.open() as release:
        return _before(release, _passages_of(release))


def _before(release: OpenRelease, kept: Mapping[str, Sequence[Passage]]) -> dict[str, Before]:
    ids = {id_: frozenset(passage.id for passage in passages) for id_, passages in kept.items()}
    return {id_: Before(document, ids[id_]) for id_, document in release.documents.items()}


def _passages_of(release: OpenRelease) -> dict[str, tuple[Passage, ...]]:
    """Every document's passages, in its order."""
    found: dict[str, list[Passage]] = {id_: [] for id_ in release.documents}
    for passage in release.passages:
        found[passage.document].append(passage)
    return {id_: tuple(passages) for id_, passages in found.items()}


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
        gone = gathered.taken.pop(id_).document
        gathered.hints += [
            f"{other}: resta come edizione superata; per rimetterla in vigore rileggila con --status in_force"
            for other in left_superseded(gone, [one.document for one in gathered.taken.values()])
        ]
    gathered.removed = tuple(ids)
