"""Verification is code: each test is an attack that it stops."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.quoting import draft_sentence
from kb.answering.state import DraftSentence, Quote, State, Tools
from kb.answering.testing import tools_over
from kb.answering.verify import find_fault, verify
from kb.language.questions import read_question
from kb.records import AnswerMode, Document, DocumentKind, Page, Passage, ScoredPassage, Span
from kb.retrieval.query import QueryReading
from kb.retrieval.search import SearchResult

TEXT = "AFOL Metropolitana è partecipata da 71 Comuni. Il Progetto Silam è firmato da 22 Comuni dal 2018."
SENTENCE = "AFOL Metropolitana è partecipata da 71 Comuni."
PASSAGE = Passage("p_a", "piano", TEXT, (Span(1, 0, len(TEXT)),), ("",), driver=8)
OTHER = Passage("p_b", "piano", TEXT, (Span(1, 0, len(TEXT)),), ("",), driver=8)


class Shelf:
    """A library of one page."""

    id = "r_prova"

    def __init__(self) -> None:
        self.documents = {"piano": Document("piano", "Piano", DocumentKind.PLAN, "0" * 64)}
        self.passages = [PASSAGE]

    def page(self, document: str, index: int) -> Page:
        from kb.errors import NotFound

        if (document, index) != ("piano", 1):
            raise NotFound(f"nessuna pagina {index}")
        return Page("piano", 1, TEXT)


@pytest.fixture
def tools() -> Tools:
    return tools_over(Shelf())


def state_for(question: str, *drafts: DraftSentence) -> State:
    found = SearchResult(
        (ScoredPassage(PASSAGE, 1.0),), QueryReading(text=question, plain=question, lexical_text=question)
    )
    return State(question, standalone=question, asked=read_question(question), found=found, draft=drafts)


def honest() -> DraftSentence:
    return draft_sentence(PASSAGE, 0, len(SENTENCE), support=1.0)


def test_a_sentence_of_the_page_passes(tools: Tools) -> None:
    assert find_fault(honest(), state_for("?", honest()), tools) is None


@pytest.mark.parametrize(
    ("forged", "reason"),
    [
        (replace(honest(), text="AFOL Metropolitana è partecipata da 72 Comuni."), "not_verbatim"),
        (replace(honest(), text="AFOL Metropolitana non è partecipata da 71 Comuni."), "not_verbatim"),
        (replace(honest(), quotes=()), "no_quote"),
        (replace(honest(), quotes=(Quote(OTHER, Span(1, 0, 46)),)), "not_shown"),
        (replace(honest(), beside=(Quote(OTHER, Span(1, 0, 46)),)), "not_shown"),
        (replace(honest(), quotes=(Quote(PASSAGE, Span(9, 0, 46)),)), "not_verbatim"),
        (replace(honest(), quotes=(Quote(PASSAGE, Span(1, 5000, 5046)),)), "not_verbatim"),
    ],
)
def test_a_forged_extract_is_caught(forged: DraftSentence, reason: str, tools: Tools) -> None:
    assert find_fault(forged, state_for("?", forged), tools) == reason


@pytest.mark.parametrize(
    "lie",
    [
        "Ad AFOL partecipano 72 Comuni.",
        "Ad AFOL partecipa il 71% dei Comuni.",
        "Ad AFOL partecipano 71 milioni di Comuni.",
        "Ad AFOL partecipano 71 Comuni dal 2019.",
        "Ad AFOL partecipano settantadue Comuni.",
        "Ad AFOL partecipano 71 Comuni, dice la LR 29/2022.",
    ],
)
def test_a_written_sentence_with_another_figure_is_caught(lie: str, tools: Tools) -> None:
    state = replace(state_for("?", replace(honest(), text=lie)), mode=AnswerMode.GENERATED)
    assert find_fault(state.draft[0], state, tools) == "figure"


def test_what_fails_is_dropped_and_counted(tools: Tools) -> None:
    lie = replace(honest(), text="AFOL Metropolitana è partecipata da 72 Comuni.")
    after = verify(state_for("?", honest(), lie), tools)
    assert [sentence.text for sentence in after.draft] == [SENTENCE]
    assert after.detail["dropped"] == [{"reason": "not_verbatim", "characters": len(lie.text)}]


def test_a_model_that_gives_a_question_back_as_a_yes_is_caught(tools: Tools) -> None:
    asked = state_for("AFOL Metropolitana è partecipata da 71 Comuni?")
    state = replace(asked, mode=AnswerMode.GENERATED, shown=(PASSAGE,))
    assert find_fault(honest(), state, tools) == "echo"
    assert (
        find_fault(honest(), replace(state_for("Di chi è AFOL?"), mode=AnswerMode.GENERATED, shown=(PASSAGE,)), tools)
        is None
    )
