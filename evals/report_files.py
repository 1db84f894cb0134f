"""A report as files: JSON for history, JUnit XML for continuous integration, one HTML page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.gate import Verdict
from evals.junit import write_junit
from evals.page.page import render_page
from evals.stored import Run
from kb.releases.compare import ReleaseDiff

FILES = ("report.json", "questions.jsonl", "junit.xml", "report.html")


def write_files(
    folder: Path,
    run: Run,
    *,
    verdict: Verdict | None = None,
    diff: ReleaseDiff | None = None,
    before: Run | None = None,
) -> None:
    """
    Write report.json, questions.jsonl, junit.xml and report.html; verdict.json and diff.json where there is one.

    Raises:
        OSError: the folder can't be written.
    """
    judged = verdict.to_json() if verdict is not None else None
    changes = diff.to_json() if diff is not None else None
    write_run(folder, run)
    _write(folder / "junit.xml", write_junit(run, judged))
    _write(folder / "report.html", render_page(run, verdict=judged, diff=changes, before=before))
    if judged is not None:
        _write(folder / "verdict.json", _pretty(judged))
    if changes is not None:
        _write(folder / "diff.json", _pretty(changes))


def write_run(folder: Path, run: Run) -> None:
    """
    Write report.json and questions.jsonl, which evals.stored reads back.

    Raises:
        OSError: the folder can't be written.
    """
    lines = [json.dumps(question, ensure_ascii=False) for question in run.questions]
    _write(folder / "report.json", _pretty(run.report))
    _write(folder / "questions.jsonl", "".join(line + "\n" for line in lines))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _pretty(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
