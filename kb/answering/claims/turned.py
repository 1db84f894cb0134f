"""Turned: a claim and its quotes with the marks that turn a sentence ("non", "solo", "deve"), and what each governs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.answering.claims.alignment import Aligned, Place, Reading, Word
from kb.language.polarity import Mark, MarkKind, find_marks

_APART = re.compile(r"[.;]\s|\b(?:mentre|invece)\b")


@dataclass(frozen=True)
class Turned:
    """A claim and its quotes with the marks that turn them."""

    aligned: Aligned
    marks: tuple[Mark, ...]
    source_marks: tuple[tuple[Mark, ...], ...]

    def mine(self, *kinds: MarkKind) -> list[Mark]:
        """The claim's marks of these kinds."""
        return [mark for mark in self.marks if mark.kind in kinds]

    def theirs(self, *kinds: MarkKind) -> list[tuple[int, Mark]]:
        """The sources' marks of these kinds, with the source's number."""
        return [(n, mark) for n, marks in enumerate(self.source_marks) for mark in marks if mark.kind in kinds]


def read_turns(aligned: Aligned) -> Turned:
    """The marks of a claim and of its quotes."""
    sources = tuple(tuple(find_marks(source.text)) for source in aligned.sources)
    return Turned(aligned, tuple(find_marks(aligned.claim.text)), sources)


def governed(mark: Mark, reading: Reading, *, reach: int, back: int = 0) -> list[Word]:
    """The words that a mark governs: those after it in its clause, and some before it where asked for."""
    after = [word for word in reading.words if word.end > mark.end]
    before = [word for word in reading.words if word.start < mark.start][-back:] if back else []
    clause = after[0].clause if after else -1
    return before + [word for word in after if word.clause == clause][:reach]


def is_governed(place: Place, marks: list[tuple[int, Mark]], turned: Turned, reach: int) -> bool:
    """True when one of some marks of the quotes governs a word of theirs."""
    return any(
        number == place.source and place.word in governed(mark, turned.aligned.sources[number], reach=reach)
        for number, mark in marks
    )


def is_beside(place: Place, number: int, mark: Mark, turned: Turned) -> bool:
    """True for a word in the sentence of a quote that a mark stands in."""
    text = turned.aligned.sources[number].text
    first, last = sorted((mark.start, place.word.start))
    return number == place.source and not _APART.search(text[first:last])


def text_of(mark: Mark, reading: Reading) -> str:
    """The mark as its text has it, in lowercase."""
    return reading.text[mark.start : mark.end].lower().strip()
