"""Pairs of a contrast joined the wrong way round."""

from __future__ import annotations

import pytest

from kb.answering.claims.alignment import align
from kb.answering.claims.crossed import is_crossed, is_merged

STALLS = "Per i banchi del pesce occorre una concessione, per quelli della frutta basta una comunicazione."


@pytest.mark.parametrize(
    ("claim", "crossed"),
    [
        ("Per il pesce basta una comunicazione, mentre per la frutta occorre una concessione.", True),
        ("Per la frutta basta una comunicazione, mentre per il pesce occorre una concessione.", False),
        ("Per il pesce occorre una concessione, mentre per la frutta basta una comunicazione.", False),
        ("Per la frutta e per il pesce occorrono una concessione e una comunicazione.", False),  # no contrast
    ],
)
def test_a_contrast_joins_what_its_quote_joins(claim: str, crossed: bool) -> None:
    assert is_crossed(align(claim, [STALLS])) is crossed


HARBOUR = "Il Comune sistema il molo di pietra."
MARKET = "La cooperativa vende pesce fresco."


@pytest.mark.parametrize(
    ("claim", "merged"),
    [
        ("Il molo di pietra vende pesce fresco.", True),
        ("Il molo di pietra è sistemato e si vende pesce fresco.", False),  # a clause each
        ("Il Comune sistema il molo.", False),
    ],
)
def test_one_clause_is_not_made_of_two_quotes(claim: str, merged: bool) -> None:
    assert is_merged(align(claim, [HARBOUR, MARKET])) is merged
