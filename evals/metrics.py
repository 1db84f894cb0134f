"""From the units of every question to metrics: each proportion as k of n with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.scorers import SCORERS
from evals.scorers.score import Case, Score, Scorer, Scores
from evals.statistics import bootstrap_mean_interval, wilson_interval

UNANSWERED = "la domanda non ha avuto risposta"


@dataclass(frozen=True, slots=True)
class Metric:
    """k right units of n judged ones; undetermined units are in neither, and a gate counts them as wrong."""

    k: int
    n: int
    low: float
    high: float
    undetermined: int = 0

    @property
    def value(self) -> float | None:
        """k / n, in [0, 1]; None where nothing was judged."""
        return self.k / self.n if self.n else None

    def to_json(self) -> dict[str, Any]:
        """The metric as DESIGN fixes it, rounded to four places."""
        value = None if self.value is None else round(self.value, 4)
        low, high = round(self.low, 4), round(self.high, 4)
        return {"value": value, "k": self.k, "n": self.n, "low": low, "high": high, "undetermined": self.undetermined}


def judge_case(case: Case) -> dict[str, Scores]:
    """The units of a question by metric; a metric that the question has no part in is absent."""
    judged = {scorer.name: scorer.judge(case) for scorer in SCORERS if scorer.applies(case.golden)}
    return {name: units for name, units in judged.items() if units}


def judge_failure(scorers: Sequence[Scorer]) -> dict[str, Scores]:
    """The units of a question that got no answer at all: one undetermined unit a metric."""
    return {scorer.name: (Score(None, UNANSWERED),) for scorer in scorers}


def collect_metrics(judged: Sequence[Mapping[str, Scores]]) -> dict[str, Metric]:
    """Every metric over the questions judged, in the order of the scorers; also those without a unit."""
    return {scorer.name: _collect(scorer, judged) for scorer in SCORERS}


def _collect(scorer: Scorer, judged: Sequence[Mapping[str, Scores]]) -> Metric:
    by_question = [[unit.value for unit in units.get(scorer.name, ())] for units in judged]
    decided = [[bool(value) for value in values if value is not None] for values in by_question]
    k, n = sum(map(sum, decided)), sum(map(len, decided))
    undetermined = sum(value is None for values in by_question for value in values)
    if scorer.independent or not n:
        low, high = wilson_interval(k, n)
    else:
        low, high = bootstrap_mean_interval({f"{at:09}": values for at, values in enumerate(decided)})
    return Metric(k, n, low, high, undetermined)
