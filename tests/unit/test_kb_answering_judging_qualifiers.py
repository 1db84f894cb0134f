"""What is said of another kind of the same thing does not answer."""

from __future__ import annotations

import pytest

from kb.answering.judging.qualifiers import meets_qualifier
from kb.language.questions import read_question


@pytest.mark.parametrize(
    ("question", "sentence", "heading"),
    [
        ("E a lungo termine che cosa si fa?", "A breve termine si fa formazione sul risparmio.", ""),
        ("Quanto costa l'abbonamento mensile?", "L'abbonamento annuale costa 310 euro.", ""),
        ("Quanto costa l'abbonamento mensile?", "Il prezzo è di 310 euro.", "Abbonamento annuale"),
        ("Che cosa fa la seconda linea di lavoro?", "La prima linea di lavoro conferma le soglie.", ""),
        ("Quali sono gli orari estivi?", "Gli orari invernali vanno dalle 9 alle 17.", ""),
        ("Si fa a breve o a lungo termine?", "Si fa a medio termine.", ""),
        ("Chi convoca il consiglio comunale?", "Il Sindaco convoca il consiglio metropolitano.", ""),
    ],
)
def test_another_of_its_kind_does_not_answer(question: str, sentence: str, heading: str) -> None:
    assert not meets_qualifier(read_question(question), sentence, heading)


@pytest.mark.parametrize(
    ("question", "sentence", "heading"),
    [
        ("E a lungo termine che cosa si fa?", "Gli assi sono a breve termine e a lungo termine.", ""),
        ("E a lungo termine che cosa si fa?", "Si avvia un sistema per i Comuni.", ""),
        ("Quanto costa l'abbonamento mensile?", "Il mensile costa 34 euro.", "Abbonamento annuale"),
        ("È previsto a breve, medio o lungo termine?", "È previsto nel medio termine.", ""),
        ("Quanto costa l'abbonamento?", "L'abbonamento annuale costa 310 euro.", ""),
        ("Che cosa fa la prima linea?", "Ogni linea, secondo il Piano, conferma le soglie.", ""),
        ("Quali sono le scuole nuove?", "Le scuole aperte sono dieci, in vecchie case.", ""),
    ],
)
def test_a_sentence_on_the_same_or_on_both_may_answer(question: str, sentence: str, heading: str) -> None:
    assert meets_qualifier(read_question(question), sentence, heading)


@pytest.mark.parametrize(
    ("question", "sentence", "met"),
    [
        ("Quante consulenze ci sono state nel secondo anno?", "Nel primo anno ne sono state svolte 412.", False),
        ("Quante consulenze ci sono state nel primo anno?", "Nel primo anno ne sono state svolte 412.", True),
        ("Quante consulenze ci sono state nel secondo anno?", "Il primo sportello ne ha svolte 412.", True),
        ("Quanto costa il secondo veicolo?", "Primo veicolo gratuito; secondo veicolo 60 euro.", True),
    ],
)
def test_of_several_in_a_row_one_is_asked(question: str, sentence: str, met: bool) -> None:
    assert meets_qualifier(read_question(question), sentence) is met
