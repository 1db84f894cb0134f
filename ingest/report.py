"""What an ingestion did, for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.intake import Gathered, Taken
from kb.releases.manifest import Manifest

_CHANGES = {"added": "nuovo", "replaced": "aggiornato", "unchanged": "già presente, uguale", "kept": "già presente"}
_MOST_LINES = 20


def describe(gathered: Gathered, manifest: Manifest) -> dict[str, Any]:
    """The report as one JSON object (DESIGN: `ingest --json`)."""
    news = _news(gathered)
    return {
        "release": manifest.id,
        "reused": manifest.reused,
        "base": gathered.base,
        "documents": [_describe_one(one) for one in news],
        "kept": [one.document.id for one in gathered.taken.values() if one.change == "kept"],
        "removed": list(gathered.removed),
        "duplicates": [{"file": file, "document": document} for file, document in gathered.duplicates],
        "unreadable": [{"file": file, "reason": reason} for file, reason in gathered.unreadable],
        "unsupported": gathered.unsupported,
        "totals": {"documents": len(manifest.documents), "pages": manifest.pages, "passages": manifest.passages},
        "next": f"bussola publish {manifest.id}",
    }


def _news(gathered: Gathered) -> list[Taken]:
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
        "screened": 0,
        "repairs": dict(one.repairs),
        "removed": list(one.removed),
        "notes": list(one.notes),
    }


def write_report(gathered: Gathered, manifest: Manifest) -> str:
    """The report in Italian, a few lines a document, ending with the next step."""
    news = _news(gathered)
    lines = [line for one in news[:_MOST_LINES] for line in _document_lines(one)]
    if len(news) > _MOST_LINES:
        lines.append(f"… e altri {len(news) - _MOST_LINES} documenti (l'elenco intero è in --json)")
    lines += _side_lines(gathered)
    totals = (
        f"{_count(len(manifest.documents), 'documento', 'documenti')}, {_count(manifest.pages, 'pagina', 'pagine')}, "
        f"{_count(manifest.passages, 'passaggio', 'passaggi')}"
    )
    state = "c'era già" if manifest.reused else "pronta, non ancora pubblicata"
    return "\n".join([*lines, "", f"Versione {manifest.id} ({state}): {totals}.", _next_step(manifest)])


def _next_step(manifest: Manifest) -> str:
    return f"Per metterla in uso: bussola publish {manifest.id}"


def _document_lines(one: Taken) -> Iterator[str]:
    document = one.document
    counts = f"{_count(len(one.pages), 'pagina', 'pagine')}, {_count(len(one.passages), 'passaggio', 'passaggi')}"
    yield f"{document.id}: «{document.title}» ({_CHANGES[one.change]}), {counts}"
    if one.repairs:
        yield "  riparato: " + "; ".join(f"{what}: {count}" for what, count in one.repairs.items())
    if one.removed:
        yield f"  tolto dal testo: {_count(len(one.removed), 'riga', 'righe')} di decorazione, intestazioni o numeri"
    for page in one.pages:
        if page.problems or not page.readable:
            verdict = "dubbia" if page.readable else "illeggibile, esclusa"
            yield f"  pagina {page.index} {verdict}: {'; '.join(page.problems)}"
    for note in one.notes:
        yield f"  nota: {note}"


def _side_lines(gathered: Gathered) -> Iterator[str]:
    for id_ in gathered.removed:
        yield f"{id_}: tolto"
    for file, document in gathered.duplicates:
        yield f"{file}: doppione di «{document}», non aggiunto"
    for file, reason in gathered.unreadable:
        yield f"{file}: non letto; {reason}"
    if gathered.unsupported:
        shown = ", ".join(gathered.unsupported[:5]) + (" …" if len(gathered.unsupported) > 5 else "")
        yield f"{_count(len(gathered.unsupported), 'file saltato', 'file saltati')} (formato non gestito): {shown}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
