"""Stems are of one word also where the stemmer cut it elsewhere."""

from __future__ import annotations

import pytest

from kb.language.stems import has_stem, same_stem


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("metropolitan", "metropolit", True), ("comun", "comunita", False), ("71", "7", False), ("ret", "rete", False)],
)
def test_stems_of_one_word(one: str, other: str, same: bool) -> None:
    assert same_stem(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("orto", "orti", True),
        ("ente", "enti", True),
        ("ora", "ore", True),
        ("orto", "ente", False),
        ("casa", "case", False),  # the stemmer cuts words that begin with a consonant
        ("2024", "2025", False),
    ],
)
def test_short_words_that_the_stemmer_leaves_whole_are_one_in_both_numbers(one: str, other: str, same: bool) -> None:
    assert same_stem(one, other) is same
    assert has_stem({other}, one) is same
