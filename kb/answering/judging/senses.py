"""Senses: how much nearer in meaning to the question one sentence is than the others that were found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.answering.state import Evidence

LEAST_CHARS = 25
"""A shorter sentence is a heading or a scrap, whose nearness tells nothing of the others."""
OUTDONE = 0.6
"""What a sentence loses to one that is nearer by as much as counts (questions on plans and on other documents)."""
_FAR_OUT = 4.0
"""Standard deviations that stand for 1."""
_WIDE = 0.1
"""Difference of cosines that stands for 1."""


@dataclass(frozen=True, slots=True)
class Senses:
    """The mean, the spread and the greatest nearness of all the sentences found for a question."""

    mean: float
    spread: float
    best: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Senses:
        """From each sentence's cosine with the question; zeros where there are none."""
        found = np.fromiter(values, dtype=np.float64)
        if not len(found):
            return cls(0.0, 0.0, 0.0)
        return cls(float(found.mean()), float(found.std()), float(found.max()))

    def compare(self, one: Evidence) -> Evidence:
        """
        The evidence with two features more, each in [0, 1].

        "stands": how far it stands out of the others; "outdone": how much nearer the nearest of them is. Cosines of
        one model differ by little and of others by much, so that they say something only beside each other.
        """
        sense = one.features.get("sense", 0.0)
        stands = (sense - self.mean) / self.spread / _FAR_OUT if self.spread > 0 else 0.0
        outdone = (self.best - sense) / _WIDE
        more = {"stands": _clipped(stands), "outdone": _clipped(outdone)}
        return replace(one, features=one.features | more)


def less_where_outdone(found: Sequence[Evidence]) -> list[Evidence]:
    """
    The evidence, in the same order, with less of a score where a sentence that holds as much is nearer in meaning.

    What opens a list loses nothing: its sense is that of its items, which are not looked at.
    """
    changed: dict[int, Evidence] = {}
    nearest = 0.0
    for place in sorted(range(len(found)), key=lambda at: _fullest_first(found[at])):
        one = found[place]
        sense = one.features.get("sense", 0.0)
        nearest = max(nearest, sense)
        lost = 0.0 if one.features.get("announces") else OUTDONE * _clipped((nearest - sense) / _WIDE)
        changed[place] = replace(one, score=round(one.score - lost, 6))
    return [changed[place] for place in range(len(found))]


def _fullest_first(one: Evidence) -> tuple[float, float]:
    return -one.features.get("coverage", 0.0), -one.features.get("sense", 0.0)


def _clipped(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)
