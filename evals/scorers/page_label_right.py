"""Is the page that is shown the one printed on the page of the quote?"""

from __future__ import annotations

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, is_answered
from kb.errors import NotFound
from kb.records import Citation


def page_label_right(case: Case) -> Scores:
    """
    One unit a citation: the page label shown equals the label of the page that holds the quote, both may be absent.

    Source: metric A5.
    """
    if not is_answered(case.answer):
        return ()
    return tuple(_judge(case, citation) for citation in case.answer.citations)


def _judge(case: Case, citation: Citation) -> Score:
    try:
        page = case.evidence.page(citation.document, citation.page_index)
    except NotFound as error:
        return Score(False, f"[{citation.number}] {error}")
    if page.label == citation.page_label:
        return RIGHT
    return Score(False, f"[{citation.number}] pagina mostrata {citation.page_label}, stampata {page.label}")


SCORER = Scorer("page_label_right", "Pagina mostrata giusta", page_label_right)
