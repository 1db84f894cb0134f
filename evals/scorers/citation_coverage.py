"""Does every sentence that is sent carry a citation?"""

from __future__ import annotations

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, is_answered


def citation_coverage(case: Case) -> Scores:
    """
    One unit a sentence: it cites at least one number, and every number it cites is among the answer's citations.

    An answer that counts as answered and has no sentence is one wrong unit: it promises what it does not show.

    Source: metric A8, the upper bound of ALCE's citation recall.
    """
    if not is_answered(case.answer):
        return ()
    if not case.answer.sentences:
        return (Score(False, "la risposta non ha frasi"),)
    known = {citation.number for citation in case.answer.citations}
    return tuple(
        RIGHT
        if sentence.citations and known.issuperset(sentence.citations)
        else Score(False, f"frase senza citazione: «{sentence.text[:80]}»")
        for sentence in case.answer.sentences
    )


SCORER = Scorer("citation_coverage", "Frasi con citazione", citation_coverage)
