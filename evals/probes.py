"""
Questions made of a release's own headings, for documents that no golden question is about.

Nobody knows their right answer, so they are held to what holds of every answer: quotes, figures, citations and pages
are right. An answer that the published release gives and the candidate no longer gives is a loss.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from evals.gate_set import GateSet
from evals.golden import GoldenQuestion, QuestionKind
from evals.spreading import spread
from kb.records import Document, Passage

PER_DOCUMENT = 5
IN_ALL = 30
"""About three seconds of questions: enough that a false quote in one answer of ten is met nineteen times in twenty."""

_HEADING_CHARS = range(8, 90)
_NUMBERING = re.compile(r"^(?:[\divxlc]+(?:\.\d+)*[.)]?\s+|driver\s+\d+\s*\|\s*)", re.IGNORECASE)


class Sections(Protocol):
    """What is read of a release."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Documents by id."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Every passage, in document order."""


def add_probes(chosen: GateSet, releases: Iterable[Sections], *, covered: Collection[str]) -> GateSet:
    """The questions with the probes of each release's documents, save those that golden questions cover."""
    made = {probe.id: probe for release in releases for probe in make_probes(release, covered=covered)}
    questions = chosen.golden.questions + tuple(made.values())
    return replace(chosen, golden=replace(chosen.golden, questions=questions))


def make_probes(release: Sections, *, covered: Collection[str]) -> list[GoldenQuestion]:
    """At most five questions a document and thirty in all, spread over its headings; the same at every call."""
    found: list[GoldenQuestion] = []
    for document in release.documents:
        if document not in covered:
            found += [_probe(document, heading) for heading in spread(_headings(release, document), PER_DOCUMENT)]
    return spread(found, IN_ALL)


def _headings(release: Sections, document: str) -> list[str]:
    passages = [passage for passage in release.passages if passage.document == document and passage.section]
    bare = (_NUMBERING.sub("", passage.section[-1].strip()) for passage in passages)
    return list(dict.fromkeys(heading for heading in bare if len(heading) in _HEADING_CHARS))


def _probe(document: str, heading: str) -> GoldenQuestion:
    shown = heading.lower() if heading.isupper() else heading
    mark = hashlib.sha256(f"{document}\n{heading}".encode()).hexdigest()[:10]
    return GoldenQuestion(f"sonda-{mark}", QuestionKind.PROBE, f"Che cosa si dice di «{shown}»?")
