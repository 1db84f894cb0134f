"""A question given back is no answer, and no opinion of others is told."""

from __future__ import annotations

import pytest

from kb.answering.claims.echoes import is_echo
from kb.answering.claims.faithfulness import find_unfaithful

ENERGY = (
    "Le comunità energetiche sono un obiettivo di lungo termine del Driver 3, che preferisce quelle a guida pubblica."
)


@pytest.mark.parametrize(
    ("claim", "echo"),
    [
        ("Il gestore unico dell’acqua esiste già.", True),
        ("Sì, il gestore unico dell’acqua esiste.", True),
        ("Il gestore unico è il passo successivo.", False),
    ],
)
def test_a_question_given_back(claim: str, echo: bool) -> None:
    assert is_echo(claim, "il gestore unico dell'acqua esiste gia?") is echo


def test_what_others_hold_is_not_told() -> None:
    assert (
        find_unfaithful("Le comunità energetiche a guida pubblica sono preferite secondo loro.", [ENERGY]) is not None
    )
