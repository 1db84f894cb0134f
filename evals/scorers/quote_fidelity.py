"""Is every quote verbatim?"""

from __future__ import annotations

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, is_answered
from kb.errors import NotFound
from kb.records import Citation


def quote_fidelity(case: Case) -> Scores:
    """
    One unit a citation: page.text[start:end] equals the quote, character by character, and the quote is not empty.

    Source: metric A6, without its normalisation: our quotes are slices, so anything but equality is a defect.
    """
    if not is_answered(case.answer):
        return ()
    return tuple(_judge(case, citation) for citation in case.answer.citations)


def _judge(case: Case, citation: Citation) -> Score:
    try:
        page = case.evidence.page(citation.document, citation.page_index)
    except NotFound as error:
        return Score(False, f"[{citation.number}] {error}")
    if citation.quote.strip() and page.text[citation.start : citation.end] == citation.quote:
        return RIGHT
    return Score(False, f"[{citation.number}] la citazione non è testuale: «{citation.quote[:80]}»")


SCORER = Scorer("quote_fidelity", "Citazioni testuali", quote_fidelity)
