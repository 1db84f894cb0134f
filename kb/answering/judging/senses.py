"""Senses: how much nearer in meaning to the question one sentence is than the others that were found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from kb.answering.state import Evidence

LEAST_CHARS = 25
"""A shorter sentence is a heading or a scrap, whose nearness tells nothing of the others."""
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


def _clipped(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)
