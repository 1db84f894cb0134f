"""What `bussola search` shows of the passages found: as JSON, and on the terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from kb.errors import InputError, NotFound

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant
    from kb.records import Passage, PassageFilter
    from kb.releases.opened import OpenRelease
    from kb.retrieval.query import QueryReading

_INDENT = "   "


def search_to_json(
    assistant: Assistant, query: str, *, count: int, narrow: PassageFilter | None = None
) -> dict[str, Any]:
    """
    The passages for a query, each with its raw scores, highlights and why it ranks; and how the query was read.

    Raises:
        InputError: the query is blank.
        NotFound: the filter names a document that the release lacks.
    """
    from kb.answering.serialize import scored_passage_to_json
    from kb.retrieval.explain import explain

    if not query.strip():
        raise InputError("il testo da cercare è vuoto: scrivi almeno una parola.")
    release = assistant.release
    _check_document(narrow, release.documents)
    found = assistant.search(query, count=count, narrow=narrow)
    told = explain(found.passages, reading=found.reading, documents=release.documents)
    passages = [
        scored_passage_to_json(
            one, page_label=release.page(one.passage.document, one.passage.spans[0].page_index).label
        )
        | {
            "title": release.documents[one.passage.document].title,
            "edition": release.documents[one.passage.document].edition,
            "pages": _pages(release, one.passage),
            "highlights": [list(stretch) for stretch in why.highlights],
            "why": why.why,
        }
        for one, why in zip(found.passages, told, strict=True)
    ]
    return {"passages": passages, "confidence": round(found.confidence, 4), "read": reading_to_text(found.reading)}


def search_to_text(found: dict[str, Any]) -> str:
    """The same for the terminal, the words looked for in bold (click leaves the codes out where no terminal reads)."""
    read = [f"Letto così: {found['read']}."] if found["read"] else []
    if not found["passages"]:
        return "\n\n".join([*read, "Nessun passaggio trovato."])
    blocks = [_block(rank, one) for rank, one in enumerate(found["passages"], start=1)]
    return "\n\n".join([*read, *blocks])


def reading_to_text(reading: QueryReading) -> str:
    """What the query was taken to name, in a line; empty where it names nothing."""
    parts = [f"«{wrong}» come «{right}»" for wrong, right in reading.corrections.items()]
    parts += [f"«{short}» anche come «{name}»" for short, name in reading.expansions.items()]
    parts += [f"Driver {number}" for number in reading.drivers]
    parts += [f"missione {mission[1:]} del PNRR" for mission in reading.missions]
    parts += [f"articolo {article}" for article in reading.articles]
    parts += [f"comma {comma}" for comma in reading.commas]
    parts += [f"norma {law}" for law in reading.laws]
    parts += [f"edizione {edition}" for edition in reading.editions]
    parts += [f"documento {document}" for document in reading.documents]
    return "; ".join(parts)


def clean_mission(text: str | None) -> str | None:
    """
    A PNRR mission as passages have it ("m3", "3", "missione 3" → "M3").

    Raises:
        InputError: it is none of the six.
    """
    if text is None:
        return None
    match = re.fullmatch(r"\s*(?:m|missione)?\s*([1-6])\s*", text, re.IGNORECASE)
    if match is None:
        raise InputError(f"la missione «{text}» non esiste: scegline una da M1 a M6.")
    return f"M{match[1]}"


def clean_article(text: str | None) -> str | None:
    """
    An article as passages have it ("art. 5 bis" → "5-bis").

    Raises:
        InputError: it holds no article's number.
    """
    from kb.language.words import fold
    from kb.retrieval.references import read_articles

    if text is None:
        return None
    found = read_articles(fold(text)) or read_articles(f"articolo {fold(text)}")
    if len(found) != 1:
        raise InputError(f"«{text}» non è il numero di un articolo: scrivi per esempio 5 o 5-bis.")
    return found[0]


def _check_document(narrow: PassageFilter | None, known: Any) -> None:
    if narrow is not None and narrow.document is not None and narrow.document not in known:
        raise NotFound(
            f"il documento «{narrow.document}» non è in questa versione: scegli fra {', '.join(sorted(known))}."
        )


def _pages(release: OpenRelease, passage: Passage) -> list[dict[str, Any]]:
    """Every page that the passage stands on, in order."""
    indexes = dict.fromkeys(span.page_index for span in passage.spans)
    return [{"index": index, "label": release.page(passage.document, index).label} for index in indexes]


def _page(pages: Sequence[dict[str, Any]]) -> str:
    if all(page["label"] for page in pages):
        return f"p{'p' * (len(pages) > 1)}. {'-'.join(dict.fromkeys((pages[0]['label'], pages[-1]['label'])))}"
    numbers = "-".join(dict.fromkeys((str(pages[0]["index"]), str(pages[-1]["index"]))))
    return f"{'pagine' if len(pages) > 1 else 'pagina'} {numbers} del file"


def _block(rank: int, one: dict[str, Any]) -> str:
    where = " › ".join([one["title"], *one["section"]])
    lines = [
        f"{rank}. {where}, {_page(one['pages'])} [{one['document']}]",
        f"{_INDENT}{one['why']}",
        f"{_INDENT}punteggio {one['score']:.3f} ({_scores(one['scores'])})",
        *(f"{_INDENT}{line}" for line in _marked(one["text"], one["highlights"]).split("\n")),
    ]
    return "\n".join(lines)


def _scores(scores: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in scores.items())


def _marked(text: str, stretches: Sequence[Sequence[int]]) -> str:
    pieces, at = [], 0
    for start, end in stretches:
        pieces += [text[at:start], click.style(text[start:end], bold=True)]
        at = end
    return "".join([*pieces, text[at:]])
