"""Whether the fact that an answer needs stands within the first passages that the search finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from evals.golden import GoldenQuestion, QuestionKind
from evals.scorers.answer_contains import normalise, occurs
from evals.statistics import wilson_interval
from kb.ports import Progress, no_progress
from kb.records import Passage
from kb.retrieval.search import SearchResult

DEPTHS = (1, 3, 5, 10)
"""Passages within which the fact is looked for, beside the depth that is asked."""


class Searches(Protocol):
    """A Searcher or an Assistant."""

    def search(self, text: str, *, count: int = 10) -> SearchResult:
        """Ranked passages, best first."""


@dataclass(frozen=True, slots=True)
class FactRun:
    """One question: how many passages it takes to hold all that its answer must say; None where those found don't."""

    question: str
    passages: int | None
    words: int | None  # in those passages together


@dataclass(frozen=True, slots=True)
class FactReport:
    """Every question's run, and the depth that was asked."""

    runs: tuple[FactRun, ...]
    depth: int

    def share(self, depth: int) -> float | None:
        """Share of the questions whose fact stands within that many passages; None without questions."""
        return round(self._within(depth) / len(self.runs), 4) if self.runs else None

    def to_json(self) -> dict[str, object]:
        """The figures, as `bussola evals facts --json` prints them."""
        low, high = wilson_interval(self._within(self.depth), len(self.runs))
        shares = {f"fact@{depth}": self.share(depth) for depth in sorted({*DEPTHS, self.depth})}
        failed = [run.question for run in self.runs if run.passages is None or run.passages > self.depth]
        ends = {"low": round(low, 4), "high": round(high, 4)}
        return {"questions": len(self.runs), "k": self.depth, **shares, **ends, "failed": failed}

    def _within(self, depth: int) -> int:
        return sum(run.passages is not None and run.passages <= depth for run in self.runs)


def measure_facts(
    questions: Sequence[GoldenQuestion], searcher: Searches, *, depth: int = 5, progress: Progress = no_progress
) -> FactReport:
    """
    For each answerable question that says what its answer must hold, the first passages that hold all of it.

    An item of must_include may stand in another passage than the next; a heading counts with its passage.

    Source: metric A3 (hit@5) with facts for gold in place of pages, so that it holds for any way of cutting passages.
    """
    asked = [one for one in questions if one.kind is QuestionKind.ANSWERABLE and one.must_include]
    runs = []
    for place, one in enumerate(asked, start=1):
        found = searcher.search(one.question, count=max(*DEPTHS, depth)).passages
        runs.append(fact_run(one.id, one.must_include, [scored.passage for scored in found]))
        progress("domande", place, len(asked))
    return FactReport(tuple(runs), depth)


def fact_run(id_: str, needed: Iterable[Sequence[str]], passages: Sequence[Passage]) -> FactRun:
    """How many of the passages, from the first, hold every item needed (of an item's wordings any one)."""
    texts = [normalise(" ".join([*passage.section, passage.text])) for passage in passages]
    places = [_first(wordings, texts) for wordings in needed]
    if any(place is None for place in places):
        return FactRun(id_, None, None)
    last = max(place for place in places if place is not None)
    return FactRun(id_, last + 1, sum(len(passage.text.split()) for passage in passages[: last + 1]))


def _first(wordings: Sequence[str], texts: Sequence[str]) -> int | None:
    return next((at for at, text in enumerate(texts) if any(occurs(wording, text) for wording in wordings)), None)
