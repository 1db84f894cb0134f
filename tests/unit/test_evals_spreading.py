"""Some of many are taken evenly."""

from __future__ import annotations

from evals.spreading import spread


def test_few_are_all_taken_and_many_evenly() -> None:
    assert spread("abc", 5) == ["a", "b", "c"]
    assert spread(range(10), 5) == [0, 2, 4, 6, 8]
    assert spread(range(7), 3) == [0, 2, 4]
    assert spread([], 3) == []
