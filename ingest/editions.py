"""Editions of one document: the newest is in force, the others are superseded, all of them stay searchable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingest.documents import slug
from kb.language.words import fold
from kb.records import Document, DocumentStatus


def settle_editions(
    document: Document, others: Iterable[Document], *, status_given: bool
) -> tuple[Document, list[Document]]:
    """
    The new document and those of the others whose status changes with it.

    Where both are in force, the older edition becomes superseded: by date where both have one, else by the years in
    the edition; where neither tells, the one that was there. A status given by a person is left as it is.
    """
    if document.status is not DocumentStatus.IN_FORCE:
        return document, []
    changed: list[Document] = []
    for other in others:
        if other.status is not DocumentStatus.IN_FORCE or not is_other_edition(document, other):
            continue
        if not _is_older(document, other):
            changed.append(replace(other, status=DocumentStatus.SUPERSEDED))
        elif not status_given:
            document = replace(document, status=DocumentStatus.SUPERSEDED)
    return document, changed


def is_other_edition(document: Document, other: Document) -> bool:
    """True when both are the same work in two editions: one file name, or one title with an edition each."""
    if document.id == other.id or document.edition is None or document.edition == other.edition:
        return False
    if work_id(document) == work_id(other):
        return True
    return other.edition is not None and document.kind is other.kind and fold(document.title) == fold(other.title)


def left_superseded(gone: Document, others: Sequence[Document]) -> list[str]:
    """The id of the newest other edition of a document that goes, when it was in force and none left is."""
    if gone.status is not DocumentStatus.IN_FORCE:
        return []
    left = [other for other in others if is_other_edition(gone, other)]
    if not left or any(other.status is DocumentStatus.IN_FORCE for other in left):
        return []
    return [max(left, key=lambda other: (other.date or "", _numbers(other.edition))).id]


def work_id(document: Document) -> str:
    """The document's id without its edition."""
    return document.id.removesuffix(f"-{slug(document.edition)}") if document.edition else document.id


def _is_older(document: Document, other: Document) -> bool:
    if other.edition is None and not (document.date and other.date):
        return False
    if document.date and other.date:
        return document.date < other.date
    return _numbers(document.edition) < _numbers(other.edition)


def _numbers(edition: str | None) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", edition or "")]
