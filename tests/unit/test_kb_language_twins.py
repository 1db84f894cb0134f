"""Words of one stem and two meanings are kept apart."""

from __future__ import annotations

import pytest

from kb.language.twins import not_meant, others_alone
from kb.language.words import stem


@pytest.mark.parametrize(
    ("question", "sentence", "apart"),
    [
        ("Quali tasse aumentano?", "Si vuole aumentare il tasso di occupazione.", True),
        ("Quali tasse aumentano?", "La tassa sui rifiuti aumenta, il tasso di interesse no.", False),
        ("Quando scade il bando?", "La banda larga arriva nelle scuole.", True),
        ("Chi ha progettato il gemello digitale?", "DITA è il progetto per il gemello digitale.", True),
        ("Chi ha progettato il gemello digitale?", "Il gemello digitale è progettato dal CERN.", False),
        ("Chi trova lavoro ai giovani?", "La prima linea di lavoro riguarda il suolo.", True),
        ("Chi trova lavoro ai giovani?", "Una linea di lavoro è il lavoro dei giovani.", False),
        ("Quali linee di lavoro ci sono?", "La prima linea di lavoro riguarda il suolo.", False),
        ("Chi dà una casa agli studenti?", "Le Case e gli Ospedali di Comunità sono per tutti.", True),
    ],
)
def test_another_word_of_the_same_stem(question: str, sentence: str, apart: bool) -> None:
    meant = not_meant(question)
    assert any(others_alone(others, root, sentence) for root, others in meant.items()) is apart


@pytest.mark.parametrize("question", ["Quanti Comuni ci sono?", "A che progetto partecipa l'Ente?", ""])
def test_most_questions_have_no_such_word(question: str) -> None:
    assert not_meant(question) == {}


def test_the_pairs_share_their_stem() -> None:
    assert stem(["tasse"]) == stem(["tasso"])
    assert stem(["bando"]) == stem(["banda"])
