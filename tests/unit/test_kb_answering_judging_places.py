"""A contact is of the channel that is asked for, and no hour is a telephone number."""

from __future__ import annotations

import pytest

from kb.answering.judging.places import gives_contact, names_place, says_where
from kb.answering.judging.shapes import is_sentence


@pytest.mark.parametrize(
    ("asked", "sentence", "given"),
    [
        ("Che telefono ha lo sportello?", "Telefono: 0399 441270", True),
        ("Che telefono ha lo sportello?", "Numero verde: 800 112 743", True),
        ("Che telefono ha lo sportello?", "E-mail: sportello@comune.example", False),
        ("Che telefono ha lo sportello?", "Apertura: lunedì 9.00-12.30; giovedì 14.00-17.00", False),
        ("Che telefono ha lo sportello?", "Il contributo è di 800.000 euro dal 01.09.2025.", False),
        ("Qual è la mail dell'ufficio?", "E-mail: sportello@comune.example", True),
        ("Qual è la mail dell'ufficio?", "Telefono: 0399 441270", False),
        ("Qual è la PEC dell'ufficio?", "E-mail: sportello@comune.example", False),
        ("Qual è la PEC dell'ufficio?", "PEC: comune@pec.example", True),
        ("Qual è il sito della biblioteca?", "E-mail: libri@biblioteca.it", False),
        ("Qual è il sito della biblioteca?", "Sito: www.biblioteca.example", True),
        ("Quali sono i recapiti?", "E-mail: sportello@comune.example", True),
    ],
)
def test_a_contact_is_of_the_channel_asked_for(asked: str, sentence: str, given: bool) -> None:
    assert gives_contact(sentence, asked) is given


def test_a_short_line_with_a_contact_answers() -> None:
    assert is_sentence("Tel. 0363 770218")
    assert not is_sentence("Ufficio Scuola")


@pytest.mark.parametrize(
    ("sentence", "where"),
    [
        ("Cartone della pizza: nell'umido se è unto, nella carta se è pulito.", True),
        ("Pile: nei contenitori dei negozi.", True),
        ("Farmaci scaduti: nei raccoglitori delle farmacie.", True),
        ("I diritti sono scritti nella Carta dei servizi.", False),
    ],
)
def test_what_is_thrown_away_goes_somewhere(sentence: str, where: bool) -> None:
    assert says_where(sentence) is where


def test_a_place_that_the_question_names_itself_is_no_answer() -> None:
    named = "I 22 Comuni dell'Adda Martesana hanno firmato."
    assert names_place(named)
    assert names_place(named, "Quali Comuni hanno firmato?")
    assert not names_place(named, "Quali Comuni sono dell'Adda Martesana?")
