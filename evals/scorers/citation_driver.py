"""Does a citation come from a Driver that holds the answer?"""

from __future__ import annotations

from evals.golden import GoldenQuestion
from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores, wants_answer


def citation_driver(case: Case) -> Scores:
    """
    One unit: at least one citation's Driver is among the golden question's drivers.

    An answer without citations is wrong here: it shows no source.

    Source: DESIGN, "Golden questions" (drivers); the page-level sibling is metric A3.
    """
    cited = {citation.driver for citation in case.answer.citations}
    if cited & set(case.golden.drivers):
        return (RIGHT,)
    shown = ", ".join(sorted(str(driver) for driver in cited if driver is not None)) or "nessuno"
    return (Score(False, f"Driver citati: {shown}; attesi: {', '.join(map(str, case.golden.drivers))}"),)


def names_drivers(golden: GoldenQuestion) -> bool:
    """True where an answer is wanted and the golden question names Drivers."""
    return wants_answer(golden) and bool(golden.drivers)


SCORER = Scorer("citation_driver", "Citazione dal Driver giusto", citation_driver, applies=names_drivers)
