"""Units of figures and of what recurs."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

WORKS = (
    "I lavori dureranno venti mesi e costano 40 euro al mese; il comitato si riunisce ogni mese e pubblica un verbale "
    "ogni anno."
)


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("I lavori dureranno venti anni.", "binding"),
        ("I lavori costano 40 euro all’anno.", "binding"),
        ("I lavori costano 40 euro mensili.", None),
        ("I lavori costano 40 euro.", None),
        ("Il comitato si riunisce ogni anno.", "binding"),
        ("Il comitato pubblica un verbale ogni anno.", None),
        ("Il comitato pubblica un verbale una volta all’anno.", None),
    ],
)
def test_a_unit_is_kept(claim: str, fault: str | None) -> None:
    assert find_unfaithful(claim, [WORKS]) == fault
