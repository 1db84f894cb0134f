"""Figures of one year told of another."""

from __future__ import annotations

import pytest

from kb.answering.claims.alignment import align
from kb.answering.claims.years import is_misdated

LOANS = "Nel 2019 i prestiti sono stati 48.000; nel 2021 sono scesi a 30.000."


@pytest.mark.parametrize(
    ("claim", "misdated"),
    [
        ("Nel 2019 i prestiti sono scesi a 30.000.", True),
        ("Nel 2021 i prestiti sono scesi a 30.000.", False),
        ("I prestiti sono scesi a 30.000.", False),
    ],
)
def test_a_figure_keeps_its_year(claim: str, misdated: bool) -> None:
    assert is_misdated(align(claim, [LOANS])) is misdated
