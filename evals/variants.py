"""Questions put in other forms by rule: does the answer stay?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.golden import GoldenSet
from evals.metamorphic import RULES, make_variants
from evals.metrics import Metric
from evals.run import Asker, Judgement
from evals.statistics import wilson_interval
from kb.errors import BussolaError
from kb.ports import Progress, no_progress
from kb.records import Answer, AnswerMode


@dataclass(frozen=True, slots=True)
class VariantReport:
    """For each rule the variants that kept their answer, and the ids of those that did not."""

    by_rule: Mapping[str, Metric]
    changed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        rules = {rule: metric.to_json() for rule, metric in self.by_rule.items()}
        return {"rules": rules, "changed": list(self.changed)}


def run_variants(
    golden: GoldenSet,
    judgements: Sequence[Judgement],
    asker: Asker,
    *,
    mode: AnswerMode | None = None,
    progress: Progress = no_progress,
) -> VariantReport:
    """
    Every variant of the golden questions asked, and held to the answer that its original got.

    A variant whose original got no answer at all, or that gets none, is undetermined.
    """
    originals = {judgement.golden.id: judgement.answer for judgement in judgements}
    variants = make_variants(golden.questions)
    kept: dict[str, list[bool | None]] = {rule: [] for rule in RULES}
    changed: list[str] = []
    for done, variant in enumerate(variants, start=1):
        answer = _ask(asker, variant.question.question, variant.question.history, mode)
        same = keeps_answer(originals.get(variant.original), answer)
        kept[variant.rule].append(same)
        changed += [variant.question.id] if same is not True else []
        progress("varianti", done, len(variants))
    return VariantReport({rule: _metric(units) for rule, units in kept.items() if units}, tuple(changed))


def keeps_answer(original: Answer | None, variant: Answer | None) -> bool | None:
    """
    True when the variant's answer has the original's status and cites the page that the original cites first.

    None where one of the two is missing.

    Source: metamorphic testing (Chen, Cheung and Yiu 1998): the relation between two answers is known, the answer not.
    """
    if original is None or variant is None:
        return None
    if original.status is not variant.status:
        return False
    first = [(one.document, one.page_index) for one in original.citations[:1]]
    return set(first) <= {(one.document, one.page_index) for one in variant.citations}


def _ask(asker: Asker, question: str, history: Sequence[str], mode: AnswerMode | None) -> Answer | None:
    try:
        return asker.ask(question, history=history, mode=mode)
    except BussolaError:
        return None


def _metric(units: Sequence[bool | None]) -> Metric:
    decided = [unit for unit in units if unit is not None]
    low, high = wilson_interval(sum(decided), len(decided))
    return Metric(sum(decided), len(decided), low, high, len(units) - len(decided))
