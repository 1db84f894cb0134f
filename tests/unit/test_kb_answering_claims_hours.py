"""Hours: on which side of an hour something holds."""

from __future__ import annotations

import pytest

from kb.answering.claims.hours import turns_hour

DOOR = "L’ingresso è consentito fino alle 9.15; la sala è aperta dalle 10 alle 18."


@pytest.mark.parametrize(
    "claim",
    [
        "L’ingresso è consentito a partire dalle 9.15.",
        "Si entra dopo le 9.15.",
        "La sala è aperta fino alle 10.",
        "La sala apre dopo le 18.",
    ],
)
def test_the_other_side_of_an_hour_is_a_turn(claim: str) -> None:
    assert turns_hour(claim, [DOOR])


@pytest.mark.parametrize(
    "claim",
    [
        "Si entra entro le ore 9.15.",
        "La sala apre alle 10 e chiude alle 18.",
        "La sala resta aperta fino alle 18.",
        "Alle 12 la sala è vuota.",  # an hour that no quote has is for another check
        "Il 10 per cento entra entro le 9.15.",
    ],
)
def test_the_same_side_in_other_words_is_none(claim: str) -> None:
    assert not turns_hour(claim, [DOOR])
