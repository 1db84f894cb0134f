"""One of the things that a turn listed is meant by its place, or by what it is of."""

from __future__ import annotations

import pytest

from kb.answering.conversing.listed import singular, swap_that_of, things_listed, with_listed


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("quali sono le 3 linee sul lavoro", "linee sul lavoro"),
        ("Quali sono i dieci Driver?", "Driver"),
        ("quanti driver ci sono", "driver"),
        ("Quanti Comuni partecipano ad AFOL?", ""),  # what is counted is not listed
        ("Quali Comuni partecipano ad AFOL?", "Comuni"),
        ("Elenca i progetti di rigenerazione.", "progetti di rigenerazione"),
        ("Quali sono gli attori del Driver 4?", "attori del Driver 4"),
        ("Qual è lo scopo del piano?", ""),
        ("Chi gestisce l'acqua?", ""),
    ],
)
def test_what_a_question_lists(question: str, things: str) -> None:
    assert things_listed(question) == things


@pytest.mark.parametrize(
    ("question", "things", "written"),
    [
        ("la seconda a chi si rivolge?", "linee sul lavoro", "la seconda linea sul lavoro a chi si rivolge?"),
        ("di cosa parla il terzo?", "Driver", "di cosa parla il Driver 3?"),
        ("e dell'ottavo?", "Driver", "e del Driver 8?"),
        ("allora l'ultimo", "Driver", "allora l'ultimo Driver"),
        ("il primo che cosa fa?", "obiettivi strategici", "il primo obiettivo strategico che cosa fa?"),
        ("l'ultima riguarda i giovani?", "azioni", "l'ultima azione riguarda i giovani?"),
    ],
)
def test_an_ordinal_alone_means_one_of_them(question: str, things: str, written: str) -> None:
    assert with_listed(question, things)[0] == written


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("il primo piano quanto costa?", "Driver"),  # a noun of its own
        ("secondo il piano chi decide?", "Driver"),
        ("la terza?", "Driver"),  # of another gender
        ("il terzo?", "linee sul lavoro"),
        ("il terzo?", ""),
    ],
)
def test_other_ordinals_are_left(question: str, things: str) -> None:
    assert with_listed(question, things) == (question, "")


def test_plurals_are_made_singular_up_to_the_first_small_word() -> None:
    assert singular("linee strategiche sul lavoro", "a") == "linea strategica sul lavoro"
    assert singular("attori locali", "o") == "attore locale"
    assert singular("Comuni", "o") == "Comune"
    assert singular("strumenti", "o") == "strumento"
    assert singular("enti locali", "o") == "ente locale"


@pytest.mark.parametrize(
    ("body", "before", "things", "question"),
    [
        ("quello dei trasporti", "quanti driver ci sono", "driver", "Qual è il Driver dei trasporti?"),
        (
            "di quello della scuola",
            "Chi sono gli attori del driver della salute?",
            "",
            "Chi sono gli attori del driver della scuola?",
        ),
        (
            "quella sull'acqua",
            "quali sono le azioni previste",
            "azioni previste",
            "Qual è la azione prevista sull'acqua?",
        ),
        ("quello", "quanti driver ci sono", "driver", None),
        ("i trasporti", "quanti driver ci sono", "driver", None),
        ("quello dei trasporti", "Che cos'è DECIWATT?", "", None),
    ],
)
def test_that_of_something_is_one_of_them(body: str, before: str, things: str, question: str | None) -> None:
    assert swap_that_of(body, before, things) == question


def test_the_last_driver_has_a_number() -> None:
    assert with_listed("e l'ultimo?", "Driver", last_driver=10)[0] == "e il Driver 10?"
    assert with_listed("del penultimo", "Driver", last_driver=10)[0] == "del Driver 9"
