"""Figures of a run that are no share of units: means and curves, each with an interval over documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.run import Judgement
from evals.scorers.abstention_signal import abstention_signal
from evals.scorers.calibration import Pair, expected_calibration_error
from evals.scorers.score import is_answered, wants_abstention, wants_answer
from evals.scorers.token_f1 import token_f1
from evals.statistics import bootstrap_statistic_interval


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure over n questions, with the interval that resampling whole documents gives it."""

    value: float | None
    n: int
    low: float | None
    high: float | None

    def to_json(self) -> dict[str, Any]:
        """The measure as plain data, rounded to four places."""
        ends = {name: getattr(self, name) for name in ("value", "low", "high")}
        return {name: None if end is None else round(end, 4) for name, end in ends.items()} | {"n": self.n}


TITLES = {
    "ndcg@10": "Posto della pagina attesa nella ricerca, nDCG@10",
    "token_f1": "Parole della citazione attesa nella risposta, F1",
    "calibration_error": "Distanza fra certezza e verità, ECE (meno è meglio)",
    "abstention_auroc": "Certezza che separa ciò che i documenti dicono, AUROC",
}
"""The measures in Italian, in the order of the report."""


def collect_measures(judgements: Sequence[Judgement]) -> dict[str, Measure]:
    """Every measure over the questions judged, in the order of TITLES."""
    pairs = _grouped(judgements, _certainty)
    return {
        "ndcg@10": _measure(_grouped(judgements, lambda one: one.ndcg), _mean),
        "token_f1": _measure(_grouped(judgements, _token_f1), _mean),
        "calibration_error": _measure(pairs, expected_calibration_error),
        "abstention_auroc": _measure(pairs, abstention_signal),
    }


def certainty_pairs(judgements: Sequence[Judgement]) -> list[Pair]:
    """How sure the decision was and whether the documents answer, for each question that was decided on."""
    return [pair for judgement in judgements if (pair := _certainty(judgement)) is not None]


def cluster_of(judgement: Judgement) -> str:
    """What a question goes right or wrong together with: its document; itself where it names none."""
    return judgement.golden.document or f"- {judgement.golden.id}"


def _measure(groups: Mapping[str, Sequence[Any]], statistic: Callable[[Sequence[Any]], float | None]) -> Measure:
    every = [item for items in groups.values() for item in items]
    interval = bootstrap_statistic_interval(groups, statistic) if every else None
    low, high = interval or (None, None)
    return Measure(statistic(every) if every else None, len(every), low, high)


def _grouped(judgements: Sequence[Judgement], read: Callable[[Judgement], Any]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for judgement in judgements:
        if (value := read(judgement)) is not None:
            groups.setdefault(cluster_of(judgement), []).append(value)
    return groups


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _token_f1(judgement: Judgement) -> float | None:
    if judgement.answer is None or not judgement.golden.quote or not is_answered(judgement.answer):
        return None
    return token_f1(" ".join(one.text for one in judgement.answer.sentences), judgement.golden.quote)


def _certainty(judgement: Judgement) -> Pair | None:
    golden = judgement.golden
    if judgement.answer is None or not (wants_answer(golden) or wants_abstention(golden)):
        return None
    for line in judgement.answer.trace:
        if line.step == "decide" and isinstance(sure := line.detail.get("support"), int | float):
            return min(max(float(sure), 0.0), 1.0), wants_answer(golden)
    return None
