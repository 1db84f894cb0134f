"""How plainly a sentence tells how many there are of something in all."""

from __future__ import annotations

import pytest

from kb.answering.judging.totals import ON_THEM, asks_how_many_in_all, plainness
from kb.language.questions import read_question
from kb.language.words import content_stems


def plain(question: str, sentence: str) -> float:
    return plainness(read_question(question), frozenset(content_stems(sentence)), sentence)


@pytest.mark.parametrize(
    ("question", "asked"),
    [("Quanti Driver ci sono?", True), ("Quanti sono i Comuni?", True), ("Quanti Comuni hanno la fibra?", False)],
)
def test_how_many_in_all_is_asked(question: str, asked: bool) -> None:
    assert asks_how_many_in_all(read_question(question)) is asked


def test_the_less_else_is_said_the_plainer() -> None:
    question = "Quanti Comuni ci sono?"
    few, many = (
        "I Comuni sono 133.",
        "Fra i Comuni 133 hanno firmato in primavera il patto sulla casa e sul lavoro nero.",
    )
    assert plain(question, few) > plain(question, many) == 0.0


def test_a_sentence_on_all_of_them_is_plainer_than_one_that_only_names_them() -> None:
    on_them = "Le dodici biblioteche aprono di sera, di notte, nei giorni festivi e durante tutta la stagione estiva."
    beside = "I lettori delle dodici biblioteche vengono di sera, di notte, nei giorni festivi e nella stagione estiva."
    assert plain("Quante biblioteche ci sono?", on_them) == ON_THEM
    assert plain("Quante biblioteche ci sono?", beside) == 0.0
    assert plain("Quante biblioteche aprono di domenica?", on_them) == 0.0
