"""Intervals and comparisons against hand-worked figures and second ways to the same number."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.statistics import Z_95, bootstrap_mean_interval, paired_randomisation_p, wilson_interval


def test_wilson_by_hand() -> None:
    """9 of 10: (0.9 + 3.8415/20 ± 1.96 · √(0.009 + 3.8415/400)) / 1.38415 = (1.09207 ± 0.26738) / 1.38415."""
    low, high = wilson_interval(9, 10)

    assert low == pytest.approx(0.5958, abs=5e-5)
    assert high == pytest.approx(0.9821, abs=5e-5)


def test_wilson_of_no_failures_leaves_room() -> None:
    """28 of 28 proves no more than 28 / (28 + z²)."""
    low, high = wilson_interval(28, 28)

    assert low == pytest.approx(28 / (28 + Z_95**2))
    assert high == 1.0


def test_wilson_knows_nothing_without_trials() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_wilson_refuses_impossible_counts() -> None:
    with pytest.raises(ValueError, match="3 successes in 2"):
        wilson_interval(3, 2)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_ends_solve_the_score_equation(counts: tuple[int, int]) -> None:
    """Second way: each end p is where |k/n − p| equals z · √(p(1−p)/n)."""
    k, n = counts

    for end in wilson_interval(k, n):
        assert (k / n - end) ** 2 == pytest.approx(Z_95**2 * end * (1 - end) / n, abs=1e-12)


def test_bootstrap_resamples_documents_not_questions() -> None:
    """One document all right, one all wrong: a draw of two is 0, ½ or 1, so the interval is whole."""
    assert bootstrap_mean_interval({"a": [1.0] * 50, "b": [0.0] * 50}) == (0.0, 1.0)


def test_bootstrap_of_one_document_cannot_vary() -> None:
    assert bootstrap_mean_interval({"a": [1.0, 0.0, 1.0, 0.0]}) == (0.5, 0.5)


def test_bootstrap_is_the_same_for_the_same_seed() -> None:
    values = {f"d{at}": [at * at / 7] for at in range(40)}

    assert bootstrap_mean_interval(values, seed=1) == bootstrap_mean_interval(values, seed=1)
    assert bootstrap_mean_interval(values, seed=1) != bootstrap_mean_interval(values, seed=2)


def test_bootstrap_needs_a_value() -> None:
    with pytest.raises(ValueError, match="no values"):
        bootstrap_mean_interval({"a": []})


def test_randomisation_by_hand() -> None:
    """Four wins and no loss: only +4 and −4 of the 16 assignments are as extreme, p = 2/16."""
    assert paired_randomisation_p([1, 1, 1, 1, 0], [0, 0, 0, 0, 0]) == 0.125


def test_randomisation_against_plain_enumeration() -> None:
    first, second = [0.9, 0.2, 0.7, 0.4, 1.0, 0.1], [0.5, 0.3, 0.1, 0.4, 0.2, 0.0]
    differences = [a - b for a, b in zip(first, second, strict=True)]
    seen = abs(sum(differences))
    draws = [
        sum(s * d for s, d in zip(signs, differences, strict=True)) for signs in itertools.product((1, -1), repeat=6)
    ]

    assert paired_randomisation_p(first, second) == sum(abs(draw) >= seen - 1e-12 for draw in draws) / len(draws)


def test_drawn_randomisation_is_near_the_exact_one() -> None:
    first, second = [1.0] * 11 + [0.0] * 2, [0.0] * 11 + [1.0] * 2
    exact = paired_randomisation_p(first, second)
    drawn = paired_randomisation_p(first, second, rounds=8000)

    assert exact == pytest.approx(2 * (1 + 13 + 78) / 2**13)  # at most 2 of 13 signs turned, on either side
    assert drawn == pytest.approx(exact, abs=0.008)
    assert drawn != exact


def test_equal_systems_do_not_differ() -> None:
    assert paired_randomisation_p([1, 0, 1], [1, 0, 1]) == 1.0


def test_randomisation_needs_pairs() -> None:
    with pytest.raises(ValueError, match="1 scores against 2"):
        paired_randomisation_p([1], [1, 0])
