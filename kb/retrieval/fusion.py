"""Fusion of vectors and words, on scores that mean the same in every search."""

from __future__ import annotations

from collections.abc import Mapping

DENSE_WEIGHT = 0.8
"""
Share of the cosine in the fused score. Cosines of the default model differ by hundredths between passages, shares of
BM25 by tenths, so the words still weigh about as much as the vectors (kb/retrieval/NOTES.md has the measurement).
"""


def bm25_shares(scores: Mapping[str, float], most: float) -> dict[str, float]:
    """
    BM25 scores as shares of the most that the question could reach, in [0, 1).

    most is the sum of the question's inverse document frequencies: Lucene's BM25 gives each term its idf times a number
    below 1. With most 0 (a question without words) every share is 0.

    Source: theoretical maximum in place of the list's own, after Bruch, Gai and Ingber 2023, An Analysis of Fusion
    Functions for Hybrid Retrieval (section 4.2), so that a weak best match stays weak.
    """
    return {id_: score / most if most > 0 else 0.0 for id_, score in scores.items()}


def fuse(
    cosines: Mapping[str, float], shares: Mapping[str, float], *, weight: float = DENSE_WEIGHT
) -> dict[str, float]:
    """
    Fused scores by passage: weight × cosine + (1 − weight) × BM25 share; at most 1.

    A passage without a share has 0 there, so a question without any lexical match adds nothing: the order is then the
    vectors' own. A passage without a cosine (the vector store did not name it) is given the least of the others.
    """
    least = min(cosines.values(), default=0.0)
    return {
        id_: weight * cosines.get(id_, least) + (1 - weight) * shares.get(id_, 0.0)
        for id_ in sorted(cosines.keys() | shares.keys())
    }
