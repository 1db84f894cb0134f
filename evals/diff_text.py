"""What changes between two releases, told in Italian lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from evals.answers_changed import keeps_words
from evals.page.words import STATUSES
from kb.releases.compare import FACT_NAMES
from prompts.replies import name_page

CHANGES = {"added": "in più", "removed": "in meno", "changed": "cambiato"}
MOST = 30
"""Lines of a kind that the terminal shows; JSON and HTML have them all."""
LONGEST = 160


def describe_diff(diff: Mapping[str, Any]) -> list[str]:
    """The lines on documents, pages, sections, Drivers and figures, from what ReleaseDiff.to_json gives."""
    lines = [f"Dalla versione {diff['before']} alla {diff['after']}."]
    if not any(diff[name] for name in ("documents", "pages", "sections", "drivers", "figures")):
        return [*lines, "I documenti sono uguali."]
    lines += _part("Documenti", [_document(one) for one in diff["documents"]])
    lines += _part("Cifre", [f"{one['line']} ({one['document']})" for one in diff["figures"]])
    lines += _part(
        "Driver", [f"Driver {one['driver']} {CHANGES[one['change']]} in {one['document']}" for one in diff["drivers"]]
    )
    lines += _part("Pagine", [_page(one) for one in diff["pages"]])
    lines += _part(
        "Sezioni", [f"{_sign(one)} {one['document']}: {' > '.join(one['section'])}" for one in diff["sections"]]
    )
    return lines


def describe_answers(changes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lines on answers that changed, from what AnswerChange.to_json gives; losses first, other sources counted."""
    reworded = [one for one in changes if not keeps_words(one)]
    ordered = sorted(reworded, key=lambda one: (one["passed_after"] - one["passed_before"], one["id"]))
    lines = _part("Risposte alle domande di prova", list(_flat(_answer(one) for one in ordered)), most=MOST * 3)
    same = len(changes) - len(reworded)
    told = f"{same} risposte hanno" if same > 1 else "Una risposta ha"
    return [*lines, "", f"{told} le stesse parole e altre fonti (--json o --html)."] if same else lines


def describe_receipts(found: Mapping[str, Any]) -> list[str]:
    """The lines on past answers that would differ, from what ReceiptChanges.to_json gives."""
    skipped = f" ({found['skipped']} senza domanda, saltate)" if found["skipped"] else ""
    head = f"Risposte già date: {found['replayed']} ripetute{skipped}, {len(found['changed'])} oggi diverse"
    if not found["changed"]:
        return ["", f"{head}."]
    return _part(head, list(_flat(_receipt(one) for one in found["changed"])), most=MOST * 3)


def _receipt(one: Mapping[str, Any]) -> Iterator[str]:
    times = f", data {one['times']} volte" if one["times"] > 1 else ""
    yield f"{one['answer']}{times}: {one['question']}"
    yield from _before_and_after(one)


def _document(one: Mapping[str, Any]) -> str:
    facts = ", ".join(FACT_NAMES.get(name, name) for name in one["facts"])
    came = f" (al posto di {one['before']})" if one["before"] and one["after"] and one["before"] != one["after"] else ""
    return f"{_sign(one)} {one['document']}: «{one['title']}»{came}" + (f", cambia: {facts}" if facts else "")


def _page(one: Mapping[str, Any]) -> str:
    place = name_page(one["label"], one["after"] or one["before"])
    drivers = "".join(f", Driver {driver}" for driver in one["drivers"])
    kept = f", parole rimaste {one['same_words']:.0%}, nello stesso ordine {one['same_order']:.0%}"
    tail = kept if one["change"] == "changed" else ""
    return f"{_sign(one)} {one['document']} {place}{drivers}{tail}" + (
        ", non si legge più" if one["became_unreadable"] else ""
    )


def _answer(one: Mapping[str, Any]) -> Iterator[str]:
    mark = {(True, False): "persa", (False, True): "guadagnata"}.get(
        (one["passed_before"], one["passed_after"]), "diversa"
    )
    yield f"{one['id']} ({mark}): {one['question']}"
    yield from _before_and_after(one)


def _before_and_after(one: Mapping[str, Any]) -> Iterator[str]:
    for name, when in (("before", "prima"), ("after", "ora")):
        pages = "; ".join(one[f"pages_{name}"][:3])
        yield (
            f"    {when}: [{STATUSES.get(one[f'status_{name}'], one[f'status_{name}'])}] {_cut(one[f'text_{name}'])}"
            + (f" ({pages})" if pages else "")
        )


def _part(title: str, lines: Sequence[str], *, most: int = MOST) -> list[str]:
    if not lines:
        return []
    more = [f"  … e altre {len(lines) - most} righe (tutte con --json o --html)"] if len(lines) > most else []
    return ["", f"{title}:", *(f"  {line}" for line in lines[:most]), *more]


def _sign(one: Mapping[str, Any]) -> str:
    return {"added": "+", "removed": "-", "changed": "~"}[one["change"]]


def _flat(parts: Iterable[Iterable[str]]) -> Iterator[str]:
    for part in parts:
        yield from part


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else flat[:LONGEST].rsplit(" ", 1)[0] + " …"
