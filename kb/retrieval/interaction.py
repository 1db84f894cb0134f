"""Late interaction: how well each part of a question is matched in a passage, anywhere or close together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def block_maxima(similarity: Array, lengths: NDArray[np.int64], *, block: int) -> tuple[Array, NDArray[np.int64]]:
    """
    The greatest similarity in each block of a passage's places, and how many blocks each passage has.

    similarity is question parts × places, the passages' places one after the other, lengths of them each (none is 0).
    Blocks hold `block` places, a passage's last one what is left.
    """
    ends = np.cumsum(lengths)
    counts = (lengths + block - 1) // block
    first = np.repeat(ends - lengths, counts)
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.maximum.reduceat(similarity, first + within * block, axis=1), counts


def coverage(blocks: Array, counts: NDArray[np.int64], weights: Array) -> Array:
    """
    For each passage the weighted mean, over the question's parts, of the best similarity anywhere in the passage.

    Source: MaxSim of ColBERT (Khattab and Zaharia 2020, equation 3), each part weighted by its rarity.
    """
    best = np.maximum.reduceat(blocks, np.cumsum(counts) - counts, axis=1)
    return np.asarray(weights @ best / max(float(weights.sum()), 1e-9), dtype=np.float32)


def window_coverage(blocks: Array, counts: NDArray[np.int64], weights: Array, *, width: int) -> Array:
    """For each passage the best coverage by `width` blocks in a row: near-by matches count, scattered ones don't."""
    wide = blocks.copy()
    place = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    left = np.repeat(counts, counts) - place  # blocks from here to the passage's end
    for step in range(1, width):
        reach = np.flatnonzero(left > step)
        wide[:, reach] = np.maximum(wide[:, reach], blocks[:, reach + step])
    scores = weights @ wide / max(float(weights.sum()), 1e-9)
    return np.asarray(np.maximum.reduceat(scores, np.cumsum(counts) - counts), dtype=np.float32)
