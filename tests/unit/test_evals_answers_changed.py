"""An answer changed when what is stated, or its pages, changed; an abstention's hints are no statement."""

from __future__ import annotations

from typing import Any

import pytest

from evals.answers_changed import find_changed_answers
from evals.diff_text import describe_answers, describe_diff
from evals.page.diff_page import render_diff_page
from evals.stored import Run


def run(status: str, text: str, *pages: str, passed: bool = True) -> Run:
    citations = [{"title": "Piano", "page_label": page, "page_index": 1} for page in pages]
    answer = {"status": status, "text": text, "citations": citations}
    return Run({}, ({"id": "a", "question": "Quanti?", "passed": passed, "answer": answer},))


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (run("answered", "71", "120"), run("answered", "71", "120"), False),
        (run("answered", "71", "120"), run("answered", "72", "120"), True),
        (run("answered", "71", "120"), run("answered", "71", "121"), True),
        (run("answered", "71", "120"), run("not_found", "Non lo dicono."), True),
        (run("not_found", "Vicini: A"), run("not_found", "Vicini: B"), False),
    ],
)
def test_what_counts_as_a_change(before: Run, after: Run, changed: bool) -> None:
    assert bool(find_changed_answers(before, after)) is changed


def test_a_question_of_one_run_only_is_left_out() -> None:
    assert find_changed_answers(Run({}, ()), run("answered", "71")) == []


def test_losses_are_told_first_with_both_answers() -> None:
    lost = find_changed_answers(run("answered", "71", "120"), run("answered", "72", "120", passed=False))
    other = {**lost[0].to_json(), "id": "0", "passed_after": True}

    lines = describe_answers([other, lost[0].to_json()])

    assert lines[2] == "  a (persa): Quanti?"
    assert lines[3] == "      prima: [risposta] 71 (Piano, p. 120)"
    assert lines[4] == "      ora: [risposta] 72 (Piano, p. 120)"
    assert describe_answers([]) == []


def test_answers_that_only_cite_elsewhere_are_counted() -> None:
    moved = find_changed_answers(run("answered", "71", "120"), run("answered", "71", "121"))[0].to_json()
    lost = find_changed_answers(run("answered", "71", "120"), run("answered", "71", "121", passed=False))[0].to_json()

    assert describe_answers([moved]) == ["", "Una risposta ha le stesse parole e altre fonti (--json o --html)."]
    lines = describe_answers([moved, lost, moved])
    assert lines[2] == "  a (persa): Quanti?"
    assert lines[-1] == "2 risposte hanno le stesse parole e altre fonti (--json o --html)."


def test_the_page_folds_answers_that_only_cite_elsewhere() -> None:
    moved = find_changed_answers(run("answered", "71", "120"), run("answered", "71", "121"))[0].to_json()
    lost = find_changed_answers(run("answered", "71", "120"), run("answered", "72", "121", passed=False))[0].to_json()

    html = render_diff_page(difference() | {"answers": [moved, lost, moved], "receipts": None})

    assert "Stesse parole, altre fonti (2)" in html
    assert html.count('class="id">a</span>') == 1
    assert "Piano, p. 120 → Piano, p. 121" in html


def difference(**parts: list[dict[str, Any]]) -> dict[str, Any]:
    empty: dict[str, Any] = {name: [] for name in ("documents", "pages", "sections", "drivers", "figures")}
    return {"before": "r_1", "after": "r_2", **empty, **parts}


def test_equal_documents_are_said_to_be() -> None:
    assert describe_diff(difference())[-1] == "I documenti sono uguali."


def test_each_part_is_told_and_long_ones_are_counted() -> None:
    document = {"document": "piano", "title": "Piano", "change": "changed", "facts": ["sha256", "edition"]}
    page = {"document": "piano", "change": "removed", "label": "110", "before": 2, "after": None, "drivers": [2]}
    lines = describe_diff(
        difference(
            documents=[{**document, "before": "piano-2022", "after": "piano"}],
            pages=[{**page, "same_words": 0.0, "same_order": 0.0, "became_unreadable": False}] * 31,
            figures=[{"line": "25% → 27%, Driver 2, p. 109", "document": "piano"}],
            drivers=[{"document": "piano", "change": "removed", "driver": 2}],
            sections=[{"document": "piano", "change": "added", "section": ["A", "B"]}],
        )
    )

    assert "  ~ piano: «Piano» (al posto di piano-2022), cambia: contenuto del file, edizione" in lines
    assert "  25% → 27%, Driver 2, p. 109 (piano)" in lines
    assert "  Driver 2 in meno in piano" in lines
    assert "  - piano p. 110, Driver 2" in lines
    assert "  … e altre 1 righe (tutte con --json o --html)" in lines
    assert "  + piano: A > B" in lines
