"""Marks, addresses, telephones, hours and days of the month are no numbers of things."""

from __future__ import annotations

import pytest

from kb.answering.judging.expected import meets
from kb.answering.judging.uncounted import counts_nothing
from kb.language.figures import find_figures
from kb.language.questions import read_question


@pytest.mark.parametrize(
    ("sentence", "counting"),
    [
        ("2. Gli ispettori portano un tesserino.", []),
        ("- 3) Gli ispettori portano un tesserino.", []),
        ("Lo sportello di via Lungolago 33 offre consulenze.", []),
        ("La sede è in piazza della Repubblica n. 12.", []),
        ("Si prenota al numero verde 800 214 907.", []),
        ("Si chiama lo 02 1234567 ogni giorno.", []),
        ("La farmacia è aperta dalle 8 alle 22.", []),
        ("La domanda si presenta entro il 31 gennaio.", []),
        ("Alle 12 associazioni iscritte va un contributo.", ["12"]),
        ("Gli sportelli in via Roma sono 4.", ["4"]),
        ("Ogni utenza ha diritto a tre ritiri l'anno.", ["tre"]),
        ("L'obiettivo è di 600 consulenze.", ["600"]),
    ],
)
def test_what_a_number_counts(sentence: str, counting: list[str]) -> None:
    assert [one.text for one in find_figures(sentence) if not counts_nothing(one, sentence)] == counting


def test_an_item_s_mark_answers_no_how_many() -> None:
    asked = read_question("Quanti ispettori ambientali ci sono?")
    assert not meets(asked, "2. Gli ispettori ambientali portano un tesserino.")
    assert meets(asked, "2. Gli ispettori ambientali sono 14.")
