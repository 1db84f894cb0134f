"""One scorer a file; SCORERS is the list that a run goes through, in the order of the report."""

from evals.scorers import (
    abstention,
    answer_contains,
    citation_coverage,
    citation_driver,
    citation_validity,
    edition_right,
    figure_fidelity,
    gold_retrieved,
    instruction_refused,
    page_label_right,
    quote_fidelity,
    right,
    stability,
    status_right,
)
from evals.scorers.score import Scorer

SCORERS: tuple[Scorer, ...] = (
    right.SCORER,
    status_right.SCORER,
    answer_contains.SCORER,
    citation_driver.SCORER,
    edition_right.SCORER,
    gold_retrieved.IN_FIVE,
    gold_retrieved.IN_TEN,
    citation_validity.SCORER,
    page_label_right.SCORER,
    quote_fidelity.SCORER,
    figure_fidelity.SCORER,
    citation_coverage.SCORER,
    instruction_refused.SCORER,
    abstention.PRECISION,
    abstention.RECALL,
    abstention.F1,
    abstention.OVER_REFUSAL,
    stability.SCORER,
)

__all__ = ["SCORERS", "Scorer"]
