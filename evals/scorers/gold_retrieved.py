"""Is the page that holds the expected quote among those that the search found?"""

from __future__ import annotations

import math

from evals.golden import GoldenQuestion
from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, wants_answer
from kb.errors import NotFound

DEPTH, NEAR = 10, 5
"""Ranks that are looked at."""


def gold_rank(case: Case) -> int | None:
    """The rank, from 1, of the first passage found that lies on a page with the expected quote; None within ten."""
    lines = [line.detail.get("passages") for line in case.answer.trace if line.step == "retrieve"]
    found = [one["passage"] for listed in lines if isinstance(listed, list) for one in listed]
    return next((rank for rank, id_ in enumerate(found[:DEPTH], start=1) if _on_gold_page(case, str(id_))), None)


def gold_in_five(case: Case) -> Scores:
    """
    One unit: the page of the quote is among the first five; a search that finds nothing counts as wrong.

    Source: metric A3, hit@5 over page-level gold.
    """
    return _within(case, NEAR)


def gold_in_ten(case: Case) -> Scores:
    """
    One unit: the page of the quote is among the first ten; with one gold page this is Recall@10.

    Source: metric A3, Recall@10 over page-level gold.
    """
    return _within(case, DEPTH)


def gold_ndcg(case: Case) -> float:
    """
    nDCG@10 of the search with one gold page: 1 / log2(rank + 1), 0 where it is not found.

    Source: metric A3; Järvelin and Kekäläinen 2002 with one relevant item, whose ideal gain is 1.
    """
    rank = gold_rank(case)
    return 1 / math.log2(rank + 1) if rank is not None else 0.0


def has_gold_page(golden: GoldenQuestion) -> bool:
    """True where an answer is wanted and the question names its quote."""
    return wants_answer(golden) and bool(golden.quote)


def _within(case: Case, depth: int) -> Scores:
    rank = gold_rank(case)
    if rank is not None and rank <= depth:
        return (RIGHT,)
    return (Score(False, f"la pagina attesa di «{case.golden.document}» non è fra le prime {depth}"),)


def _on_gold_page(case: Case, id_: str) -> bool:
    try:
        passage = case.evidence.passage(id_)
        if passage.document != case.golden.document:
            return False
        return any(
            case.golden.quote in case.evidence.page(passage.document, span.page_index).text for span in passage.spans
        )
    except NotFound:
        return False


IN_FIVE = Scorer("gold_in_5", "Pagina attesa fra le prime 5 trovate", gold_in_five, applies=has_gold_page)
IN_TEN = Scorer("gold_in_10", "Pagina attesa fra le prime 10 trovate", gold_in_ten, applies=has_gold_page)
