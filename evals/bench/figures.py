"""What the bench measures, as values: pairs of runs, their medians and the ratio that is promised of them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


def median(values: Sequence[float]) -> float:
    """
    The middle value; the mean of the two in the middle where they are even in number.

    Raises:
        ValueError: there are none.
    """
    if not values:
        raise ValueError("no values, no median")
    return float(statistics.median(values))


def percentile(values: Sequence[float], percent: float) -> float:
    """
    The smallest value that at least percent of them do not exceed.

    Raises:
        ValueError: there are none, or percent lies outside (0, 100].

    Source: nearest rank, ISO 2602's usual definition for small samples.
    """
    if not values or not 0 < percent <= 100:
        raise ValueError(f"no values, or {percent} % of them")
    rank = -(-percent * len(values) // 100)
    return float(sorted(values)[int(rank) - 1])


@dataclass(frozen=True, slots=True)
class Row:
    """
    One figure of ours beside the plain pipeline's: a value a round, in the order of the rounds.

    plain is empty where the plain pipeline has nothing of the kind. bound is what the ratio ours / plain has to reach:
    at least that where larger is better, else at most; ceiling is the same for our own value, without comparison.
    """

    key: str  # "search.10000.median"
    english: str
    italian: str
    unit: str
    ours: tuple[float, ...]
    plain: tuple[float, ...] = ()
    beside: str = ""  # what the other side is, where the label does not say
    larger_is_better: bool = False
    bound: float | None = None
    ceiling: float | None = None

    @property
    def ratio(self) -> float | None:
        """The median of ours / plain, round by round; None without another side."""
        if not self.plain:
            return None
        return median([ours / plain for ours, plain in zip(self.ours, self.plain, strict=True)])

    @property
    def met(self) -> bool | None:
        """Whether what was promised is reached; None where nothing was."""
        promised = [(self.ratio, self.bound), (median(self.ours), self.ceiling)]
        known = [(value, limit) for value, limit in promised if value is not None and limit is not None]
        if not known:
            return None
        return all(value >= limit if self.larger_is_better else value <= limit for value, limit in known)

    def to_json(self) -> dict[str, Any]:
        """The row with its medians, ratio and verdict."""
        ratio = self.ratio
        return asdict(self) | {
            "ours_median": round(median(self.ours), 4),
            "plain_median": round(median(self.plain), 4) if self.plain else None,
            "ratio": round(ratio, 4) if ratio is not None else None,
            "met": self.met,
        }


def row_from_json(told: Mapping[str, Any]) -> Row:
    """The row that to_json told."""
    kept = {name: told[name] for name in Row.__dataclass_fields__}
    return Row(**kept | {"ours": tuple(told["ours"]), "plain": tuple(told["plain"])})
