"""What an ingestion did, for a person and for a program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ingest.changes import Changes, find_changes
from ingest.gathered import Gathered, Taken
from ingest.readers.document import EMPTY
from ingest.readers.scans import BY_OCR
from ingest.screen import INSTRUCTION, Screened
from kb.records import Page
from kb.releases.manifest import Manifest

CHANGES = {
    "added": "nuovo",
    "replaced": "aggiornato",
    "unchanged": "già presente, uguale",
    "kept": "già presente",
    "superseded": "ora edizione superata",
}
BY_OCR_ONLY = "serve il riconoscimento ottico"
_MOST_LINES = 20
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # what documents say must not move the terminal's cursor
_MOST_PAGES = 12
_LONGEST_QUOTE = 160


def describe(gathered: Gathered, manifest: Manifest, page: Path | None = None) -> dict[str, Any]:
    """The report as one JSON object (DESIGN: `ingest --json`); page is where the HTML page lies."""
    return {
        "release": manifest.id,
        "reused": manifest.reused,
        "base": gathered.base,
        "documents": [_describe_one(one) for one in find_news(gathered)],
        "kept": [one.document.id for one in gathered.taken.values() if one.change == "kept"],
        "removed": list(gathered.removed),
        "duplicates": [{"file": file, "document": document} for file, document in gathered.duplicates],
        "superseded": [{"document": old, "by": new} for old, new in gathered.superseded],
        "renamed": [{"from": old, "to": new} for old, new in gathered.renamed],
        "hints": gathered.hints,
        "unreadable": [{"file": file, "reason": reason} for file, reason in gathered.unreadable],
        "unsupported": gathered.unsupported,
        "changes": asdict(find_changes(gathered)),
        "totals": {"documents": len(manifest.documents), "pages": manifest.pages, "passages": manifest.passages},
        "report": str(page) if page else None,
        "next": f"bussola publish {manifest.id}",
    }


def find_news(gathered: Gathered) -> list[Taken]:
    """The documents that this ingestion touched."""
    return [one for one in gathered.taken.values() if one.change != "kept"]


def _describe_one(one: Taken) -> dict[str, Any]:
    return {
        "document": one.document.id,
        "title": one.document.title,
        "kind": one.document.kind.value,
        "edition": one.document.edition,
        "status": one.document.status.value,
        "source": one.document.source,
        "change": one.change,
        "pages": len(one.pages),
        "passages": len(one.passages),
        "unreadable_pages": [page.index for page in one.pages if not page.readable],
        "doubtful_pages": [
            {"page": page.index, "problems": list(page.problems)}
            for page in one.pages
            if page.readable and page.problems
        ],
        "screened": len(one.screened),
        "screened_items": [
            {
                "page": each.page_index,
                "place": find_place(each),
                "reason": each.reason,
                "text": each.text,
                "allowed": each.allowed,
            }
            for each in one.screened
        ],
        "repairs": dict(one.repairs),
        "removed": list(one.removed),
        "notes": list(one.notes),
    }


def find_verdict(page: Page) -> str:
    """In a word or two, what a page is worth: "leggibile", "da controllare", …"""
    if not page.readable:
        return "illeggibile, esclusa"
    if page.problems == (EMPTY,):
        return "vuota"
    if any(INSTRUCTION in problem for problem in page.problems):
        return "testo sospetto escluso"
    if any(problem.startswith(BY_OCR) for problem in page.problems):
        return "letta con OCR, da controllare"
    return "da controllare" if page.problems else "leggibile"


def write_report(gathered: Gathered, manifest: Manifest) -> str:
    """The report in Italian, a few lines a document, ending with the next step."""
    news = find_news(gathered)
    lines = [line for one in news[:_MOST_LINES] for line in _document_lines(one)]
    if len(news) > _MOST_LINES:
        lines.append(f"… e altri {len(news) - _MOST_LINES} documenti (l'elenco intero è in --json)")
    lines += side_lines(gathered)
    totals = (
        f"{count(len(manifest.documents), 'documento', 'documenti')}, {count(manifest.pages, 'pagina', 'pagine')}, "
        f"{count(manifest.passages, 'passaggio', 'passaggi')}"
    )
    state = "c'era già" if manifest.reused else "pronta, non ancora pubblicata"
    changes = change_line(find_changes(gathered))
    next_step = f"Per metterla in uso: bussola publish {manifest.id}"
    if any(BY_OCR_ONLY in problem for one in news for page in one.pages for problem in page.problems):
        lines.append("Le pagine senza testo si possono leggere ripetendo il comando con --ocr.")
    lines = [_CONTROLS.sub(" ", line) for line in lines]
    return "\n".join([*lines, "", f"Versione {manifest.id} ({state}): {totals}.", changes, next_step])


def change_line(changes: Changes) -> str:
    """What changes against the published release, in one line."""
    if not changes.published:
        return "Non c'è ancora una versione pubblicata: tutto è nuovo."
    documents = (
        f"documenti: {len(changes.documents_added)} in più, {len(changes.documents_removed)} in meno, "
        f"{count(len(changes.documents_changed), 'cambiato', 'cambiati')}"
    )
    passages = (
        f"passaggi: {changes.passages_added} in più, {changes.passages_removed} in meno, "
        f"{count(changes.passages_unchanged, 'uguale', 'uguali')}"
    )
    return f"Rispetto alla versione pubblicata, {documents}; {passages}."


def _document_lines(one: Taken) -> Iterator[str]:
    document = one.document
    counts = f"{count(len(one.pages), 'pagina', 'pagine')}, {count(len(one.passages), 'passaggio', 'passaggi')}"
    yield f"{document.id}: «{document.title}» ({CHANGES[one.change]}), {counts}"
    if one.change == "superseded":
        return
    if one.repairs:
        yield "  riparato: " + "; ".join(f"{what}: {number}" for what, number in one.repairs.items())
    if one.removed:
        yield f"  tolto dal testo: {count(len(one.removed), 'riga', 'righe')} di decorazione, intestazioni o numeri"
    yield from _page_lines([page for page in one.pages if page.problems or not page.readable])
    for each in one.screened[:_MOST_PAGES]:
        yield "  " + screened_line(each)
    if len(one.screened) > _MOST_PAGES:
        yield f"  … e altri {len(one.screened) - _MOST_PAGES} testi sospetti"
    for note in one.notes:
        yield f"  nota: {note}"


def _page_lines(doubtful: list[Page]) -> Iterator[str]:
    for page in doubtful[:_MOST_PAGES]:
        yield f"  pagina {page.index} {find_verdict(page)}: {'; '.join(page.problems)}"
    if len(doubtful) > _MOST_PAGES:
        yield f"  … e altre {len(doubtful) - _MOST_PAGES} pagine dubbie"


def screened_line(each: Screened) -> str:
    """One suspicious text in one line."""
    state = "ammesso con --allow-screened" if each.allowed else "escluso"
    text = " ".join(each.text.split())
    shown = text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
    return f"sospetto, {state}; {find_place(each)}, {each.reason}: «{shown}»"


def find_place(each: Screened) -> str:
    """Where a suspicious text stands: its page, or its paragraph or line in a file that has no pages."""
    if each.place:
        return each.place
    return f"pagina {each.page_index}" if each.page_index else "titolo o dati del documento"


def side_lines(gathered: Gathered) -> Iterator[str]:
    """What happened to files that became no document, a line each."""
    for id_ in gathered.removed:
        yield f"{id_}: tolto"
    for old, new in gathered.superseded:
        yield f"{old}: edizione superata da «{new}», resta consultabile (per toglierla: --remove {old})"
    for old, new in gathered.renamed:
        yield f"{old}: è lo stesso documento di «{new}», che ne prende il posto"
    for file, document in gathered.duplicates:
        yield f"{file}: doppione di «{document}», non aggiunto"
    yield from gathered.hints
    for file, reason in gathered.unreadable:
        yield f"{file}: non letto; {reason.removeprefix(Path(file).name + ': ')}"
    if gathered.unsupported:
        shown = ", ".join(gathered.unsupported[:5]) + (" …" if len(gathered.unsupported) > 5 else "")
        yield f"{count(len(gathered.unsupported), 'file saltato', 'file saltati')} (formato non gestito): {shown}"


def count(number: int, one: str, many: str) -> str:
    """The number with its noun: "1 pagina", "2 pagine"."""
    return f"{number} {one if number == 1 else many}"
