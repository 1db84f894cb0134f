"""Vectors: what is done with rows of numbers, whichever room they come from."""

from __future__ import annotations

import numpy as np

from kb.ports import Matrix


def unit_rows(rows: Matrix) -> Matrix:
    """The rows brought to length 1; a row of zeros stays one."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)
