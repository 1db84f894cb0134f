"""Does every citation point at something that exists and was read?"""

from __future__ import annotations

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, is_answered
from kb.errors import NotFound
from kb.records import Citation


def citation_validity(case: Case) -> Scores:
    """
    One unit a citation: document, edition, page and passage exist in the release, and the quote lies in the passage.

    A passage that the quote lies in is one that was found for this question, since citations are made of found
    passages only.

    Source: metric A4; ALCE (Gao et al., EMNLP 2023) scores citations out of range as 0.
    """
    if not is_answered(case.answer):
        return ()
    return tuple(_judge(case, citation) for citation in case.answer.citations)


def _judge(case: Case, citation: Citation) -> Score:
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
