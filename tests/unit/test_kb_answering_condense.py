"""A follow-up becomes a question that stands alone; a new subject is left as it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from kb.answering.condense import condense, stand_alone
from kb.answering.state import State, Tools
from kb.answering.weighing.weights import count_words
from kb.records import AnswerStatus
from prompts.replies import load_replies


@pytest.mark.parametrize(
    ("history", "question", "standalone"),
    [
        (
            "Quanti Comuni partecipano ad AFOL Metropolitana?",
            "E quelli del progetto Silam quanti sono?",
            "Comuni del progetto Silam quanti sono?",
        ),
        (
            "Quali sono le soglie di riduzione del consumo di suolo per il residenziale?",
            "E per le altre funzioni?",
            "Quali sono le soglie di riduzione del consumo di suolo per le altre funzioni?",
        ),
        (
            "Di quanto si riduce il consumo di suolo nel residenziale?",
            "E per le altre funzioni?",
            "Di quanto si riduce il consumo di suolo per le altre funzioni?",
        ),
        (
            "Quanto vale il bonus per chi assume?",
            "si può sommare con altri incentivi?",
            "Si può sommare con altri incentivi (il bonus per chi assume)?",
        ),
        (
            "Chi fa parte della cabina di regia del piano di Bologna?",
            "e li pagano?",
            "Li pagano (parte della cabina di regia del piano di Bologna)?",
        ),
        (
            "Come faccio a far ritirare un divano a casa?",
            "e dopo quanto vengono?",
            "Dopo quanto vengono (ritirare un divano a casa)?",
        ),
        (
            "Cosa si prevede a breve termine per il risparmio energetico?",
            "E a medio termine?",
            "Cosa si prevede a medio termine per il risparmio energetico?",
        ),
        ("Che cosa prevede il Driver 3?", "E il Driver 5?", "Che cosa prevede il Driver 5?"),
        ("Che cosa prevede il Driver 3?", "e il 9?", "Che cosa prevede il Driver 9?"),
        ("Come si intitola il Driver 4?", "e il cinque?", "Come si intitola il Driver 5?"),
        ("Che cosa prevede il Driver 3?", "E il PUMS?", "Che cosa prevede il PUMS?"),
        ("Che cos'è il PUMS?", "e il PULS?", "Che cos'è il PULS?"),
        (
            "What are the thresholds for housing?",
            "and for the other uses?",
            "What are the thresholds for the other uses?",
        ),
    ],
)
def test_a_follow_up_stands_alone(history: str, question: str, standalone: str) -> None:
    assert stand_alone(question, (history,)) == standalone


@pytest.mark.parametrize(
    "question",
    [
        "Quale legge riguarda il Parco Agricolo Sud Milano?",
        "E quante scuole superiori gestisce la Città metropolitana?",
        "Che cos'è la rete duale?",
    ],
)
def test_a_new_subject_is_left_as_it_is(question: str) -> None:
    assert stand_alone(question, ("Quanti Comuni partecipano ad AFOL Metropolitana?",)) == question


class Found:
    """A search that is as sure as it was told to be, of passages of these Drivers."""

    def __init__(self, confidence: float, drivers: tuple[int, ...]) -> None:
        self.confidence = confidence
        self.passages = tuple(SimpleNamespace(passage=SimpleNamespace(driver=driver)) for driver in drivers)
        self.asked: list[str] = []

    def search(self, text: str, *, count: int = 10) -> Found:
        self.asked.append(text)
        return self


def said(question: str, *history: str, confidence: float = 0.0, drivers: tuple[int, ...] = ()) -> State:
    """The state after the step, for a question after these turns."""
    library = SimpleNamespace(id="r_1", passages=[SimpleNamespace(driver=driver) for driver in (1, 10, None)])
    tools = SimpleNamespace(searcher=Found(confidence, drivers), weights=count_words([]), library=library)
    return condense(State(question, history=history, cleaned=question), cast(Tools, tools))


@pytest.mark.parametrize(
    ("history", "question", "standalone"),
    [
        # Which of those listed.
        (("quali sono le 3 linee sul lavoro",), "la seconda a chi si rivolge?",
         "la seconda linea sul lavoro a chi si rivolge?"),
        (("quali sono le 3 linee sul lavoro", "la seconda a chi si rivolge?"), "e la terza?",
         "la terza linea sul lavoro a chi si rivolge?"),
        (("quali sono le 3 linee sul lavoro",), "e la terza?", "Qual è la terza linea sul lavoro?"),
        (("Quali sono i dieci Driver?", "di cosa parla il terzo?"), "e l'ottavo?", "di cosa parla il Driver 8?"),
        (("cosa prevede il driver 6",), "allora l'ultimo", "cosa prevede il Driver 10"),
        (("cosa prevede il driver 6", "allora l'ultimo"), "e il 3?", "cosa prevede il Driver 3"),
        (("quanti driver ci sono",), "e quello dei trasporti?", "Qual è il Driver dei trasporti?"),
        # What always belongs to something.
        (("del driver della salute",), "chi sono gli attori", "Chi sono gli attori del driver della salute?"),
        (("Di che cosa parla il Driver 9?",), "quali sono le due linee di lavoro?",
         "Quali sono le due linee di lavoro del Driver 9?"),
        (("Che cos'è DECIWATT?",), "e quali sono i vantaggi?", "Quali sono i vantaggi di DECIWATT?"),
        (("what is driver 3",), "who are the actors?", "Who are the actors (Driver 3)?"),
        (("chi sono gli attori del driver 10",), "cosa fa il primo?", "cosa fa il primo attore del Driver 10?"),
        (("che leggi ci sono sulla salute",), "la seconda di cosa parla?",
         "La seconda legge di cosa parla (leggi sulla salute)?"),
        # Asked of the same in another way.
        (("cos'è il PTM", "e chi lo approva"), "quando?", "Quando lo approva (PTM)?"),
        (("quanti comuni hanno la fibra",), "quali?", "Quali comuni hanno la fibra"),
        (("chi ha firmato il patto",), "ma non mi hai detto quando", "Quando ha firmato il patto"),
        (("Che cos'è il PUMS?",), "quando?", "Quando (PUMS)?"),
        (("quanti posti letto ci saranno e dove si faranno?",), "quando?", "Quando (posti letto)?"),
        (("quanti posti letto ci saranno?",), "quando?", "Quando (posti letto)?"),
        (("quanti comuni hanno la fibra",), "gli altri quando?", "Gli altri quando (comuni hanno la fibra)?"),
        (("quante scuole sono",), "di cui quante con banda larga", "Quante con banda larga (scuole)?"),
        (("ho un'azienda di logistica, ci sono incentivi per i mezzi?",), "di che tipo?",
         "Di che tipo (incentivi per i mezzi)?"),
        # Another subject, or an earlier one.
        (("Che cos'è DECIWATT?",), "parliamo d'altro: la scuola aperta", "la scuola aperta"),
        (("Che cos'è DECIWATT?",), "cambiamo argomento, quanto costa?", "quanto costa?"),
        (("quanti driver ci sono", "Che cos'è DECIWATT?"), "torniamo ai driver, il secondo qual è?",
         "il Driver 2 qual è?"),
        (("quanti driver ci sono",), "torniamo al PUMS", "Parlami del PUMS"),
        (("Che cos'è il PULS?",), "no, intendevo il PUMS", "Che cos'è il PUMS?"),
        # Talk between is no subject.
        (("Che cos'è DECIWATT?", "no", "sì", "👍", "siete dei ladri", "dimmi di più"), "chi lo usa?",
         "Chi lo usa (DECIWATT)?"),
        (("come mi registro?",), "hanno tutte internet?", "hanno tutte internet?"),
        (("cos'è il parco sud",), "che legge lo regola?", "Che legge lo regola (il parco sud)?"),
        (("fate piste ciclabili nuove?",), "e il biciplan cos'è", "e il biciplan cos'è"),
    ],
)  # fmt: skip
def test_a_conversation_goes_on(history: tuple[str, ...], question: str, standalone: str) -> None:
    assert said(question, *history).standalone == standalone


def test_an_earlier_turn_that_stood_alone_is_the_subject() -> None:
    """Asked after another subject, but of a noun of its own that the documents know."""
    after = said("hanno tutte internet?", "Che cos'è DECIWATT?", "quante scuole superiori avete?", confidence=0.9)
    assert after.standalone == "Hanno tutte internet (scuole superiori)?"


@pytest.mark.parametrize("question", ["?", "non ho capito", "spiegati meglio", "e quindi?", "e allora?"])
def test_a_turn_that_says_nothing_offers_questions_on_the_last(question: str) -> None:
    after = said(question, "Cosa fa il Driver 3?", "e il 5?", drivers=(5, 5, 2))
    assert after.status is AnswerStatus.NEEDS_CLARIFICATION
    assert after.suggestions[:2] == ("Che cosa prevede il Driver 5?", "Che cosa prevede il Driver 2?")


def test_with_nothing_asked_before_the_usual_questions_are_offered() -> None:
    assert said("?", "ciao").suggestions == load_replies("it").suggestions


def test_who_wrote_in_english_is_asked_in_english() -> None:
    assert said("?", "What is the rural park?").text.startswith("I did not understand")
    assert said("I don't understand", "What is the rural park?").text.startswith("I send")


def test_without_history_nothing_changes() -> None:
    assert stand_alone("E per le altre funzioni?", ()) == "E per le altre funzioni?"


def test_two_follow_ups_in_a_row_build_on_each_other() -> None:
    history = ("Che cosa prevede il Driver 3?", "E il Driver 5?")
    assert stand_alone("e il 7?", history) == "Che cosa prevede il Driver 7?"


@pytest.mark.parametrize(
    ("history", "question", "standalone"),
    [
        (("Che cos'è DECIWATT?",), "con chi è fatto?", "Con chi è fatto (DECIWATT)?"),
        (("Che cos'è DECIWATT?", "con chi è fatto?"), "quanto costa?", "Quanto costa (DECIWATT)?"),
        (
            ("Che cos'è il gemello digitale?", "chi lo fa?"),
            "con quali soldi?",
            "Con quali soldi (il gemello digitale)?",
        ),
        (("Come funziona la rete duale?",), "a cosa serve?", "A cosa serve (la rete duale)?"),
        (
            ("Chi ha promosso il Patto per il Lavoro?",),
            "e chi l'ha sottoscritto?",
            "Chi l'ha sottoscritto (Patto per il Lavoro)?",
        ),
        (("Che cos'è il PUMS?",), "quando è stato approvato?", "Quando è stato approvato (PUMS)?"),
        (("Che cos'è il PULS?",), "allora parlami del Driver 6", "allora parlami del Driver 6"),
        (("Quante antenne ci sono?",), "da quando ci sono i tralicci?", "da quando ci sono i tralicci?"),
        (("Quali missioni ci sono?",), "la M6 che cosa riguarda?", "la M6 che cosa riguarda?"),
        (("Che cos'è il PUMS?",), "Dove si trovano le scuole aperte?", "Dove si trovano le scuole aperte?"),
    ],
)
def test_a_question_that_names_nothing_is_on_the_subject_of_the_last(
    history: tuple[str, ...], question: str, standalone: str
) -> None:
    assert stand_alone(question, history) == standalone


def test_the_same_is_asked_of_another_thing() -> None:
    assert stand_alone("e la rete duale?", ("Chi costruisce il gemello digitale?",)) == "Chi costruisce la rete duale?"


def test_a_clause_about_the_subject_keeps_it() -> None:
    assert (
        stand_alone("e i privati possono usarlo?", ("A cosa serve DECIWATT?",))
        == "I privati possono usarlo (DECIWATT)?"
    )


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("e quali strumenti usano?", "Quali strumenti usano (Distretti)?"),  # who uses them was named before
        ("e quali strumenti servono ai Comuni?", "e quali strumenti servono ai Comuni?"),
    ],
)
def test_what_those_named_before_do_leans_on_them(question: str, standalone: str) -> None:
    """Though the documents seem to hold an answer to the question as it stands."""
    assert said(question, "Che cosa sono i Distretti?", confidence=0.9).standalone == standalone


def test_figures_that_a_person_tells_first_are_asked_about_too() -> None:
    question = "Mia madre ha 80 anni, deve pagare per il ritiro dei mobili?"
    asked = said(question).asked
    assert asked is not None and "80" in {figure.value for figure in asked.figures}
