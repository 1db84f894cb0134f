"""Does every figure of a sentence stand in a quote that the sentence cites?"""

from __future__ import annotations

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, is_answered
from kb.language.figures import find_figures, missing_figures


def figure_fidelity(case: Case) -> Scores:
    """
    One unit a figure: a number, date, percentage, amount, law or article of a sentence stands in a quote cited by it.

    Stricter than metric A7, which takes the whole cited page: a figure elsewhere on the page does not back a sentence.

    Source: metric A7.
    """
    if not is_answered(case.answer):
        return ()
    quotes = {citation.number: citation.quote for citation in case.answer.citations}
    units: list[Score] = []
    for sentence in case.answer.sentences:
        evidence = [quotes[number] for number in sentence.citations if number in quotes]
        missing = set(missing_figures(sentence.text, evidence))
        units += [
            Score(False, f"la cifra «{figure.text}» non sta nella citazione") if figure in missing else RIGHT
            for figure in find_figures(sentence.text)
        ]
    return tuple(units)


SCORER = Scorer("figure_fidelity", "Cifre che stanno nella citazione", figure_fidelity)
