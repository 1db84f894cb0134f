"""What a question names but not for sure lifts the passages that fit it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

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
_PARTS = 3
"""Chapters with a successor of their own title, from which two groups of documents are editions of one work."""

Years = tuple[int, int]
"""The first and the last that a document is of."""


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
    if not reading.editions and not reading.edition_years:
        return False
    span = edition_span(document)
    if span is None:
        return False
    named = [tuple(int(year) for year in edition.split("-")) for edition in reading.editions]
    return span in named or (not named and any(span[0] <= year <= span[1] for year in reading.edition_years))


def edition_span(document: Document) -> Years | None:
    """First and last year of a document's edition, else of its date; None where neither tells."""
    return _years(document.edition or document.date or "")


@lru_cache(maxsize=1024)
def _years(text: str) -> Years | None:
    years = [int(year) for year in re.findall(r"(?:19|20)\d{2}", text)]
    return (min(years), max(years)) if years else None


def outdated(documents: Iterable[Document]) -> frozenset[str]:
    """
    Ids of the documents that a later edition has taken the place of, whatever their status says.

    A later edition has the same title and kind, years and numbers apart. Where three or more parts of one edition
    (documents of one kind and span of years) have such a successor in another, the two are editions of one work: its
    other parts are outdated too, as chapters that the new edition drops or calls otherwise.
    """
    dated = [(document, span) for document in documents if (span := edition_span(document)) is not None]
    latest: dict[str, Years] = {}
    for document, span in dated:
        title = _bare_title(document)
        latest[title] = max(latest.get(title, span), span)
    old = {document.id for document, span in dated if span < latest[_bare_title(document)]}
    parts = Counter((document.kind, span) for document, span in dated if document.id in old)
    works = {work for work, count in parts.items() if count >= _PARTS}
    return frozenset(old | {document.id for document, span in dated if (document.kind, span) in works})


def _bare_title(document: Document) -> str:
    """The title without its numbers, so that "Piano 2019-2021" and "Piano 2022-2024" are one."""
    return " ".join(re.sub(r"[\d\W]+", " ", fold(document.title)).split()) + f" {document.kind}"
