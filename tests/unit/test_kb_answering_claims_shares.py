"""Shares in words that the numbers of a quote bear out."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

SIGNED = "Gli accordi sulla fibra sono stati firmati con 70 delle 133 amministrazioni comunali."
PAID = "Le utenze lontane pagano il 40 per cento della tassa."


@pytest.mark.parametrize(
    ("claim", "source", "fault"),
    [
        ("Oltre la metà delle amministrazioni comunali ha firmato gli accordi sulla fibra.", SIGNED, None),
        ("Meno della metà delle amministrazioni comunali ha firmato gli accordi sulla fibra.", SIGNED, "quantifier"),
        ("Le utenze lontane pagano più della metà della tassa.", PAID, "quantifier"),
        ("Le utenze lontane pagano la metà della tassa.", PAID, "quantifier"),
    ],
)
def test_a_half_is_counted(claim: str, source: str, fault: str | None) -> None:
    assert find_unfaithful(claim, [source]) == fault


def test_mostly_is_the_greater_part() -> None:
    source = "Lo sportello ha seguito 2.300 persone, soprattutto anziani."

    assert find_unfaithful("La maggior parte delle persone seguite dallo sportello è anziana.", [source]) is None
