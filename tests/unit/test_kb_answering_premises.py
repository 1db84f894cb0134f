"""What a question takes for granted and the documents lack is said, or is no answer."""

from __future__ import annotations

import pytest

from kb.answering.premises import check_premises
from kb.answering.quoting import draft_sentence
from kb.answering.state import DraftSentence, State, Tools
from kb.answering.testing import tools_over
from kb.language.questions import read_question
from kb.records import Document, DocumentKind, Page, ScoredPassage
from kb.retrieval.query import QueryReading
from kb.retrieval.search import SearchResult
from kb.testing import FakeRelease

SENTENCE = "AFOL Metropolitana è partecipata da 71 Comuni."
RELEASE = FakeRelease([Document("piano", "Piano", DocumentKind.PLAN, "0" * 64)], [Page("piano", 1, SENTENCE)])
PASSAGE = RELEASE.passages[0]


@pytest.fixture
def tools() -> Tools:
    return tools_over(RELEASE)


def state_for(question: str, *draft: DraftSentence) -> State:
    found = SearchResult((ScoredPassage(PASSAGE, 1.0),), QueryReading(question, question, question))
    return State(question, standalone=question, asked=read_question(question), found=found, draft=draft)


def honest() -> DraftSentence:
    return draft_sentence(PASSAGE, 0, len(SENTENCE), support=1.0)


def test_a_figure_that_the_quotes_lack_is_said_openly(tools: Tools) -> None:
    after = check_premises(state_for("È vero che ad AFOL partecipano 90 Comuni?", honest()), tools)
    assert [(note.kind, "«90»" in note.text) for note in after.notes] == [("figure_not_in_documents", True)]


def test_a_right_figure_needs_no_note(tools: Tools) -> None:
    assert check_premises(state_for("È vero che ad AFOL partecipano 71 Comuni?", honest()), tools).notes == ()


def test_a_name_that_nobody_wrote_ends_without_an_answer(tools: Tools) -> None:
    after = check_premises(state_for("Quanti Comuni partecipano a Zorglub?", honest()), tools)
    assert after.draft == ()
    assert [note.kind for note in after.notes] == ["name_not_in_documents"]


def test_why_something_is_so_that_no_document_says_has_no_answer(tools: Tools) -> None:
    other = draft_sentence(PASSAGE, 0, len("AFOL Metropolitana"), support=1.0)
    assert check_premises(state_for("Come mai ad AFOL partecipano 90 Comuni?", other), tools).draft == ()
    assert check_premises(state_for("Come mai ad AFOL partecipano 90 Comuni?", honest()), tools).draft


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Perché la giunta ha venduto AFOL?", ["not_told"]),
        ("Perché ad AFOL hanno partecipato i Comuni?", []),
        ("Chi ha venduto AFOL?", []),
    ],
)
def test_a_deed_taken_for_granted_that_no_document_knows_is_said(question: str, told: list[str], tools: Tools) -> None:
    after = check_premises(state_for(question, honest()), tools)
    assert after.draft
    assert [note.kind for note in after.notes] == told
    assert all("dà per scontato" in note.text for note in after.notes)


def test_a_name_that_nobody_wrote_is_said_of_a_refusal_too(tools: Tools) -> None:
    after = check_premises(state_for("Quanti Comuni partecipano a Zorglub?"), tools)
    assert [note.kind for note in after.notes] == ["name_not_in_documents"]
