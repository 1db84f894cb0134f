"""Is the page that is shown the one printed on the page of the quote?"""

from __future__ import annotations

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, judge_citations
from kb.records import Citation, Page


def page_label_right(case: Case) -> Scores:
    """
    One unit a citation: the page label shown equals the label of the page that holds the quote, both may be absent.

    Source: metric A5.
    """
    return judge_citations(case, _judge)


def _judge(page: Page, citation: Citation) -> Score:
    if page.label == citation.page_label:
        return RIGHT
    return Score(False, f"[{citation.number}] pagina mostrata {citation.page_label}, stampata {page.label}")


SCORER = Scorer("page_label_right", "Pagina mostrata giusta", page_label_right)
