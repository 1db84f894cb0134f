"""Is the answer right as a whole?"""

from __future__ import annotations

from evals.scorers.answer_contains import answer_contains, states_content
from evals.scorers.citation_driver import citation_driver, names_drivers
from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores
from evals.scorers.status_right import has_right_ending, status_right


def right(case: Case) -> Scores:
    """
    One unit: right status, right content and, where Drivers are named, a citation from one of them.

    Source: DESIGN, "Golden questions".
    """
    parts = status_right(case)
    if states_content(case.golden):
        parts += answer_contains(case)
    if names_drivers(case.golden):
        parts += citation_driver(case)
    reasons = [part.reason for part in parts if not part.value]
    return (Score(False, "; ".join(reasons)),) if reasons else (RIGHT,)


SCORER = Scorer("right", "Risposte giuste", right, applies=has_right_ending)
