"""What changes from one release to another: documents, pages, sections, Drivers and figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Protocol

from kb.language.words import fold
from kb.records import Document, DocumentStatus, Page, Passage
from kb.releases.compare_pages import PagePair, SentenceFigures, align_pages, changed_figures, same_order, same_words
from prompts.replies import name_page

FACT_NAMES = {
    "id": "edizione che prende il posto della precedente",
    "title": "titolo",
    "kind": "tipo",
    "sha256": "contenuto del file",
    "edition": "edizione",
    "date": "data",
    "publisher": "ente",
    "url": "indirizzo",
    "status": "stato",
    "source": "nome del file",
}
"""What may differ of a document, by field, as people call it."""


class Change(StrEnum):
    """What became of something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class ComparedRelease(Protocol):
    """What comparing needs of an open release."""

    @property
    def id(self) -> str:
        """The release's id."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Documents by id."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Every passage, in document order."""

    def pages(self, document: str, /) -> Sequence[Page]:
        """The document's pages in order."""


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document that came, went, or is not what it was; a new edition is a change of the one it takes the place of."""

    document: str  # its id now, or what it was
    title: str
    change: Change
    before: str | None  # id in the older release
    after: str | None
    facts: tuple[str, ...] = ()  # which facts differ: "edition", "sha256", …
    declared: bool = False  # edition or date differ: staff said that the content is new


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page that came, went or reads differently."""

    document: str
    change: Change
    before: int | None  # page index in the older release
    after: int | None
    label: str | None  # as printed: now, or before where it went
    drivers: tuple[int, ...]  # whose text stands on it
    same_words: float = 0.0  # share of the older page's words still there, in [0, 1]
    same_order: float = 0.0  # share of its eight-word runs still there, in [0, 1]
    became_unreadable: bool = False


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section that came or went."""

    document: str
    change: Change
    section: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DriverChange:
    """A Driver of which a document began or ceased to speak."""

    document: str
    change: Change
    driver: int


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure of a sentence that otherwise stayed; an empty side means that there is none."""

    document: str
    title: str
    before: str
    after: str
    page_index: int  # where it stands now, or stood
    page_label: str | None
    driver: int | None
    sentence_before: str
    sentence_after: str
    declared: bool  # the document's edition or date differ: staff said that the content is new

    @property
    def line(self) -> str:
        """The change in one line of Italian: "25% → 27%, Driver 2, p. 109"."""
        page = name_page(self.page_label, self.page_index)
        driver = [f"Driver {self.driver}"] if self.driver is not None else [f"«{self.title}»"]
        return ", ".join([f"{self.before or '(nessuna)'} → {self.after or '(tolta)'}", *driver, page])


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """Everything that differs from one release to another, document after document."""

    before: str
    after: str
    documents: tuple[DocumentChange, ...]
    pages: tuple[PageChange, ...]
    sections: tuple[SectionChange, ...]
    drivers: tuple[DriverChange, ...]
    figures: tuple[FigureChange, ...]

    @property
    def empty(self) -> bool:
        """True when nothing that is read differs."""
        return not (self.documents or self.pages or self.sections or self.drivers or self.figures)

    def to_json(self) -> dict[str, Any]:
        """The difference as plain data; each figure with its line."""
        found = asdict(self)
        for data, change in zip(found["figures"], self.figures, strict=True):
            data["line"] = change.line
        return found


def compare(before: ComparedRelease, after: ComparedRelease) -> ReleaseDiff:
    """
    What changes from the older release to the newer, documents in order of id, pages and figures in reading order.

    Documents match by id; an edition that takes another's place (same title, the older gone or superseded) matches it.
    """
    sides = (_Side(before), _Side(after))
    pairs = _pair_documents(before.documents, after.documents)
    documents: list[DocumentChange] = []
    pages: list[PageChange] = []
    sections: list[SectionChange] = []
    drivers: list[DriverChange] = []
    figures: list[FigureChange] = []
    for old, new in pairs:
        change = _document_change(old, new)
        documents += [change] if change.change is not Change.CHANGED or change.facts else []
        pair = _Pair(change, *sides)
        pages += pair.pages()
        sections += pair.sections()
        drivers += pair.drivers()
        figures += pair.figures()
    return ReleaseDiff(
        before=before.id,
        after=after.id,
        documents=tuple(documents),
        pages=tuple(pages),
        sections=tuple(sections),
        drivers=tuple(drivers),
        figures=tuple(figures),
    )


class _Side:
    """One release, its passages at hand by document."""

    def __init__(self, release: ComparedRelease) -> None:
        self._release = release
        self._passages: dict[str, list[Passage]] = {}
        for passage in release.passages:
            self._passages.setdefault(passage.document, []).append(passage)

    def pages(self, document: str | None) -> Sequence[Page]:
        return self._release.pages(document) if document is not None else ()

    def sections(self, document: str | None) -> dict[tuple[str, ...], None]:
        return dict.fromkeys(passage.section for passage in self._of(document) if passage.section)

    def drivers(self, document: str | None) -> set[int]:
        return {passage.driver for passage in self._of(document) if passage.driver is not None}

    def drivers_on(self, document: str | None, page: Page | None) -> tuple[int, ...]:
        found = {
            one.driver for one in self._of(document) if page and any(s.page_index == page.index for s in one.spans)
        }
        return tuple(sorted(driver for driver in found if driver is not None))

    def driver_at(self, document: str | None, page: Page, place: int) -> int | None:
        for passage in self._of(document):
            if any(span.page_index == page.index and span.start <= place < span.end for span in passage.spans):
                return passage.driver
        return None

    def _of(self, document: str | None) -> list[Passage]:
        return self._passages.get(document, []) if document is not None else []


class _Pair:
    """One document in both releases, or in one."""

    def __init__(self, change: DocumentChange, before: _Side, after: _Side) -> None:
        self._change, self._before, self._after = change, before, after
        aligned = align_pages(before.pages(change.before), after.pages(change.after))
        self._pairs = [pair for pair in aligned if _differ(pair)]

    def pages(self) -> list[PageChange]:
        return [self._page_change(pair) for pair in self._pairs]

    def sections(self) -> list[SectionChange]:
        ours, theirs = self._before.sections(self._change.before), self._after.sections(self._change.after)
        gone = [
            SectionChange(self._change.document, Change.REMOVED, section) for section in ours if section not in theirs
        ]
        come = [
            SectionChange(self._change.document, Change.ADDED, section) for section in theirs if section not in ours
        ]
        return gone + come

    def drivers(self) -> list[DriverChange]:
        ours, theirs = self._before.drivers(self._change.before), self._after.drivers(self._change.after)
        gone = [DriverChange(self._change.document, Change.REMOVED, driver) for driver in sorted(ours - theirs)]
        return gone + [DriverChange(self._change.document, Change.ADDED, driver) for driver in sorted(theirs - ours)]

    def figures(self) -> list[FigureChange]:
        both = [(pair.before, pair.after) for pair in self._pairs]
        return [
            self._figure_change(one, before, after)
            for before, after in both
            if before is not None and after is not None
            for one in changed_figures(before, after)
        ]

    def _page_change(self, pair: PagePair) -> PageChange:
        before, after = pair.before, pair.after
        both = before is not None and after is not None
        ours = self._before.drivers_on(self._change.before, before)
        theirs = self._after.drivers_on(self._change.after, after)
        shown = after or before
        return PageChange(
            document=self._change.document,
            change=Change.CHANGED if both else Change.REMOVED if after is None else Change.ADDED,
            before=before.index if before else None,
            after=after.index if after else None,
            label=shown.label if shown else None,
            drivers=tuple(sorted({*ours, *theirs})),
            same_words=same_words(before, after) if before and after else 0.0,
            same_order=same_order(before, after) if before and after else 0.0,
            became_unreadable=bool(before and after and before.readable and not after.readable),
        )

    def _figure_change(self, one: SentenceFigures, before: Page, after: Page) -> FigureChange:
        now = one.after is not None
        page = after if now else before
        driver = (
            self._after.driver_at(self._change.after, after, one.place_after)
            if now
            else self._before.driver_at(self._change.before, before, one.place_before)
        )
        return FigureChange(
            document=self._change.document,
            title=self._change.title,
            before=one.before.text.strip() if one.before else "",
            after=one.after.text.strip() if one.after else "",
            page_index=page.index,
            page_label=page.label,
            driver=driver,
            sentence_before=one.sentence_before,
            sentence_after=one.sentence_after,
            declared=self._change.declared,
        )


def _differ(pair: PagePair) -> bool:
    if pair.before is None or pair.after is None:
        return True
    return pair.before.text.split() != pair.after.text.split() or pair.before.readable != pair.after.readable


def _pair_documents(
    before: Mapping[str, Document], after: Mapping[str, Document]
) -> list[tuple[Document | None, Document | None]]:
    """Every document of both once or, for an edition that stays as superseded, twice; in order of id."""
    pairs: list[tuple[Document | None, Document | None]] = []
    replaced: set[str] = set()
    for id_ in sorted(after):
        old = before.get(id_) or _older_edition(after[id_], before.values(), after)
        replaced |= {old.id} if old else set()
        pairs.append((old, after[id_]))
    gone = [before[id_] for id_ in sorted(before) if id_ not in after and id_ not in replaced]
    pairs += [(old, None) for old in gone]
    return sorted(pairs, key=lambda pair: next(side.id for side in reversed(pair) if side is not None))


def _older_edition(new: Document, candidates: Iterable[Document], after: Mapping[str, Document]) -> Document | None:
    """The document that a new one takes the place of: the same work, in force before and no longer."""
    for old in candidates:
        now = after.get(old.id)
        left = now is None or now.status is not DocumentStatus.IN_FORCE
        if left and old.status is DocumentStatus.IN_FORCE and old.kind is new.kind and _work(old) & _work(new):
            return old
    return None


def _work(document: Document) -> set[str]:
    """Names by which two editions of one work are known: the title, and the id without the edition."""
    edition = re.sub(r"[^a-z0-9]+", "-", fold(document.edition or "")).strip("-")
    return {fold(document.title), document.id.removesuffix(f"-{edition}") if edition else document.id}


def _document_change(old: Document | None, new: Document | None) -> DocumentChange:
    shown = new or old
    assert shown is not None
    facts: tuple[str, ...] = ()
    if old is not None and new is not None:
        facts = tuple(spec.name for spec in fields(Document) if getattr(old, spec.name) != getattr(new, spec.name))
    return DocumentChange(
        document=shown.id,
        title=shown.title,
        change=Change.ADDED if old is None else Change.REMOVED if new is None else Change.CHANGED,
        before=old.id if old else None,
        after=new.id if new else None,
        facts=facts,
        declared=bool({"edition", "date"} & set(facts)),
    )
