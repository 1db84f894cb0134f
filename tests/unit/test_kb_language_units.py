"""A unit goes by its name, its signs and the words made of it."""

from __future__ import annotations

import re

import pytest

from kb.language.units import measures, times, unit_of


@pytest.mark.parametrize(
    ("word", "unit"),
    [("mensili", "mese"), ("km", "chilometro"), ("kg", "chilo"), ("m2", "mq"), ("comuni", None), ("euro", None)],
)
def test_a_word_is_of_a_unit(word: str, unit: str | None) -> None:
    assert unit_of(word) == unit


def test_what_stands_beside_numbers_is_no_name_of_a_thing() -> None:
    assert re.findall(measures(), "la metro e lunga 4 km, 3 milioni di euro, 2 kmq") == ["km", "milioni", "euro", "kmq"]
    assert re.findall(times(), "il secondo giorno, in 3 ore e 20 minuti") == ["ore", "minuti"]
