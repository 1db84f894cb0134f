"""The documents of the release to be: each with its pages and passages, and what happened on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.readers.table import READERS_VERSION
from ingest.screen import Screened
from ingest.split import SPLITTER
from kb.records import Document, Page, Passage
from kb.releases.build import Intake


@dataclass(frozen=True, slots=True)
class Taken:
    """A document with its pages and passages, and how it came in."""

    document: Document
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    change: str = "kept"  # "added" | "replaced" | "unchanged" | "kept" | "superseded"
    repairs: Mapping[str, int] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    screened: tuple[Screened, ...] = ()
    pictures: Mapping[int, bytes] = field(default_factory=dict)  # PNG thumbnails of doubtful pages


@dataclass(frozen=True, slots=True)
class Before:
    """A document of the published release: what it was, and which passages it had."""

    document: Document
    passages: frozenset[str]  # ids


@dataclass(slots=True)
class Gathered:
    """The documents of the release to be, and what happened on the way."""

    taken: dict[str, Taken] = field(default_factory=dict)  # by document id
    base: str | None = None  # the published release that was the start; None for the shipped corpus or nothing
    before: Mapping[str, Before] = field(default_factory=dict)  # what is published, by document id
    duplicates: list[tuple[str, str]] = field(default_factory=list)  # file, id of the document that it equals
    superseded: list[tuple[str, str]] = field(default_factory=list)  # id of an older edition, id of the newer
    renamed: list[tuple[str, str]] = field(default_factory=list)  # id that was, id that is now
    unreadable: list[tuple[str, str]] = field(default_factory=list)  # file in a folder, why
    unsupported: list[str] = field(default_factory=list)
    removed: tuple[str, ...] = ()
    hints: list[str] = field(default_factory=list)  # what staff may want to do next, one Italian line each

    def intake(self) -> Intake:
        """Everything that the release is built of."""
        taken = list(self.taken.values())
        return Intake(
            documents=[one.document for one in taken],
            pages=[page for one in taken for page in one.pages],
            passages=[passage for one in taken for passage in one.passages],
            fingerprints={"reader": READERS_VERSION, "splitter": SPLITTER},
        )
