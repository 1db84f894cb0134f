"""Why something is so, conditions and steps: what answers them is a reason or a list."""

from __future__ import annotations

import pytest

from kb.answering.judging.reasons import asks_why, gives_reason, reason_after
from kb.answering.judging.severals import asks_for_several
from kb.answering.state import Evidence
from kb.language.questions import asks_how_to, read_question
from kb.records import Passage, Span

TEXT = "Qui gli iscritti diminuiscono. L'Agenzia lo attribuisce alla chiusura della sede. Gli uffici sono due."


def first_sentence() -> Evidence:
    passage = Passage("p", "d", TEXT, (Span(1, 0, len(TEXT)),), ("",))
    return Evidence(passage, 0, TEXT.index(".") + 1, 1.0, {})


def test_a_reason_is_asked_and_given() -> None:
    assert asks_why("Perché gli iscritti diminuiscono?") and asks_why("come mai è chiuso")
    assert not asks_why("Quando e perché è chiuso?")
    assert gives_reason("La sede è chiusa a causa dei lavori.") and not gives_reason("La sede è chiusa.")


def test_the_reason_in_the_next_sentence_is_said_too() -> None:
    reason = reason_after(first_sentence(), read_question("Perché gli iscritti diminuiscono?"))
    assert reason is not None and reason.text == "L'Agenzia lo attribuisce alla chiusura della sede."
    assert reason_after(first_sentence(), read_question("Dove gli iscritti diminuiscono?")) is None


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Che cosa serve per avere la riduzione?", True),
        ("Chi può presentare domanda?", True),
        ("Quali requisiti bisogna avere?", True),
        ("Quanto costa la domanda?", False),
        ("Chi presiede la commissione?", False),
    ],
)
def test_conditions_are_often_a_list(question: str, several: bool) -> None:
    assert asks_for_several(question) is several


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Come iscrivo mio figlio al nido?", True),
        ("Come paghiamo la mensa?", True),
        ("Come mezzo si usa il bus?", False),
        ("Come primo passo che si fa?", False),
    ],
)
def test_how_i_go_about_it(question: str, asked: bool) -> None:
    assert asks_how_to(question) is asked
