"""Questions on the Drivers: which of them, the next one, nothing but them."""

from __future__ import annotations

import pytest

from kb.answering.composing.drivers import drivers_named, on_each_driver
from kb.answering.condense import stand_alone
from kb.answering.judging.driver_questions import asks_which_drivers, said_in_full
from kb.answering.state import Evidence
from kb.language.questions import read_question
from kb.records import Passage, Span


def evidence(text: str, coverage: float = 1.0) -> Evidence:
    passage = Passage("p", "d", text, (Span(1, 0, len(text)),), ("",))
    return Evidence(passage, 0, len(text), coverage, {"coverage": coverage})


@pytest.mark.parametrize(
    ("question", "full"),
    [
        ("Driver", "Quali sono i Driver?"),
        ("i driver?", "Quali sono i Driver?"),
        ("Mi fai l'elenco dei Driver?", "Quali sono i Driver?"),
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
        evidence("Il Driver 4 recupera energia.", coverage=0.5),
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
