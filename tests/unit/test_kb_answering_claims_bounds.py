"""Bounds: how a figure holds, in a claim and in its quote."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

GRANT = (
    "Il contributo minimo è di 200 euro: sotto questa soglia non si paga. La quota sale se l’invalidità è pari o "
    "superiore al 74 per cento. Le impronte si prendono dai 12 anni. Il saldo si chiede entro 20 giorni dal rogito."
)


@pytest.mark.parametrize(
    "claim",
    [
        "Se il contributo è inferiore a 200 euro non si paga.",  # denied below, so it holds from there up
        "La quota sale con un’invalidità di almeno il 74 per cento.",
        "Le impronte si prendono a partire dai 12 anni.",
        "Per chiedere il saldo ci sono 20 giorni di tempo dal rogito.",
    ],
)
def test_a_bound_may_be_said_in_another_way(claim: str) -> None:
    assert find_unfaithful(claim, [GRANT]) is None


@pytest.mark.parametrize(
    "claim",
    [
        "Se il contributo è inferiore a 200 euro si paga.",
        "La quota sale se l’invalidità è superiore al 74 per cento.",
        "La quota sale con un’invalidità fino al 74 per cento.",
        "Le impronte si prendono fino a 12 anni.",
        "Il saldo si chiede dopo più di 20 giorni dal rogito.",
    ],
)
def test_another_bound_is_a_fault(claim: str) -> None:
    assert find_unfaithful(claim, [GRANT]) in ("quantifier", "negation")
