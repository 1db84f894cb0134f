"""Does every citation point at something that exists and was read?"""

from __future__ import annotations

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, is_answered
from kb.errors import NotFound
from kb.records import Answer, Citation


def citation_validity(case: Case) -> Scores:
    """
    One unit a citation: document, edition, page and passage exist in the release, the quote lies in the passage, and
    the passage was retrieved for this question.

    What was retrieved stands in the answer's trace; an answer without that line is judged on the rest.

    Source: metric A4; ALCE (Gao et al., EMNLP 2023) scores citations out of range as 0.
    """
    if not is_answered(case.answer):
        return ()
    retrieved = _retrieved(case.answer)
    return tuple(_judge(case, citation, retrieved) for citation in case.answer.citations)


_READ = ("retrieve", "compose", "corroborate")


def _retrieved(answer: Answer) -> set[str] | None:
    """The passages of the trace: found, opened for the rest of a list, looked up as a source; None without a line."""
    lists = [line.detail.get("passages") for line in answer.trace if line.step in _READ]
    found = [one["passage"] for listed in lists if isinstance(listed, list) for one in listed]
    return set(found) if found else None


def _judge(case: Case, citation: Citation, retrieved: set[str] | None) -> Score:
    if retrieved is not None and citation.passage not in retrieved:
        return Score(False, f"[{citation.number}] il passaggio non era fra quelli trovati")
    document = case.evidence.documents.get(citation.document)
    if document is None:
        return Score(False, f"[{citation.number}] il documento «{citation.document}» non c'è")
    if (document.title, document.edition) != (citation.title, citation.edition):
        return Score(False, f"[{citation.number}] titolo o edizione diversi da quelli del documento")
    try:
        case.evidence.page(citation.document, citation.page_index)
        passage = case.evidence.passage(citation.passage)
    except NotFound as error:
        return Score(False, f"[{citation.number}] {error}")
    if passage.document != citation.document:
        return Score(False, f"[{citation.number}] il passaggio è di un altro documento")
    inside = any(
        span.page_index == citation.page_index and span.start <= citation.start and citation.end <= span.end
        for span in passage.spans
    )
    return RIGHT if inside else Score(False, f"[{citation.number}] la citazione sta fuori dal suo passaggio")


SCORER = Scorer("citation_validity", "Citazioni che esistono", citation_validity)
