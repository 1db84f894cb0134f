"""How far a sentence stands out in meaning, and when that outvotes the words that it lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.judging.outvoting import is_nearest, stands_out
from kb.answering.judging.senses import OUTDONE, Senses, less_where_outdone
from kb.answering.state import Evidence
from kb.records import Passage, Span


def evidence(sense: float) -> Evidence:
    text = "Una frase."
    return Evidence(Passage("p", "d", text, (Span(1, 0, len(text)),), ("",)), 0, len(text), 1.0, {"sense": sense})


def test_a_sentence_beside_the_others() -> None:
    senses = Senses.of([0.80, 0.80, 0.80, 0.90])
    best, other = senses.compare(evidence(0.90)).features, senses.compare(evidence(0.80)).features
    assert (best["outdone"], other["outdone"]) == (0.0, 1.0)
    assert best["stands"] == pytest.approx(1.7320508 / 4, abs=1e-3)
    assert other["stands"] == 0.0


def test_without_other_sentences_none_stands_out() -> None:
    assert Senses.of([]).compare(evidence(0.9)).features["stands"] == 0.0
    assert Senses.of([0.9]).compare(evidence(0.9)).features["stands"] == 0.0


FAR = {"stands": 0.5, "outdone": 0.0, "coverage": 0.5, "unknown": 0.0}


@pytest.mark.parametrize(
    ("changed", "out", "nearest"),
    [
        ({}, True, True),
        ({"stands": 0.3}, False, False),
        ({"stands": 0.46}, False, False),
        ({"coverage": 0.3}, False, False),
        ({"outdone": 0.08}, True, False),
        ({"outdone": 0.2}, False, False),
        ({"unknown": 0.6}, False, False),
        ({"unknown": 0.6, "stands": 0.62}, True, True),  # so near that the word may be said otherwise
        ({"unknown": 0.9}, False, False),  # a name that no document holds is not said otherwise
    ],
)
def test_sense_outvotes_words(changed: dict[str, float], out: bool, nearest: bool) -> None:
    features = FAR | changed
    assert (stands_out(features), is_nearest(features)) == (out, nearest)


def test_more_is_asked_for_a_figure() -> None:
    assert not stands_out(FAR, of_a_figure=True)
    assert stands_out(FAR | {"stands": 0.7, "coverage": 0.8}, of_a_figure=True)


def test_nothing_known_of_a_sentence_outvotes_nothing() -> None:
    assert not stands_out({}) and not is_nearest({})


def _beside(sense: float, coverage: float, **features: float) -> Evidence:
    one = evidence(sense)
    return replace(one, features=one.features | {"coverage": coverage} | features)


def test_a_sentence_loses_to_one_that_holds_as_much_and_is_nearer() -> None:
    nearer, outdone, fuller = _beside(0.90, 0.5), _beside(0.85, 0.5), _beside(0.80, 0.9)
    scores = [one.score for one in less_where_outdone([outdone, nearer, fuller])]
    assert scores == pytest.approx([1.0 - OUTDONE / 2, 1.0, 1.0])


def test_what_opens_a_list_is_not_judged_by_its_own_sense() -> None:
    opening = _beside(0.80, 0.5, announces=1.0)
    assert less_where_outdone([opening, _beside(0.90, 0.5)])[0].score == 1.0
