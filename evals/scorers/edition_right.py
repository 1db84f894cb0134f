"""Does the answer cite the edition asked for, or the one in force?"""

from __future__ import annotations

import re

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, is_answered
from kb.language.words import fold
from kb.records import Citation, Document, DocumentStatus

_YEAR = re.compile(r"(?:19|20)\d{2}")


def edition_right(case: Case) -> Scores:
    """
    One unit an answer that cites a work of several editions: every such citation is of an edition that the question
    names by its years, or else of one in force.

    Source: metric A9.
    """
    if not is_answered(case.answer):
        return ()
    several = [citation for citation in case.answer.citations if len(_editions(case, citation)) > 1]
    if not several:
        return ()
    asked = set(_YEAR.findall(" ".join([case.golden.question, *case.golden.history])))
    wrong = [citation for citation in several if not _fits(case, citation, asked)]
    return (Score(False, f"citata l'edizione {wrong[0].edition or '?'} di «{wrong[0].title}»"),) if wrong else (RIGHT,)


def _editions(case: Case, citation: Citation) -> list[Document]:
    return [one for one in case.evidence.documents.values() if fold(one.title) == fold(citation.title)]


def _fits(case: Case, citation: Citation, asked: set[str]) -> bool:
    named = [one for one in _editions(case, citation) if asked & set(_YEAR.findall(one.edition or ""))]
    if named:
        return citation.document in {one.id for one in named}
    document = case.evidence.documents.get(citation.document)
    return document is not None and document.status is DocumentStatus.IN_FORCE


SCORER = Scorer("edition_right", "Edizione giusta", edition_right)
