"""What a candidate's documents lost or gained unannounced: pages, Drivers, figures, reading order, planted orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from evals.thresholds import Thresholds
from ingest.instructions import find_instructions
from ingest.screen import INSTRUCTION
from kb.records import Document, Page, Passage
from kb.releases.compare import Change, PageChange, ReleaseDiff
from prompts.replies import name_page

SHOWN = 5
"""How many of a kind a reason names; the report has them all."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason not to publish."""

    rule: str  # a stable code
    reason: str  # in Italian: what, where, how much
    questions: tuple[str, ...] = ()  # golden questions that show it
    why: str = ""  # why the rule is there

    def to_json(self) -> dict[str, Any]:
        """The fault as plain data."""
        return {"rule": self.rule, "reason": self.reason, "questions": list(self.questions), "why": self.why}


class Pages(Protocol):
    """What is read of a release."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Documents by id."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Every passage."""

    def pages(self, document: str, /) -> Sequence[Page]:
        """The document's pages in order."""


def find_losses(diff: ReleaseDiff, thresholds: Thresholds) -> list[Fault]:
    """The faults of a candidate against the published release, in order of gravity; declared news are none."""
    declared = {change.document for change in diff.documents if change.declared}
    pages = [page for page in diff.pages if page.document not in declared]
    gone = {change.document for change in diff.documents if change.change is Change.REMOVED}
    return [
        *_changed_figures(diff),
        *_lost_documents(diff),
        *_lost_drivers(diff, declared, gone),
        *_lost_pages([page for page in pages if page.document not in gone]),
        *_mixed_columns(diff.pages, thresholds),
        *_newly_unreadable(diff.pages),
    ]


def find_dangers(candidate: Pages, published: Pages | None, thresholds: Thresholds) -> list[Fault]:
    """The faults that a candidate shows by itself: orders to a model, documents that can hardly be read."""
    return [*_planted(candidate, published), *_unreadable(candidate, published, thresholds)]


def _changed_figures(diff: ReleaseDiff) -> list[Fault]:
    silent = [change for change in diff.figures if not change.declared]
    if not silent:
        return []
    reason = f"cifre cambiate senza dichiarare una nuova edizione o data: {name_some([one.line for one in silent])}"
    why = (
        "Una cifra che cambia in silenzio può essere un errore o una manomissione: se è giusta, acquisisci di nuovo "
        "il file con la sua edizione (--edition) o data (--date)."
    )
    return [Fault("figure_changed", reason, why=why)]


def _lost_documents(diff: ReleaseDiff) -> list[Fault]:
    lost = [f"«{change.title}» ({change.document})" for change in diff.documents if change.change is Change.REMOVED]
    why = "Chi chiedeva di quel documento non avrà più risposta."
    return [Fault("document_lost", f"documenti che non ci sono più: {name_some(lost)}", why=why)] if lost else []


def _lost_drivers(diff: ReleaseDiff, declared: set[str], gone: set[str]) -> list[Fault]:
    lost = [
        f"Driver {change.driver} in «{change.document}»"
        for change in diff.drivers
        if change.change is Change.REMOVED and change.document not in declared | gone
    ]
    why = "Un Driver che manca in un'edizione che non si dichiara nuova è una pagina persa."
    return (
        [Fault("driver_lost", f"Driver di cui il documento non parla più: {name_some(lost)}", why=why)] if lost else []
    )


def _lost_pages(pages: Iterable[PageChange]) -> list[Fault]:
    lost = [_name(page) for page in pages if page.change is Change.REMOVED]
    why = "Una pagina che manca in un'edizione che non si dichiara nuova è persa, non superata."
    return [Fault("page_lost", f"pagine che non ci sono più: {name_some(lost)}", why=why)] if lost else []


def _mixed_columns(pages: Iterable[PageChange], thresholds: Thresholds) -> list[Fault]:
    mixed = [
        f"{_name(page)} (parole uguali {_percent(page.same_words)}, nello stesso ordine {_percent(page.same_order)})"
        for page in pages
        if page.change is Change.CHANGED
        and page.same_words >= thresholds.same_words
        and page.same_order < thresholds.same_order
    ]
    reason = f"ordine di lettura rotto, come di colonne mescolate: {name_some(mixed)}"
    return [Fault("reading_order", reason, why=thresholds.order_reason)] if mixed else []


def _newly_unreadable(pages: Iterable[PageChange]) -> list[Fault]:
    lost = [_name(page) for page in pages if page.became_unreadable]
    why = "Ciò che prima si leggeva non può sparire in silenzio."
    return (
        [Fault("page_unreadable", f"pagine che prima si leggevano e ora no: {name_some(lost)}", why=why)]
        if lost
        else []
    )


def _planted(candidate: Pages, published: Pages | None) -> list[Fault]:
    """Instructions that stand in the text, or that ingestion kept out, where the published release has none."""
    before = _orders(published) if published is not None else set()
    found = sorted(_orders(candidate) - before)
    names = [f"«{document}», {page}: {text}" for document, page, text in found]
    why = "Un documento che dà ordini a un modello è stato manomesso, o va guardato da una persona prima di usarlo."
    return [Fault("instruction", f"istruzioni rivolte a un modello: {name_some(names)}", why=why)] if found else []


def _orders(release: Pages) -> set[tuple[str, str, str]]:
    """(document, page, what) for every order."""
    found = set()
    for document in release.documents:
        for page in release.pages(document):
            shown = name_page(page.label, page.index)
            if any(INSTRUCTION in problem for problem in page.problems):
                found.add((document, shown, "tolta dal testo durante la lettura"))
            lines = page.text.split("\n")
            found |= {(document, shown, f"«{lines[at][:100]}»") for at in find_instructions(lines)}
    return found


def _unreadable(candidate: Pages, published: Pages | None, thresholds: Thresholds) -> list[Fault]:
    known = set(published.documents) if published is not None else set()
    bad = []
    for id_ in candidate.documents:
        pages = candidate.pages(id_)
        share = sum(not page.readable for page in pages) / len(pages) if pages else 1.0
        if id_ not in known and share > thresholds.unreadable_share:
            bad.append(f"«{id_}» ({_percent(share)} delle pagine)")
    reason = f"documenti in gran parte illeggibili: {name_some(bad)}"
    return [Fault("unreadable", reason, why=thresholds.unreadable_reason)] if bad else []


def _name(page: PageChange) -> str:
    shown = name_page(page.label, page.after or page.before or 0)
    drivers = "".join(f", Driver {driver}" for driver in page.drivers)
    return f"«{page.document}» {shown}{drivers}"


def name_some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - SHOWN
    tail = f" e {'un altro caso' if more == 1 else f'altri {more} casi'}" if more > 0 else ""
    return "; ".join(names[:SHOWN]) + tail


def _percent(share: float) -> str:
    return f"{share:.0%}"
