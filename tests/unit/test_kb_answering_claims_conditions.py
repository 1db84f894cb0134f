"""Strict conditions that a claim leaves off."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

LOAN = "Il prestito dei film si proroga di una settimana, purché nessun altro lettore li abbia prenotati."


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("Il prestito dei film si proroga di una settimana.", "proviso"),
        ("Il prestito dei film si proroga di una settimana, se nessun altro lettore li ha prenotati.", None),
    ],
)
def test_a_rule_keeps_its_condition(claim: str, fault: str | None) -> None:
    assert find_unfaithful(claim, [LOAN]) == fault


POOL = (
    "I residenti anziani entrano gratis nei giorni feriali, prima delle 12. Chi rinuncia entro la prima settimana ha "
    "diritto al rimborso dell’80 per cento."
)


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("I residenti anziani entrano gratis.", "proviso"),
        ("Chi rinuncia ha diritto al rimborso dell’80 per cento.", "proviso"),
        ("Nei giorni feriali i residenti anziani entrano gratis prima delle 12.", None),
        ("Chi rinuncia nella prima settimana ha diritto al rimborso dell’80 per cento.", None),
    ],
)
def test_what_is_granted_keeps_its_limit(claim: str, fault: str | None) -> None:
    assert find_unfaithful(claim, [POOL]) == fault


SHOW = "La mostra è aperta da maggio a ottobre, tranne il lunedì."


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("La mostra è aperta anche il lunedì.", "proviso"),
        ("Il lunedì la mostra non è aperta.", None),
        ("La mostra è aperta da maggio a ottobre, ma non il lunedì.", None),
    ],
)
def test_what_is_excepted_is_not_taken_in(claim: str, fault: str | None) -> None:
    assert find_unfaithful(claim, [SHOW]) == fault
