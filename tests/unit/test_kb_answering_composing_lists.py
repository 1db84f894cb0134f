"""A list comes whole, but for the items on another of the kind that is asked."""

from __future__ import annotations

from kb.answering.composing.lists import whole_list
from kb.answering.state import Evidence
from kb.language.questions import read_question
from kb.language.sentences import split_sentences
from kb.records import Document, DocumentKind, Page
from kb.testing import FakeRelease

TEXT = """Tre sono le linee di lavoro.
La prima linea riduce il consumo di suolo.
La seconda linea pianta il verde.
La terza linea aiuta l’agricoltura."""


def items_for(question: str) -> list[str]:
    release = FakeRelease([Document("piano", "Piano", DocumentKind.PLAN, "0" * 64)], [Page("piano", 1, TEXT)])
    passage = release.passages[0]
    start, end = split_sentences(TEXT)[0]
    best = Evidence(passage, start, end, 1.0)
    return [one.text for one in whole_list(best, read_question(question), release)]


def test_all_the_lines_are_told_where_all_are_asked() -> None:
    assert items_for("Quali sono le linee di lavoro?") == TEXT.split("\n")


def test_the_second_line_is_told_without_the_others() -> None:
    assert items_for("Quali azioni ha la seconda linea di lavoro?") == TEXT.split("\n")[:3:2]
