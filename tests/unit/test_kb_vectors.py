"""Rows of numbers, brought to length 1."""

from __future__ import annotations

import numpy as np

from kb.vectors import unit_rows


def test_rows_have_length_one_and_zeros_stay_zeros() -> None:
    found = unit_rows(np.array([[3, 4], [0, 0], [1e-3, 0]], dtype=np.float32))

    assert found.dtype == np.float32
    assert np.allclose(found, [[0.6, 0.8], [0, 0], [1, 0]])
