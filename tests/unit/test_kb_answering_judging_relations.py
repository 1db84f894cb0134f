"""A sentence that tells another deed than the one asked, or lacks what is taken for granted, is beside the point."""

from __future__ import annotations

import pytest

from kb.answering.judging.relations import attributes, granted_held, relation_held
from kb.answering.weighing.weights import stems_of
from kb.language.questions import read_question


@pytest.mark.parametrize(
    ("question", "sentence", "held"),
    [
        ("Chi finanzia il Patto?", "Il Patto è stato sottoscritto dalla Città metropolitana.", 0.0),
        ("Chi finanzia il Patto?", "Il Patto riceve un contributo dalla Regione.", 1.0),
        ("Chi finanzia il Patto?", "Il finanziamento del Patto è della Regione.", 1.0),
        ("Chi ha firmato il Patto?", "Il Patto è stato sottoscritto dalla Città metropolitana.", 1.0),
        ("Chi gestisce la mensa?", "Il servizio è affidato a una cooperativa.", 1.0),
        ("Chi paga la mensa?", "Il servizio è affidato a una cooperativa.", 0.0),
        ("Chi deve individuare le aree?", "I Comuni identificano gli ambiti nei PGT.", 1.0),
        ("Chi ha progettato la rete?", "La rete serve agli interventi del Comune.", 0.0),  # a deed is no thing
        ("Chi ha progettato la rete?", "La progettazione della rete è del Comune.", 1.0),
        ("Con chi collabora l'Ente?", "L'Ente ha una partnership con l'Università.", 1.0),
        ("Chi è il promotore?", "Il Patto è stato promosso dal Comune.", 1.0),
        ("Quando finisce il piano?", "Il piano riguarda il 2019-2021.", 0.0),
        ("Che cosa finisce?", "Il piano riguarda il 2019-2021.", 1.0),
    ],
)
def test_the_verb_that_a_question_turns_on(question: str, sentence: str, held: float) -> None:
    assert relation_held(read_question(question), stems_of(sentence), {}) == held


@pytest.mark.parametrize(
    ("question", "sentence", "held"),
    [
        ("Perché il progetto è stato abbandonato?", "Il progetto crea un gemello digitale.", 0.0),
        ("Perché il progetto è stato abbandonato?", "Il progetto, abbandonato nel 2020, era costoso.", 1.0),
        ("Dato che la legge abolisce il parco, chi lo gestirà?", "La legge riguarda il parco.", 0.0),
        ("Come mai le reti sono vietate?", "Le reti sono soluzioni sostenibili.", 0.0),
        ("Perché si vuole dividere il servizio?", "Il servizio va a un gestore unico.", 1.0),  # sets it right
        (  # the works go by another name
            "Come mai hanno rinviato i lavori di piazza Duomo a Rho?",
            "Il rifacimento della piazza Duomo di Rho è rinviato.",
            1.0,
        ),
        (  # what is said to have happened may not
            "Come mai hanno rinviato i lavori di piazza Duomo a Rho?",
            "I lavori di piazza Duomo a Rho sono finiti.",
            0.0,
        ),
        (
            "Perché il piano cita il progetto?",
            "Il progetto crea un gemello, dice l'Ente citato.",
            1.0,
        ),  # of the plan it all is
        ("Il progetto è stato abbandonato?", "Il progetto crea un gemello digitale.", 1.0),  # takes nothing for granted
    ],
)
def test_what_a_question_takes_for_granted(question: str, sentence: str, held: float) -> None:
    assert granted_held(read_question(question), sentence, {}) == held


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ("Ai Comuni spetta la programmazione.", 1.0),
        ("I servizi sono programmati dai Comuni.", 1.0),
        ("La Città metropolitana collega domanda e programmazione.", 0.0),
    ],
)
def test_whose_doing_it_is(sentence: str, says: float) -> None:
    assert attributes(sentence) == says


@pytest.mark.parametrize(
    ("question", "word", "near", "held"),
    [
        ("Perché il Driver 9 è stato bocciato?", "bocc", 0.42, 0.0),  # near much else
        ("Perché il Driver 9 è stato bocciato?", "bocc", 0.7, 0.7),
        ("Perché la rete è utile?", "util", 0.42, 0.42),
    ],
)
def test_what_is_said_to_have_happened_must_be_told(question: str, word: str, near: float, held: float) -> None:
    sentence = "Il Driver 9 e la rete sono del Piano."
    assert granted_held(read_question(question), sentence, {word: near}) == held
