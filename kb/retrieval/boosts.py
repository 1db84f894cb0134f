"""What a question names but not for sure lifts the passages that fit it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.language.words import fold
from kb.records import Document, Passage
from kb.retrieval.query import QueryReading
from kb.retrieval.references import read_laws, read_missions

_DRIVER = 0.5
_ARTICLE = 0.3
_COMMA = 0.1
_LAW = 0.2
_MISSION = 0.2
_DOCUMENT = 0.15
_EDITION = 1.0


def boost(passage: Passage, document: Document, reading: QueryReading) -> float:
    """What is added to a passage's fused score (which is in [0, 1]) for each thing that the question names."""
    total = _EDITION * edition_named(document, reading)
    total += _DRIVER * (passage.driver is not None and passage.driver in reading.drivers)
    total += _DOCUMENT * (document.id in reading.documents)
    if passage.article is not None and passage.article in reading.articles:
        total += _ARTICLE + _COMMA * (passage.comma is not None and passage.comma in reading.commas)
    return total + _mentions(passage, reading)


def _mentions(passage: Passage, reading: QueryReading) -> float:
    """For the laws and missions that the question names and the passage's own text mentions."""
    if not reading.laws and not reading.missions:
        return 0.0
    text = fold(passage.text)
    laws = set(reading.laws) & set(read_laws(text)) if reading.laws else set()
    missions = set(reading.missions) & set(read_missions(text)) if reading.missions else set()
    return _LAW * bool(laws) + _MISSION * bool(missions)


def edition_named(document: Document, reading: QueryReading) -> bool:
    """True when the question names the document's edition ("2019-2021", "il Piano del 2020")."""
    span = edition_span(document)
    if span is None:
        return False
    named = [tuple(int(year) for year in edition.split("-")) for edition in reading.editions]
    return span in named or (not named and any(span[0] <= year <= span[1] for year in reading.edition_years))


def edition_span(document: Document) -> tuple[int, int] | None:
    """First and last year of a document's edition, else of its date; None where neither tells."""
    years = [int(year) for year in re.findall(r"(?:19|20)\d{2}", document.edition or document.date or "")]
    return (min(years), max(years)) if years else None


def outdated(documents: Iterable[Document]) -> frozenset[str]:
    """Ids of the documents that the same title has in a later edition, whatever their status says."""
    latest: dict[str, tuple[int, int]] = {}
    spans = [(document, span) for document in documents if (span := edition_span(document)) is not None]
    for document, span in spans:
        title = _bare_title(document)
        latest[title] = max(latest.get(title, span), span)
    return frozenset(document.id for document, span in spans if span < latest[_bare_title(document)])


def _bare_title(document: Document) -> str:
    """The title without its years, so that "Piano 2019-2021" and "Piano 2022-2024" are one."""
    return " ".join(re.sub(r"[\d\W]+", " ", fold(document.title)).split()) + f" {document.kind}"
