"""A run as JUnit XML, which continuous integration and editors show."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from evals.stored import Run

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 forbids, escaped or not: https://www.w3.org/TR/xml/#charsets"""


def write_junit(run: Run, verdict: Mapping[str, Any] | None = None) -> str:
    """
    One test case a question (failure: not passed; error: no answer at all) and, with a verdict, one a rule of the gate.

    Source: the schema of Jenkins' xUnit plug-in, junit-10.xsd.
    """
    root = ET.Element("testsuites", name="bussola")
    _add_suite(root, "domande", [_question_case(question) for question in run.questions])
    if verdict is not None:
        _add_suite(root, "pubblicazione", _gate_cases(verdict))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_suite(root: ET.Element, name: str, cases: list[ET.Element]) -> None:
    counts = {kind: sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error")}
    seconds = sum(float(case.get("time", "0")) for case in cases)
    suite = ET.SubElement(root, "testsuite", name=name, tests=str(len(cases)))
    suite.set("failures", str(counts["failure"]))
    suite.set("errors", str(counts["error"]))
    suite.set("time", f"{seconds:.3f}")
    suite.extend(cases)


def _question_case(question: Mapping[str, Any]) -> ET.Element:
    case = _case(question["id"], f"domande.{question['kind']}", seconds=question["duration_ms"] / 1000)
    if question["error"]:
        _fault(case, "error", question["error"], question["question"])
    elif not question["passed"]:
        answer = question["answer"] or {}
        text = f"Domanda: {question['question']}\nRisposta: [{answer.get('status')}] {answer.get('text')}"
        _fault(case, "failure", "; ".join(question["reasons"]), text)
    return case


def _gate_cases(verdict: Mapping[str, Any]) -> list[ET.Element]:
    cases = []
    faults = {fault["rule"]: fault for fault in verdict["faults"]}
    for check in verdict["checks"]:
        cases.append(_case(check["title"], "pubblicazione"))
        if check["outcome"] == "failed":
            _fault(cases[-1], "failure", f"{check['value']}, atteso {check['bound']}", check["reason"])
        faults.pop(check["rule"], None)
    for fault in faults.values():
        cases.append(_case(fault["rule"], "pubblicazione"))
        _fault(cases[-1], "failure", fault["reason"], fault["why"])
    return cases


def _case(name: str, group: str, *, seconds: float = 0.0) -> ET.Element:
    return ET.Element("testcase", name=_clean(name), classname=_clean(group), time=f"{seconds:.3f}")


def _fault(case: ET.Element, kind: str, message: str, text: str) -> None:
    ET.SubElement(case, kind, message=_clean(message)).text = _clean(text)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
