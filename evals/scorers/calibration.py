"""Does Bussola's own certainty mean what it says?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10
"""Equal widths over [0, 1], as in the source."""

Pair = tuple[float, bool]
"""How sure the decision was that the documents answer, in [0, 1], and whether they do."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions whose certainty lies in [low, high), the last bin with its end."""

    low: float
    high: float
    n: int
    certainty: float  # mean, in [0, 1]; 0 where n is 0
    share: float  # of questions that the documents answer; 0 where n is 0


def reliability_bins(pairs: Sequence[Pair], *, bins: int = BINS) -> list[Bin]:
    """
    The pairs in bins of equal width, lowest first, empty ones too.

    Source: Niculescu-Mizil and Caruana, ICML 2005 (reliability diagrams).
    """
    found = []
    for place in range(bins):
        inside = [pair for pair in pairs if min(int(pair[0] * bins), bins - 1) == place]
        n = len(inside)
        certainty = sum(sure for sure, _ in inside) / n if n else 0.0
        share = sum(right for _, right in inside) / n if n else 0.0
        found.append(Bin(place / bins, (place + 1) / bins, n, certainty, share))
    return found


def expected_calibration_error(pairs: Sequence[Pair], *, bins: int = BINS) -> float | None:
    """
    The mean distance between certainty and truth over the bins, weighted by their questions; None without pairs.

    In [0, 1], smaller is better.

    Source: Naeini, Cooper and Hauskrecht, AAAI 2015; Guo et al., ICML 2017, eq. 3.
    """
    if not pairs:
        return None
    return sum(one.n / len(pairs) * abs(one.share - one.certainty) for one in reliability_bins(pairs, bins=bins))
