"""Questions on the Drivers: which of them, the next one, nothing but them."""

from __future__ import annotations

import pytest

from kb.answering.composing.drivers import driver_of, drivers_named, on_each_driver
from kb.answering.condense import stand_alone
from kb.answering.judging.driver_questions import asks_which_drivers, said_in_full, subject_of_drivers
from kb.answering.state import Evidence
from kb.language.questions import read_question
from kb.records import Passage, Span


def evidence(text: str, driver: int | None = None, **features: float) -> Evidence:
    passage = Passage("p", "d", text, (Span(1, 0, len(text)),), ("",), driver=driver)
    return Evidence(passage, 0, len(text), 1.0, features)


@pytest.mark.parametrize(
    ("question", "full"),
    [
        ("Driver", "Quali sono i Driver?"),
        ("i driver?", "Quali sono i Driver?"),
        ("Mi fai l'elenco dei Driver?", "Quali sono i Driver?"),
        ("Fammi la lista completa dei driver del piano", "Quali sono i Driver?"),
        ("Elenca tutti i Driver dell'Agenda strategica", "Quali sono i Driver?"),
        ("Elenca gli obiettivi dei Driver", "Elenca gli obiettivi dei Driver"),
        ("Quali sono i dodici Driver?", "Quali sono i dodici Driver?"),
        ("Chi partecipa al Driver 3?", "Chi sono gli attori del Driver 3?"),
        ("Chi partecipa ad AFOL?", "Chi partecipa ad AFOL?"),
        ("Driver 3", "Driver 3"),
    ],
)
def test_what_is_left_out_is_said(question: str, full: str) -> None:
    assert said_in_full(question) == full


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("E il prossimo?", "Di cosa parla il Driver 4?"),
        ("e quello dopo?", "Di cosa parla il Driver 4?"),
        ("E il precedente?", "Di cosa parla il Driver 2?"),
        ("E il 9?", "Di cosa parla il Driver 9?"),
    ],
)
def test_the_next_driver(question: str, standalone: str) -> None:
    assert stand_alone(question, ("Di cosa parla il Driver 3?",)) == standalone


def test_each_driver_has_its_sentence() -> None:
    asked = read_question("Quali Driver riguardano l'energia?")
    found = [
        evidence("Il Driver 7 fa delle scuole comunità di energia."),
        evidence("Il Driver 3 produce energia."),
        evidence("Il Driver 3 risparmia energia."),
        evidence("Il Driver 5 riguarda la mobilità."),
        evidence("Il Driver 4 recupera acqua."),
    ]
    chosen = on_each_driver(asked, found)
    assert [one.text for one in chosen] == ["Il Driver 3 produce energia.", found[0].text]
    assert drivers_named(chosen) == 2


def test_one_driver_makes_no_list() -> None:
    asked = read_question("Quali Driver riguardano l'energia?")
    assert on_each_driver(asked, [evidence("Il Driver 3 produce energia.")]) == []
    assert not asks_which_drivers(read_question("Quali sono i Driver?"))
    assert (
        on_each_driver(read_question("Quali Comuni hanno energia?"), [evidence("Il Driver 3 produce energia.")]) == []
    )


def test_a_driver_is_told_by_the_passage_too() -> None:
    asked = read_question("In quali Driver c'è la food policy?")
    found = [
        evidence("Fra i fattori c'è la food policy.", driver=10),
        evidence("La food policy è una delle attività.", driver=2),
        evidence("La food policy è nel Driver 2.", driver=2),  # names it
        evidence("Una policy sui trasporti.", driver=5),
    ]
    chosen = on_each_driver(asked, found)
    assert [(driver_of(one), one.text) for one in chosen] == [(2, found[2].text), (10, found[0].text)]
    assert drivers_named(chosen) == 1


def test_words_of_like_meaning_count_where_one_driver_alone_has_the_word() -> None:
    asked = read_question("Quali Driver si occupano di giovani?")
    youth, students = evidence("Il Driver 8 forma i giovani."), evidence("Il Driver 9 ospita gli studenti.")
    assert on_each_driver(asked, [students, youth]) == [youth, students]
    other = evidence("Il Driver 7 apre le porte ai giovani.")
    assert on_each_driver(asked, [students, youth, other]) == [other, youth]


def test_what_is_beside_the_point_makes_no_list() -> None:
    asked = read_question("Quali Driver riguardano l'energia?")
    found = [evidence("Il Driver 3 produce energia."), evidence("Il Driver 7 produce energia.", related=0.0)]
    assert on_each_driver(asked, found) == []


@pytest.mark.parametrize(
    ("question", "asks", "subject"),
    [
        ("Quali Driver richiamano il PTM?", True, ("ptm",)),
        ("Che Driver parlano di scuola?", True, ("scuol",)),
        ("Quali sono i dieci Driver?", False, None),
        ("Quale Driver parla di scuola?", False, None),
    ],
)
def test_which_of_the_drivers(question: str, asks: bool, subject: tuple[str, ...] | None) -> None:
    asked = read_question(question)
    assert asks_which_drivers(asked) is asks
    assert subject is None or subject_of_drivers(asked) == subject
