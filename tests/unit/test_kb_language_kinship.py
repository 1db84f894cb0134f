"""Kinship of words: families by their beginning, synonyms and rivals by the lists."""

from __future__ import annotations

import pytest

from kb.language.kinship import are_rivals, is_light, nearness
from kb.language.words import fold, stem


def stems(*words: str) -> list[str]:
    return stem(fold(word) for word in words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sottoscritto", "sottoscrivere"),
        ("programmazione", "programmano"),
        ("Comuni", "comunali"),
        ("rinnovano", "rinnovabili"),
        ("firmato", "sottoscritto"),
        ("riduzione", "ridurre"),
        ("abbassare", "riducono"),
    ],
)
def test_words_of_one_meaning_are_near(one: str, other: str) -> None:
    assert nearness(*stems(one, other)) >= 0.6


@pytest.mark.parametrize(
    ("one", "other"), [("comunità", "comunicazione"), ("contratto", "contrasto"), ("parco", "parte"), ("2018", "2019")]
)
def test_words_of_another_meaning_are_not(one: str, other: str) -> None:
    assert nearness(*stems(one, other)) == 0.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("aumentare", "ridurre"),
        ("favorisce", "ostacola"),
        ("pubblica", "privata"),
        ("conferma", "modifica"),
        ("crescente", "decrescente"),
        ("aprile", "maggio"),
        ("prima", "dopo"),
    ],
)
def test_rivals_exclude_each_other(one: str, other: str) -> None:
    assert are_rivals(*stems(one, other))
    assert are_rivals(*stems(other, one))


def test_words_of_one_side_are_no_rivals() -> None:
    assert not are_rivals(*stems("aumentare", "incrementare"))
    assert not are_rivals(*stems("incentivare", "centro"))


def test_words_that_frame_are_light() -> None:
    assert is_light(*stems("prevede"))
    assert not is_light(*stems("presentato"))
