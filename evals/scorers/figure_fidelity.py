"""Does every figure of an answer stand in a quote that backs it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, is_answered
from kb.language.figures import Figure, find_figures, is_among, missing_figures
from kb.records import Answer


def figure_fidelity(case: Case) -> Scores:
    """
    One unit a figure: a number, date, percentage, amount, law or article that the answer states stands in its quotes.

    A sentence's figures must stand in the quotes that the sentence cites. What the text says beyond its sentences (a
    frame, a note on the question) may hold figures of any quote of the answer and of the question itself.

    Stricter than metric A7, which takes the whole cited page: a figure elsewhere on the page does not back a sentence.

    Source: metric A7.
    """
    answer = case.answer
    if not is_answered(answer):
        return ()
    quotes = {citation.number: citation.quote for citation in answer.citations}
    units: list[Score] = []
    for sentence in answer.sentences:
        cited = [quotes[number] for number in sentence.citations if number in quotes]
        units += _judge(find_figures(sentence.text), missing_figures(sentence.text, cited))
    frame = _figures_beyond_sentences(answer)
    asked = [case.golden.question, *case.golden.history]
    units += _judge(frame, _unbacked(frame, [*quotes.values(), *asked]))
    return tuple(units)


def _judge(figures: Iterable[Figure], missing: Sequence[Figure]) -> list[Score]:
    return [
        Score(False, f"la cifra «{figure.text}» non sta nella citazione") if figure in missing else RIGHT
        for figure in figures
    ]


def _figures_beyond_sentences(answer: Answer) -> list[Figure]:
    said = [figure for sentence in answer.sentences for figure in find_figures(sentence.text)]
    return [figure for figure in find_figures(answer.text) if not is_among(figure, said)]


def _unbacked(figures: Iterable[Figure], texts: Iterable[str]) -> list[Figure]:
    known = [figure for text in texts for figure in find_figures(text)]
    return [figure for figure in figures if not is_among(figure, known)]


SCORER = Scorer("figure_fidelity", "Cifre che stanno nella citazione", figure_fidelity)
