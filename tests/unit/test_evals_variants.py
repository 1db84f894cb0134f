"""A question in another form keeps its answer: status, and the page cited first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from evals.golden import GoldenQuestion, GoldenSet, QuestionKind
from evals.metamorphic import RULES
from evals.report import print_variants
from evals.run import run_golden
from evals.variants import keeps_answer, run_variants
from kb.errors import ModelError
from kb.records import Answer, AnswerMode, AnswerStatus
from kb.testing import FakeAssistant, sample_release

LIBRARY = sample_release()
GOLDEN = GoldenSet(
    (GoldenQuestion("comuni", QuestionKind.ANSWERABLE, "Quanti Comuni riunisce l'Agenzia per la formazione?"),),
    "f",
    "p",
)


class Shy(FakeAssistant):
    """Says nothing to those who shout, and breaks where spaces are doubled."""

    def ask(self, question: str, *, history: Sequence[str] = (), mode: AnswerMode | None = None) -> Answer:
        if "  " in question:
            raise ModelError("rotto: riprova.")
        said = super().ask(question, history=history, mode=mode)
        if question.isupper():
            return replace(said, status=AnswerStatus.NOT_FOUND, citations=(), sentences=())
        return said


def test_status_and_first_page_are_what_stays() -> None:
    answer = FakeAssistant(LIBRARY).ask("Quanti Comuni riunisce l'Agenzia?")
    elsewhere = replace(answer, citations=(replace(answer.citations[0], page_index=9),))

    assert keeps_answer(answer, answer) is True
    assert keeps_answer(answer, elsewhere) is False
    assert keeps_answer(answer, replace(answer, status=AnswerStatus.NOT_FOUND)) is False
    assert keeps_answer(answer, replace(answer, citations=(*elsewhere.citations, *answer.citations))) is True
    assert keeps_answer(None, answer) is None
    assert keeps_answer(answer, None) is None


def test_each_rule_has_its_count_and_the_changed_are_named() -> None:
    shy = Shy(LIBRARY)
    report = run_golden(GOLDEN, shy, evidence=LIBRARY)

    found = run_variants(GOLDEN, report.judgements, shy)

    assert set(found.by_rule) <= set(RULES)
    assert (found.by_rule["upper-case"].k, found.by_rule["upper-case"].n) == (0, 1)
    assert (found.by_rule["polite"].k, found.by_rule["polite"].n) == (1, 1)
    assert (found.by_rule["double-spaces"].n, found.by_rule["double-spaces"].undetermined) == (0, 1)
    assert set(found.changed) == {"comuni~upper-case", "comuni~double-spaces"}
    assert found.to_json()["rules"]["polite"]["value"] == 1.0


@pytest.mark.parametrize("shown", ["upper-case", "Cambiate: comuni~upper-case"])
def test_the_terminal_shows_them(shown: str) -> None:
    shy, screen = Shy(LIBRARY), StringIO()
    found = run_variants(GOLDEN, run_golden(GOLDEN, shy, evidence=LIBRARY).judgements, shy)

    print_variants(found, Console(file=screen, width=120))

    assert shown in screen.getvalue()
