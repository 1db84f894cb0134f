"""A claim that is a stretch of its quote but for how it opens."""

from __future__ import annotations

import pytest

from kb.answering.claims.alignment import align
from kb.answering.claims.copied import is_copied

REST = "alla riduzione dei consumi e, dato il rincaro, al calo della spesa degli enti."
POLICIES = "Tali politiche sono rivolte " + REST


@pytest.mark.parametrize(
    ("claim", "copied"),
    [
        ("Le politiche idriche sono rivolte " + REST, True),
        ("Le politiche sono rivolte al calo della spesa degli enti e alla riduzione dei consumi.", False),
        ("La Regione e tali politiche sono rivolte " + REST, False),
        ("Al calo della spesa degli enti.", False),  # too short a row
    ],
)
def test_only_the_opening_may_be_in_other_words(claim: str, copied: bool) -> None:
    assert is_copied(align(claim, [POLICIES])) is copied
