"""The liar suite: what the verifier must catch, and what it must let through."""

from __future__ import annotations

import pytest

from evals.fit_support import FILES
from evals.liar.cases import FAITHFUL, LiarTable, fault_of, load_cases, measure

SUITE = load_cases("cases.yaml")
CERTAIN = ("figure", "reference")
"""Kinds of lie of which none may pass."""


@pytest.fixture(scope="module")
def table() -> LiarTable:
    return measure(SUITE)


def test_the_suite_is_large_and_apart_from_what_the_score_is_fitted_on() -> None:
    fitted = {case.claim for name in FILES for case in load_cases(name)}

    assert sum(case.is_lie for case in SUITE) >= 150
    assert sum(not case.is_lie for case in SUITE) >= 150
    assert not {case.claim for case in SUITE} & fitted
    assert len({(case.claim, case.sources) for case in SUITE}) == len(SUITE)


@pytest.mark.parametrize("kind", CERTAIN)
def test_no_changed_figure_date_or_law_passes(table: LiarTable, kind: str) -> None:
    caught, of = table.caught[kind]

    assert caught == of


def test_nearly_every_other_lie_is_caught(table: LiarTable) -> None:
    others = [found for kind, found in table.caught.items() if kind not in CERTAIN]

    assert sum(caught for caught, _ in others) >= 0.95 * sum(of for _, of in others)


def test_few_faithful_sentences_are_dropped(table: LiarTable) -> None:
    assert table.dropped <= 0.10 * table.faithful


def test_a_quote_repeated_word_for_word_passes() -> None:
    wholes = {case.sources: case for case in SUITE if len(case.sources) == 1}.values()
    refused = [case.sources[0] for case in wholes if fault_of(type(case)(FAITHFUL, case.sources[0], *_of(case)))]

    assert refused == []


def _of(case: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return case.sources, case.contexts  # type: ignore[attr-defined]
