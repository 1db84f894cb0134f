"""Is every quote verbatim?"""

from __future__ import annotations

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, judge_citations
from kb.records import Citation, Page


def quote_fidelity(case: Case) -> Scores:
    """
    One unit a citation: page.text[start:end] equals the quote, character by character, and the quote is not empty.

    Source: metric A6, without its normalisation: our quotes are slices, so anything but equality is a defect.
    """
    return judge_citations(case, _judge)


def _judge(page: Page, citation: Citation) -> Score:
    if citation.quote.strip() and page.text[citation.start : citation.end] == citation.quote:
        return RIGHT
    return Score(False, f"[{citation.number}] la citazione non è testuale: «{citation.quote[:80]}»")


SCORER = Scorer("quote_fidelity", "Citazioni testuali", quote_fidelity)
