"""Verification is code: each test is an attack that it stops."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.compose import draft_sentence
from kb.answering.premises import check_premises, how_many, wants_confirmation, without_claims
from kb.answering.state import DraftSentence, Quote, State, Tools
from kb.answering.verify import find_fault, verify
from kb.answering.weighing.nearness import NearWords
from kb.answering.weighing.weights import count_words
from kb.language.figures import measured_figures
from kb.language.questions import Expectation, read_question
from kb.records import AnswerMode, Document, DocumentKind, Page, Passage, ScoredPassage, Span
from kb.retrieval.query import QueryReading
from kb.retrieval.search import SearchResult
from kb.testing import FakeEmbedder

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
    embedder = FakeEmbedder()
    return Tools(
        library=Shelf(),
        searcher=None,  # type: ignore[arg-type]  # no step here searches
        embedder=embedder,
        weights=count_words([PASSAGE]),
        near_words=NearWords(embedder),
        contact="ufficio",
        max_question_chars=1000,
    )


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


def test_a_figure_that_the_quotes_lack_is_said_openly(tools: Tools) -> None:
    after = check_premises(state_for("È vero che ad AFOL partecipano 90 Comuni?", honest()), tools)
    assert [(note.kind, "«90»" in note.text) for note in after.notes] == [("figure_not_in_documents", True)]


def test_a_right_figure_needs_no_note(tools: Tools) -> None:
    assert check_premises(state_for("È vero che ad AFOL partecipano 71 Comuni?", honest()), tools).notes == ()


def test_a_name_that_nobody_wrote_ends_without_an_answer(tools: Tools) -> None:
    after = check_premises(state_for("Quanti Comuni partecipano a Zorglub?", honest()), tools)
    assert after.draft == ()
    assert [note.kind for note in after.notes] == ["name_not_in_documents"]


def test_labels_claim_nothing() -> None:
    assert measured_figures("Che cosa dice il Driver 3 all'articolo 5, pagina 12?") == []
    assert [figure.value for figure in measured_figures("Il Driver 3 costa 5 milioni di euro?")] == ["5000000"]
    assert measured_figures("Il Driver 2 si legge alle pagine 108 e 109; vedi i Driver 3, 5 e 7.") == []
    assert [figure.value for figure in measured_figures("Nel Driver 2 ci sono 5 Comuni e 9 scuole.")] == ["5", "9"]


@pytest.mark.parametrize(
    "question", ["I Comuni sono novanta?", "I Comuni sono 90?", "90 Comuni, vero?", "Ci sono 90 Comuni?"]
)
def test_a_bare_count_that_nobody_wrote_asks_how_many_there_are(question: str, tools: Tools) -> None:
    asked = without_claims(read_question(question), tools, understood=())
    assert (asked.expects, asked.counted) == (Expectation.COUNT, "comun")
    assert how_many(asked) == "Quanti sono: comuni?"


def test_a_list_lets_go_of_the_number_after_its_article_alone(tools: Tools) -> None:
    listed = without_claims(read_question("Quali sono i novanta progetti di AFOL?"), tools, understood=())
    assert "novant" not in listed.focus
    over = read_question("Quali sono i progetti di AFOL con oltre 90 iscritti?")
    assert without_claims(over, tools, understood=()) == over
    bare = read_question("Quali sono i novanta progetti?")
    assert without_claims(bare, tools, understood=()) == bare


def test_why_something_is_so_that_no_document_says_has_no_answer(tools: Tools) -> None:
    other = draft_sentence(PASSAGE, 0, len("AFOL Metropolitana"), support=1.0)
    assert check_premises(state_for("Come mai ad AFOL partecipano 90 Comuni?", other), tools).draft == ()
    assert check_premises(state_for("Come mai ad AFOL partecipano 90 Comuni?", honest()), tools).draft


@pytest.mark.parametrize(
    ("question", "kind", "counted"),
    [
        ("Le scuole superiori sono 200?", "count", "scuol"),
        ("Gli istituti della rete sono già duecento?", "count", "istit"),
        ("Le scuole superiori sono 200 con la banda larga?", "yes_no", None),
        ("Le scuole superiori hanno 200 aule?", "yes_no", None),
    ],
)
def test_a_count_that_ends_a_question_asks_how_many(
    question: str, kind: str, counted: str | None, tools: Tools
) -> None:
    asked = without_claims(read_question(question), tools, understood=())
    assert (asked.expects.value, asked.counted) == (kind, counted)
    assert not {"200", "duecent"} & set(asked.focus)


def test_a_claimed_count_is_none_of_what_is_asked_though_its_number_is_written_elsewhere(tools: Tools) -> None:
    """ "I Comuni di AFOL sono 22?" asks how many they are; 22 stands in the documents, of others."""
    asked = without_claims(read_question("I Comuni di AFOL sono 22, vero?"), tools, understood=())
    assert (asked.expects, asked.counted, asked.focus) == (Expectation.COUNT, "comun", ("comun", "afol"))
    assert how_many(asked) == "Quanti sono: comuni di afol?"


@pytest.mark.parametrize(
    ("question", "confirms"),
    [
        ("Confermi che i Comuni sono 71?", True),
        ("Mi confermate che AFOL è dei Comuni?", True),
        ("È vero che AFOL è dei Comuni?", True),
        ("È corretto dire che AFOL è dei Comuni?", True),
        ("I Comuni sono 71, giusto?", True),
        ("I Comuni sono 71?", False),
    ],
)
def test_what_wants_confirmation(question: str, confirms: bool) -> None:
    assert wants_confirmation(question) is confirms


def test_a_model_that_gives_a_question_back_as_a_yes_is_caught(tools: Tools) -> None:
    asked = state_for("AFOL Metropolitana è partecipata da 71 Comuni?")
    state = replace(asked, mode=AnswerMode.GENERATED, shown=(PASSAGE,))
    assert find_fault(honest(), state, tools) == "echo"
    assert (
        find_fault(honest(), replace(state_for("Di chi è AFOL?"), mode=AnswerMode.GENERATED, shown=(PASSAGE,)), tools)
        is None
    )
