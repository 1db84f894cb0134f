"""Does the same question get the same answer again?"""

from __future__ import annotations

from collections.abc import Sequence

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores
from kb.records import Answer


def stability(case: Case) -> Scores:
    """
    One unit a question that was asked more than once: the answers are the same.

    Source: metric A14.
    """
    if not case.again:
        return ()
    return (RIGHT,) if same_answer([case.answer, *case.again]) else (Score(False, "ripetendo la domanda, cambia"),)


def same_answer(answers: Sequence[Answer]) -> bool:
    """
    True when every answer has the same status and cites the same pages in the same order; one answer is the same.

    Source: metric A14; pass^k: a question counts only when all k runs agree (Yao et al., tau-bench, 2024).
    """
    return len({_shape(answer) for answer in answers}) <= 1


def _shape(answer: Answer) -> tuple[str, tuple[tuple[str, int], ...]]:
    return answer.status.value, tuple((one.document, one.page_index) for one in answer.citations)


SCORER = Scorer("stability", "Risposta uguale a ogni ripetizione", stability)
