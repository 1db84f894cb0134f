"""What follows an "e" is done by whom the quotes say."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

FRONTS = "In questo quadro, Città metropolitana si impegna su un doppio fronte."
HOLDING = "Da una parte, contando sul ruolo della propria partecipata CAP Holding, intende costruire collaborazioni."
MEMBER = "CAP Holding è partecipata della Città metropolitana."
PACT = "AFOL Metropolitana è un'azienda speciale e gestisce i centri per l'impiego."


@pytest.mark.parametrize(
    "claim",
    [
        "CAP Holding è una partecipata della Città metropolitana e si impegna su un doppio fronte.",
        "CAP Holding è partecipata della Città metropolitana e si impegna su un doppio fronte.",
    ],
)
def test_a_deed_is_not_taken_over(claim: str) -> None:
    assert find_unfaithful(claim, [FRONTS, HOLDING, MEMBER]) is not None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("AFOL Metropolitana è un'azienda speciale e gestisce i centri per l'impiego.", PACT),
        (
            "La Città metropolitana ha una partecipata e si impegna su un doppio fronte.",
            FRONTS + " Ha una partecipata.",
        ),
    ],
)
def test_a_deed_of_its_own_passes(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) != "actor"


def test_an_article_that_opens_the_claim_is_no_name() -> None:
    quotes = ["Il minore deve essere presente.", "La tessera trovata non vale più: va portata in Comune."]

    assert find_unfaithful("La tessera trovata non vale più e deve essere portata in Comune.", quotes) is None
