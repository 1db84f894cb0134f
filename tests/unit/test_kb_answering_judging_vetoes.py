"""Questions whose nearest sentences share their words and answer nothing are refused."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from kb.answering.conclude import conclude
from kb.answering.decide import decide
from kb.answering.judging.judge import Judge
from kb.answering.judging.vetoes import (
    asks_for_the_unknown,
    asks_of_the_unknown,
    defines_the_unnamed,
    lists_the_unknown,
    names_nothing,
    tells_of_another,
    turns_on_the_untold,
    words_elsewhere,
)
from kb.answering.state import Evidence, State, Tools
from kb.answering.weighing.weights import count_words
from kb.language.questions import read_question
from kb.records import Passage, ScoredPassage, Span
from kb.retrieval.query import QueryReading
from kb.retrieval.search import SearchResult


def passage(name: str, text: str, driver: int) -> Passage:
    return Passage(name, "d", text, (Span(1, 0, len(text)),), ("",), section=("S",), driver=driver)


PASSAGES = [
    passage("p1", "Il Driver 2 sostiene l'agricoltura della Città metropolitana.", 2),
    passage("p2", "Il Driver 3 riguarda l'energia rinnovabile della Città metropolitana.", 3),
    passage("p3", "Nel 2018 la Città metropolitana posa i tralicci del Driver 1.", 1),
]


@pytest.fixture(scope="module")
def tools() -> Tools:
    library = SimpleNamespace(passages=PASSAGES, documents={}, id="r_prova")
    return cast(Tools, SimpleNamespace(library=library, weights=count_words(PASSAGES), decision=None))


def evidence(text: str, **features: float) -> Evidence:
    return Evidence(passage("p9", text, 1), 0, len(text), 1.0, features)


@pytest.mark.parametrize(
    ("question", "driver", "words"),
    [
        ("Il Driver 3 riguarda l'agricoltura?", 3, "agricoltura"),
        ("Il Driver 2 riguarda l'agricoltura?", 2, ""),
        ("Il Driver 3 riguarda i vulcani?", 3, ""),  # nowhere in the documents: another reason
        ("Il Driver 3 riguarda l'energia o l'agricoltura?", 3, ""),
        ("Che cosa dice il Driver 3 dell'agricoltura?", 3, ""),
        ("Il Driver 3 prevede due interventi sull'energia?", 3, ""),
    ],
)
def test_a_claim_on_a_driver_needs_its_own_texts(tools: Tools, question: str, driver: int, words: str) -> None:
    assert words_elsewhere(read_question(question), driver, tools) == words


@pytest.mark.parametrize(
    ("question", "unknown", "refused"),
    [
        ("Il PTM è obbligatorio per i Comuni?", 0.6, True),
        ("Il PTM è obbligatorio per i Comuni?", 0.2, False),  # something near it is there
        ("Il PTM è obbligatorio o facoltativo?", 0.6, False),
        ("Chi presiede AFOL?", 0.6, True),
        ("Chi decide se un insediamento ha rilevanza sovracomunale?", 0.6, False),
        ("Che cosa propone il PTM?", 0.9, False),
        ("Is the PTM binding for municipalities?", 0.9, False),  # no English word stands in Italian documents
    ],
)
def test_the_point_of_a_narrow_question_must_be_known(question: str, unknown: float, refused: bool) -> None:
    assert asks_of_the_unknown(read_question(question), evidence("Il PTM.", unknown=unknown)) is refused


@pytest.mark.parametrize(
    ("question", "nothing"),
    [
        ("Da quando esiste la Città metropolitana?", True),
        ("Da quando ci sono i tralicci della Città metropolitana?", False),
        ("Che cosa fa la Città metropolitana?", False),
    ],
)
def test_a_date_of_what_stands_everywhere_is_no_answer(tools: Tools, question: str, nothing: bool) -> None:
    assert names_nothing(read_question(question), tools) is nothing


def test_a_veto_empties_the_evidence_and_says_why(tools: Tools) -> None:
    question = "Il Driver 3 riguarda l'agricoltura?"
    state = State(question, standalone=question, asked=read_question(question), evidence=(evidence("Il Driver 3."),))
    found = SearchResult((), QueryReading(text=question, plain=question, lexical_text=question, drivers=(3,)))
    decided = decide(replace(state, found=found), tools)
    assert decided.evidence == ()
    assert [note.text for note in decided.notes] == ["Nei testi sul Driver 3 non compare: agricoltura."]
    assert decided.detail["veto"] == "not_in_driver"


def test_a_driver_that_no_document_has_is_refused(tools: Tools) -> None:
    question = "Che cosa prevede il Driver 14?"
    state = State(question, standalone=question, asked=read_question(question), evidence=(evidence("Il Driver 1."),))
    decided = decide(
        replace(
            state,
            found=SearchResult((), QueryReading(text=question, plain=question, lexical_text=question, drivers=(14,))),
        ),
        tools,
    )
    assert decided.evidence == ()
    assert decided.detail["veto"] == "unknown_driver"


@pytest.mark.parametrize(
    ("question", "features", "refused"),
    [
        ("Chi finanzia il Patto?", {"related": 0.0, "granted": 1.0}, True),
        ("Chi finanzia il Patto?", {"related": 1.0, "granted": 1.0}, False),
        ("Perché è stato abbandonato?", {"related": 1.0, "granted": 0.1}, True),
        ("Who pays for the Pact?", {"related": 0.0, "granted": 1.0}, False),
    ],
)
def test_what_a_question_turns_on_must_be_told(question: str, features: dict[str, float], refused: bool) -> None:
    assert turns_on_the_untold(read_question(question), evidence("Una frase.", **features)) is refused


@pytest.mark.parametrize(
    ("question", "thing", "others", "refused"),
    [
        ("Quali autostrade si costruiscono?", 0.4, 0.3, True),
        ("Quali autostrade si costruiscono?", 0.4, 0.9, False),
        ("Quali autostrade si costruiscono?", 0.8, 0.3, False),
        ("Quante autostrade si costruiscono?", 0.4, 0.9, True),
        ("Quante autostrade si costruiscono?", 0.8, 0.9, False),
        ("Quali tralicci si costruiscono?", 0.4, 0.3, False),  # the documents know them
        ("Che cosa si costruisce?", 0.4, 0.3, False),
    ],
)
def test_a_list_is_of_things_that_documents_name(
    tools: Tools, question: str, thing: float, others: float, refused: bool
) -> None:
    reading = QueryReading(text=question, plain=question, lexical_text=question)
    state = State(
        question,
        asked=read_question(question),
        found=SearchResult((), reading),
        evidence=(evidence("Una frase.", thing=thing, others=others),),
    )
    assert lists_the_unknown(state, tools) is refused


@pytest.mark.parametrize(("ghosts", "refused"), [(1, False), (2, True)])
def test_what_is_counted_may_go_by_one_other_name(tools: Tools, ghosts: int, refused: bool) -> None:
    question = "Quanti posti letto avrà?"
    reading = QueryReading(text=question, plain=question, lexical_text=question)
    found = (evidence("Le linee sono due.", thing=0.6, ghosts=ghosts),)
    state = State(question, asked=read_question(question), found=SearchResult((), reading), evidence=found)
    assert lists_the_unknown(state, tools) is refused


@pytest.mark.parametrize(
    ("question", "sentence", "unnamed"),
    [
        ("Cos'è Forestami?", "Gli interventi di forestazione riqualificano il paesaggio.", True),
        ("Cos'è la forestazione?", "Gli interventi di forestazione riqualificano il paesaggio.", False),
        ("Cos'è un depuratore?", "I depuratori diventano nodi strategici.", False),
        ("Cosè il pusm?", "Il PUMS dà indicazioni sui LUM.", False),
        ("Cosa si intende per edilizia sociale?", f"L'edilizia è vecchia, {'e poi ' * 6}la scuola è sociale.", True),
        ("Cosa si intende per edilizia sociale?", "L'edilizia residenziale sociale è a canone basso.", False),
        ("Cosa vuol dire che la scuola è un civic center?", "Le scuole sono presìdi.", False),  # no term alone
        ("What is Forestami?", "Gli interventi di forestazione.", False),
    ],
)
def test_a_definition_is_of_a_term_that_is_named(tools: Tools, question: str, sentence: str, unnamed: bool) -> None:
    reading = QueryReading(text=question, plain=question, lexical_text=question)
    state = State(
        question, asked=read_question(question), found=SearchResult((), reading), evidence=(evidence(sentence),)
    )
    assert defines_the_unnamed(state, tools) is unnamed


@pytest.mark.parametrize(
    ("question", "turns_on"),
    [
        ("Il PTM è stato approvato nel 2019?", "approv"),
        ("Le scuole sono già state vendute ai privati?", "vend"),
        ("Il PTM è uno strumento del Piano?", None),
    ],
)
def test_whether_it_happened_turns_on_the_verb(question: str, turns_on: str | None) -> None:
    relation = read_question(question).relation
    assert (relation or "").startswith(turns_on or "") and (relation is None) is (turns_on is None)


def test_who_does_it_to_something_else_is_no_answer() -> None:
    """The passage names the purifiers, and says who builds something else."""
    text = "I Comuni costruiscono la rete duale. I depuratori trattano le acque."
    headings = replace(passage("p1", text, 4), section=("Le acque",))
    asked = read_question("Chi costruisce i depuratori?")
    first, second = Judge(asked, count_words([headings]), {}).rank([ScoredPassage(headings, 1.0, {})])

    assert (first.features["deed"], second.features["deed"]) == (0.0, 0.0)
    assert turns_on_the_untold(asked, first)

    about_it = replace(headings, section=("I depuratori",))
    best = Judge(asked, count_words([about_it]), {}).rank([ScoredPassage(about_it, 1.0, {})])[0]
    assert best.text.startswith("I Comuni costruiscono")
    assert best.features["deed"] == 1.0


@pytest.mark.parametrize(("coverage", "other"), [(0.5, True), (0.9, False)])
def test_the_right_verb_of_another_thing_is_no_answer(coverage: float, other: bool) -> None:
    first = replace(evidence("I Comuni possiedono gli immobili.", coverage=coverage), score=4.0)
    better = replace(evidence("CAP Holding è una partecipata.", coverage=1.0), score=6.0)
    assert tells_of_another([first, better]) is other


@pytest.mark.parametrize(
    ("question", "ghosts", "coverage", "refused"),
    [
        ("Posso portare le gomme dell'auto al centro di raccolta?", 1, 0.7, False),
        ("Posso portare le gomme dell'auto al centro di raccolta?", 2, 0.7, True),
        ("Posso portare le gomme dell'auto al centro di raccolta?", 1, 0.3, True),
        ("Il PTM è obbligatorio?", 1, 0.7, True),
    ],
)
def test_one_unknown_word_of_many_is_not_the_point(question: str, ghosts: int, coverage: float, refused: bool) -> None:
    found = evidence("Una frase.", unknown=0.9, ghosts=ghosts, coverage=coverage)
    assert asks_of_the_unknown(read_question(question), found) is refused


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Il Driver 10 costruirà ospedali?", "non ho trovato niente che lo confermi"),
        ("Quanti ospedali costruirà il Driver 10?", "non ho trovato il numero che chiedi"),
        ("Come costruirà ospedali il Driver 10?", "non ho trovato una risposta a questa domanda"),
    ],
)
def test_a_refusal_says_what_was_not_found(tools: Tools, question: str, reason: str) -> None:
    asked = read_question(question)
    with_contact = cast(Tools, SimpleNamespace(**vars(tools), contact="Ente"))
    ended = conclude(State(question, standalone=question, asked=asked), with_contact)
    assert reason in ended.text


def test_a_sentence_far_nearer_than_the_others_may_lack_the_verb() -> None:
    asked = read_question("Il bando chiude già?")
    untold = evidence("L'Ufficio Sport non accetta più domande dopo il 14 marzo.", related=0.0)
    near = {"stands": 0.7, "outdone": 0.0, "coverage": 0.6, "unknown": 0.0}
    assert turns_on_the_untold(asked, untold)
    assert not turns_on_the_untold(asked, replace(untold, features=untold.features | near))
    assert turns_on_the_untold(asked, replace(untold, features=untold.features | near | {"whole": 0.0}))
    for other in ("Quando chiude il bando?", "Chi chiude il bando?"):  # of another deed they read as well
        assert turns_on_the_untold(read_question(other), replace(untold, features=untold.features | near))


def test_an_unknown_word_is_outvoted_where_nothing_is_nearer() -> None:
    asked = read_question("La domanda si può mandare per mail?")
    sentence = evidence("Non sono accettate domande inviate per posta elettronica.", unknown=0.5, coverage=0.6)
    near = sentence.features | {"stands": 0.7, "outdone": 0.0}
    assert asks_of_the_unknown(asked, sentence)
    assert not asks_of_the_unknown(asked, replace(sentence, features=near))
    assert asks_of_the_unknown(asked, replace(sentence, features=near | {"unknown": 0.9}))


def test_who_does_another_deed_is_outvoted_by_a_sentence_that_stands_far_out_alone() -> None:
    asked = read_question("Chi chiude il bando?")
    untold = evidence("L'Ufficio Sport non accetta più domande dopo il 14 marzo.", related=0.0)
    near = {"stands": 0.5, "outdone": 0.0, "coverage": 0.6, "unknown": 0.0}
    assert turns_on_the_untold(asked, replace(untold, features=untold.features | near))


@pytest.mark.parametrize(("whole", "refused"), [(0.0, True), (0.2, False)])
def test_a_thing_that_other_sentences_are_about_is_not_said_in_other_words(whole: float, refused: bool) -> None:
    """ "A che ora apre la piscina?" where the documents have a pool, and the sentence is on the pharmacy."""
    asked = read_question("A che ora apre la piscina comunale?")
    near = {"stands": 0.7, "outdone": 0.0, "coverage": 0.8, "unknown": 0.0, "whole": whole}
    best = evidence("La farmacia comunale è aperta dalle 8 alle 22.")
    assert turns_on_the_untold(asked, replace(best, features=best.features | near)) is refused


@pytest.mark.parametrize(("said", "refused"), [("Il PTM è del 2021.", True), ("Il PTM è del 2019.", False)])
def test_a_date_that_is_asked_about_is_not_outvoted(said: str, refused: bool) -> None:
    asked = read_question("Il PTM è stato approvato nel 2019?")
    near = {"stands": 0.7, "outdone": 0.0, "coverage": 0.6, "unknown": 0.0, "deed": 0.0}
    best = evidence(said)
    assert turns_on_the_untold(asked, replace(best, features=best.features | near)) is refused


@pytest.mark.parametrize(
    ("question", "unknown", "refused"),
    [
        ("Che fatturato ha fatto AFOL l'anno scorso?", 0.5, True),
        ("Qual è il fatturato di AFOL?", 0.5, True),
        ("Che fatturato ha AFOL?", 0.1, False),  # something near it stands in the sentence
        ("Quale azienda è AFOL?", 0.5, False),
        ("AFOL ha un fatturato?", 0.5, False),
        ("Quale problema ha AFOL?", 0.5, False),
    ],
)
def test_which_so_and_so_is_known_to_the_documents(question: str, unknown: float, refused: bool) -> None:
    best = evidence("AFOL Metropolitana è un'azienda speciale.", unknown=unknown)
    assert asks_for_the_unknown(read_question(question), best, count_words([best.passage])) is refused


@pytest.mark.parametrize(
    ("question", "thing", "refused"),
    [
        ("Qual è il menù dei centri estivi?", 0.1, True),
        ("Qual è il menù dei centri estivi?", 0.6, False),
        ("Quali sono i menù dei centri estivi?", 0.1, False),  # a list is judged by what no document names
    ],
)
def test_which_one_is_asked_needs_one(question: str, thing: float, refused: bool) -> None:
    assert turns_on_the_untold(read_question(question), evidence("Una frase.", thing=thing)) is refused
