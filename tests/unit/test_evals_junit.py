"""JUnit XML that viewers read: a case a question, a case a rule."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from evals.junit import write_junit
from evals.stored import Run


def question(id_: str, *, passed: bool, error: str = "", reasons: tuple[str, ...] = ()) -> dict[str, Any]:
    answer = None if error else {"status": "answered", "text": "Testo\x00 & <b>"}
    return {
        "id": id_,
        "kind": "answerable",
        "question": "Quanti?",
        "passed": passed,
        "reasons": list(reasons),
        "error": error,
        "duration_ms": 250.0,
        "answer": answer,
    }


RUN = Run(
    {},
    (
        question("bene", passed=True),
        question("male", passed=False, reasons=("manca «71»",)),
        question("rotta", passed=False, error="il modello non risponde"),
    ),
)
VERDICT = {
    "checks": [
        {
            "rule": "right",
            "title": "Risposte giuste",
            "bound": "0,86",
            "value": "0,5",
            "outcome": "failed",
            "reason": "",
        },
        {"rule": "loss", "title": "Confronto", "bound": "b", "value": "v", "outcome": "passed", "reason": "r"},
    ],
    "faults": [
        {"rule": "right", "reason": "poche giuste", "questions": ["male"], "why": "r"},
        {"rule": "figure_changed", "reason": "25% → 27%", "questions": [], "why": "perché"},
    ],
}


def test_each_question_is_a_case_with_its_reason() -> None:
    suite = ET.fromstring(write_junit(RUN)).find("testsuite")
    assert suite is not None

    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    assert suite.get("time") == "0.750"
    good, bad, broken = suite.findall("testcase")
    assert len(good) == 0
    failure, error = bad.find("failure"), broken.find("error")
    assert failure is not None and failure.get("message") == "manca «71»"
    assert "Testo & <b>" in (failure.text or ""), "what XML forbids is left out, the rest is there"
    assert error is not None and error.get("message") == "il modello non risponde"


def test_each_rule_of_the_gate_is_a_case() -> None:
    suite = ET.fromstring(write_junit(RUN, VERDICT)).findall("testsuite")[1]

    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("pubblicazione", "3", "2")
    assert [case.get("name") for case in suite] == ["Risposte giuste", "Confronto", "figure_changed"]
