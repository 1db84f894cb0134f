"""Does the decision's certainty tell what the documents answer from what they do not?"""

from __future__ import annotations

from collections.abc import Sequence

from evals.retrieval import auroc
from evals.scorers.calibration import Pair


def abstention_signal(pairs: Sequence[Pair]) -> float | None:
    """
    The chance that an answerable question is surer than an unanswerable one, ties counted half; None without both.

    Source: metric A13 (AUROC; Hanley and McNeil 1982).
    """
    return auroc([sure for sure, answerable in pairs if answerable], [sure for sure, right in pairs if not right])
