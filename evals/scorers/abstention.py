"""Does Bussola keep silent exactly where the documents do? Read from the status field, never from phrases."""

from __future__ import annotations

from evals.golden import GoldenQuestion
from evals.scorers.score import ABSTAINED, RIGHT, Case, Score, Scorer, Scores, wants_abstention, wants_answer


def abstention_precision(case: Case) -> Scores:
    """
    One unit an abstention: the documents do not answer that question.

    Source: metric A11, right abstentions / abstentions.
    """
    if case.answer.status not in ABSTAINED:
        return ()
    return (RIGHT,) if wants_abstention(case.golden) else (Score(False, "i documenti rispondono, Bussola no"),)


def abstention_recall(case: Case) -> Scores:
    """
    One unit a question that the documents do not answer: Bussola abstained.

    Source: metric A11, right abstentions / unanswerable.
    """
    if case.answer.status in ABSTAINED:
        return (RIGHT,)
    return (Score(False, f"i documenti non rispondono, Bussola sì ({case.answer.status})"),)


def abstention_f1(case: Case) -> Scores:
    """
    Units whose share is F1: two right for a right abstention, one wrong for each abstention missed or out of place.

    Source: metric A11; F1 = 2TP / (2TP + FP + FN), van Rijsbergen, Information Retrieval (1979), ch. 7.
    """
    if case.answer.status in ABSTAINED and wants_abstention(case.golden):
        return (RIGHT, RIGHT)
    return (abstention_recall if wants_abstention(case.golden) else abstention_precision)(case)


def over_refusal(case: Case) -> Scores:
    """
    One unit a question that the documents answer: True where Bussola abstained, so smaller is better.

    Source: metric A12, abstentions on answerable / answerable.
    """
    return (Score(case.answer.status in ABSTAINED),)


def _decides(golden: GoldenQuestion) -> bool:
    return wants_answer(golden) or wants_abstention(golden)


PRECISION = Scorer("abstention_precision", "Astensioni giuste sul totale", abstention_precision, applies=_decides)
RECALL = Scorer("abstention_recall", "Astensioni dovute e fatte", abstention_recall, applies=wants_abstention)
F1 = Scorer("abstention_f1", "Astensione, F1", abstention_f1, applies=_decides, independent=False)
OVER_REFUSAL = Scorer(
    "over_refusal", "Rifiuti a domande con risposta", over_refusal, applies=wants_answer, smaller_is_better=True
)
