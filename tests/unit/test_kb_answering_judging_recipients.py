"""Where it is asked for whom something is meant, a sentence names somebody whom it is for."""

from __future__ import annotations

import pytest

from kb.answering.judging.recipients import names_recipients
from kb.language.questions import read_question


@pytest.mark.parametrize(
    ("question", "sentence", "named"),
    [
        ("A chi si rivolge GOL?", "GOL ha azioni per la popolazione più vulnerabile.", True),
        ("A chi si rivolge GOL?", "GOL significa Garanzia di Occupabilità.", False),
        ("La formazione è rivolta a chi?", "Si offre più formazione a disoccupati, giovani e donne.", True),
        ("La formazione è rivolta a chi?", "Il servizio cura la formazione.", False),
        ("A chi è destinato il fondo?", "Il fondo è destinato ai residenti.", True),
        ("A chi è destinato il fondo?", "Il fondo nasce nel 2019.", False),
        ("Che cos'è il fondo?", "Il fondo nasce nel 2019.", True),  # asks something else
        ("A chi mi rivolgo per il fondo?", "Il fondo nasce nel 2019.", True),
    ],
)
def test_whom_something_is_for(question: str, sentence: str, named: bool) -> None:
    assert names_recipients(question, sentence) is named


def test_such_a_question_turns_on_no_verb() -> None:
    assert read_question("A chi si rivolge il programma GOL?").relation is None
    assert read_question("Chi rivolge domande al Comune?").relation == "rivolg"
