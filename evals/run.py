"""Golden questions through the assistant: every metric per question and in total."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from evals.forms import form_of
from evals.golden import GoldenQuestion, GoldenSet
from evals.metrics import Metric, collect_metrics, judge_case, judge_failure
from evals.scorers import SCORERS
from evals.scorers.gold_retrieved import gold_ndcg, has_gold_page
from evals.scorers.score import Case, Evidence, Scores, is_answered
from kb.answering.serialize import answer_to_json
from kb.errors import BussolaError
from kb.ports import Progress, no_progress
from kb.records import Answer, AnswerMode


class Asker(Protocol):
    """What answers questions; kb.answering's Assistant is one."""

    def ask(self, question: str, *, history: Sequence[str] = (), mode: AnswerMode | None = None) -> Answer:
        """The answer to a question that follows the questions of history."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A golden question, the answer it got and the units of each metric."""

    golden: GoldenQuestion
    answer: Answer | None  # None: asking failed with an error of ours
    scores: dict[str, Scores]
    duration_ms: float
    error: str = ""
    ndcg: float | None = None  # of the search, in [0, 1]; None where the question names no quote

    @property
    def passed(self) -> bool:
        """True when the whole answer is right and no citation, quote or figure is wrong; a probe must be answered."""
        if "right" in self.scores:
            return self.scores["right"][0].value is True and not self.reasons
        return self.answer is not None and not self.reasons

    @property
    def reasons(self) -> list[str]:
        """Why the question failed, in Italian, without repeats; empty where it did not."""
        watched = [scorer.name for scorer in SCORERS if scorer.name in WATCHED]
        units = [unit for name in watched for unit in self.scores.get(name, ())]
        found = [unit.reason for unit in units if unit.value is not True]
        if not found and "right" not in self.scores and self.answer is not None and not is_answered(self.answer):
            found = [UNSAID]
        return list(dict.fromkeys(found))

    def to_json(self) -> dict[str, Any]:
        """The question, its answer and its scores as plain data."""
        return {
            "id": self.golden.id,
            "kind": self.golden.kind.value,
            "question": self.golden.question,
            "history": list(self.golden.history),
            "expected": expected_to_json(self.golden),
            "form": form_of(self.golden),
            "passed": self.passed,
            "reasons": self.reasons,
            "scores": {name: [unit.value for unit in units] for name, units in self.scores.items()},
            "ndcg": None if self.ndcg is None else round(self.ndcg, 4),
            "duration_ms": round(self.duration_ms, 1),
            "error": self.error,
            "answer": answer_to_json(self.answer) if self.answer else None,
        }


UNSAID = "su una parte del documento non risponde"

WATCHED = frozenset(
    {
        "right",
        "citation_validity",
        "page_label_right",
        "quote_fidelity",
        "figure_fidelity",
        "citation_coverage",
    }
)
"""Metrics of which one wrong unit fails the question; the others are parts of "right" or counts over many questions."""


@dataclass(frozen=True, slots=True)
class EvalReport:
    """What a run found, and on what."""

    judgements: tuple[Judgement, ...]
    metrics: dict[str, Metric]
    header: dict[str, Any] = field(default_factory=dict)
    gate: str = "not_applied"  # or "passed", "failed"

    def with_gate(self, gate: str) -> EvalReport:
        """The same report with the gate's word."""
        return replace(self, gate=gate)

    def with_header(self, header: dict[str, Any]) -> EvalReport:
        """The same report under a header."""
        return replace(self, header=header)

    @property
    def failed(self) -> list[str]:
        """Ids of the questions that did not pass, in the order asked."""
        return [judgement.golden.id for judgement in self.judgements if not judgement.passed]

    def to_json(self) -> dict[str, Any]:
        """The contract of `bussola evals run --json`."""
        return {
            "questions": len(self.judgements),
            "metrics": {name: metric.to_json() for name, metric in self.metrics.items()},
            "failed": self.failed,
            "gate": self.gate,
        }

    def by(self, key: Callable[[GoldenQuestion], str]) -> dict[str, dict[str, Metric]]:
        """The metrics of each group of questions that the key makes, groups in order of name."""
        groups: dict[str, list[dict[str, Scores]]] = {}
        for judgement in self.judgements:
            groups.setdefault(key(judgement.golden), []).append(judgement.scores)
        return {name: collect_metrics(groups[name]) for name in sorted(groups)}


def run_golden(
    golden: GoldenSet,
    asker: Asker,
    *,
    evidence: Evidence,
    mode: AnswerMode | None = None,
    repeats: int = 1,
    progress: Progress = no_progress,
) -> EvalReport:
    """
    The report on a golden set: each question asked once, in order, judged by every scorer.

    Args: repeats is how often each question is asked; the first answer is judged, the others must be like it.

    A question that fails with an error of ours is undetermined in every metric it takes part in, and failed.
    """
    judgements: list[Judgement] = []
    for done, question in enumerate(golden.questions, start=1):
        judgements.append(judge_question(question, asker, evidence=evidence, mode=mode, repeats=repeats))
        progress("domande", done, len(golden.questions))
    metrics = collect_metrics([judgement.scores for judgement in judgements])
    return EvalReport(tuple(judgements), metrics)


def judge_question(
    golden: GoldenQuestion, asker: Asker, *, evidence: Evidence, mode: AnswerMode | None = None, repeats: int = 1
) -> Judgement:
    """One question asked and judged."""
    started = time.perf_counter()
    try:
        answer = asker.ask(golden.question, history=golden.history, mode=mode)
        duration_ms = _since(started)
        again = tuple(asker.ask(golden.question, history=golden.history, mode=mode) for _ in range(repeats - 1))
    except BussolaError as error:
        units = judge_failure([scorer for scorer in SCORERS if scorer.applies(golden)])
        return Judgement(golden, None, units, _since(started), error=str(error))
    case = Case(golden, answer, evidence, again)
    ndcg = gold_ndcg(case) if has_gold_page(golden) else None
    return Judgement(golden, answer, judge_case(case), duration_ms, ndcg=ndcg)


def expected_to_json(golden: GoldenQuestion) -> dict[str, Any]:
    """What the golden question asks of its answer."""
    return {
        "must_include": [list(group) for group in golden.must_include],
        "must_not_include": list(golden.must_not_include),
        "drivers": list(golden.drivers),
        "document": golden.document,
        "quote": golden.quote,
    }


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
