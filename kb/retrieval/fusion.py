"""Fusion of the two retrievers' scores; every formula is a function of its own."""

from __future__ import annotations

from collections.abc import Mapping

DENSE_WEIGHT = 0.5
"""Share of the vectors in the fused score; kb/retrieval/NOTES.md has the measurement."""


def min_max(scores: Mapping[str, float]) -> dict[str, float]:
    """
    Scores moved to [0, 1]: the least becomes 0, the greatest 1; equal scores all become 1.

    Source: convex combination of min-max normalised scores, Bruch, Gai and Ingber 2023, An Analysis of Fusion Functions
    for Hybrid Retrieval (section 4).
    """
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high == low:
        return dict.fromkeys(scores, 1.0)
    return {id_: (score - low) / (high - low) for id_, score in scores.items()}


def max_share(scores: Mapping[str, float]) -> dict[str, float]:
    """
    Scores of zero or more as shares of the greatest, in [0, 1].

    Source: theoretical minimum of BM25 is 0, so only the maximum is taken from the list (Bruch et al. 2023, "TMM").
    """
    high = max(scores.values(), default=0.0)
    return {id_: score / high for id_, score in scores.items()} if high > 0 else dict.fromkeys(scores, 0.0)


def fuse(dense: Mapping[str, float], lexical: Mapping[str, float], *, weight: float = DENSE_WEIGHT) -> dict[str, float]:
    """
    Passages' fused scores in [0, 1]: weight × min-max cosine + (1 − weight) × BM25 share.

    A passage missing from a list has 0 there, so a question without any lexical match adds nothing: the order is then
    the vectors' own.
    """
    near, worded = min_max(dense), max_share(lexical)
    return {
        id_: weight * near.get(id_, 0.0) + (1 - weight) * worded.get(id_, 0.0)
        for id_ in sorted(near.keys() | worded.keys())
    }
