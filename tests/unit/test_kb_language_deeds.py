"""What a question for yes or no turns on."""

from __future__ import annotations

import pytest

from kb.language.deeds import asked_deed, asks_permission, done_by_me
from kb.language.words import fold, stem


@pytest.mark.parametrize(
    ("question", "verb"),
    [
        ("Il Driver 10 costruirà nuovi ospedali?", "costruire"),
        ("Il piano prevede di vendere le scuole?", "vendere"),
        ("Le scuole verranno vendute ai privati?", "vendere"),
        ("Il PTM è già stato approvato?", "approvare"),
        ("I Comuni hanno firmato il Patto?", "firmare"),
        ("Il servizio deve essere pagato dai residenti?", "pagare"),
        ("Il piano incentiva l'agricoltura?", "incentivare"),
        ("Le funzioni della Città metropolitana aumentano?", "aumentare"),  # "le funzioni" are no verb
        ("Il piano parla di turismo?", None),  # too wide
        ("Il Driver 3 riguarda l'energia?", None),
        ("La salute è una funzione diretta?", None),
    ],
)
def test_the_verb_of_a_question_for_yes_or_no(question: str, verb: str | None) -> None:
    assert asked_deed(fold(question)) == (stem([verb])[0] if verb else None)


@pytest.mark.parametrize(
    ("question", "permission"),
    [
        ("Posso portare il cane in biblioteca?", True),
        ("Si può parcheggiare in centro?", True),
        ("È vietato accendere fuochi?", True),
        ("Come posso iscrivermi?", True),
        ("Il piano vieta le auto?", False),
    ],
)
def test_whether_the_person_may(question: str, permission: bool) -> None:
    assert asks_permission(fold(question)) is permission


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("quanto pago per il pasto", {"pago"}),
        ("come iscrivo mio figlio", {"iscrivo"}),
        ("quanto e il costo del pasto", frozenset()),  # after an article it is a noun
    ],
)
def test_what_the_person_does(text: str, verbs: set[str]) -> None:
    assert done_by_me(text) == verbs
