"""What a quote says of one Missione is not said of another, though a second quote names that one."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful
from kb.answering.claims.labels import is_mislabelled

ONE = "La Missione 1 (M1) del PNRR riguarda digitalizzazione, innovazione, cultura e turismo."
FIVE = "La Missione 5 (M5) del PNRR riguarda inclusione e coesione."
STTM = "La STTM 3 regola gli insediamenti produttivi."


@pytest.mark.parametrize(
    "claim",
    [
        "La Missione 5 (M1) del PNRR riguarda digitalizzazione, innovazione, cultura e turismo.",
        "La Missione 5 del PNRR riguarda la digitalizzazione e la cultura.",
        "La M1 riguarda inclusione e coesione.",
        "La STTM 2 regola gli insediamenti produttivi.",
    ],
)
def test_another_ones_content_is_a_lie(claim: str) -> None:
    assert is_mislabelled(claim, [ONE, FIVE, STTM])
    assert find_unfaithful(claim, [ONE, FIVE, STTM]) is not None


@pytest.mark.parametrize(
    "claim",
    [
        "La Missione 1 riguarda digitalizzazione, innovazione, cultura e turismo.",
        "La M5 riguarda inclusione e coesione.",
        "La Missione 1 (M1) riguarda la cultura, la Missione 5 (M5) la coesione.",
        "La STTM 3 regola gli insediamenti produttivi.",
        "Il PNRR riguarda anche cultura e turismo.",
    ],
)
def test_its_own_content_is_not(claim: str) -> None:
    assert not is_mislabelled(claim, [ONE, FIVE, STTM])


def test_without_quotes_nothing_is_mislabelled() -> None:
    assert not is_mislabelled("La Missione 1 riguarda la cultura.", [])
