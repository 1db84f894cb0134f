"""A run asks every question once, judges it, and reports as the contract says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from evals.golden import GoldenQuestion, GoldenSet, QuestionKind
from evals.report import print_report, report_to_json, write_report
from evals.run import EvalReport, run_golden
from evals.scorers import SCORERS
from kb.errors import InputError, ModelError
from kb.records import Answer, AnswerMode, Document, DocumentKind, Page
from kb.testing import FakeAssistant, FakeRelease

RELEASE = FakeRelease(
    [Document("psttm", "Piano", DocumentKind.PLAN, "0" * 64)],
    [Page("psttm", 1, "Ad AFOL partecipano 71 Comuni."), Page("psttm", 2, "La rete duale porta acque pregiate.")],
)
QUESTIONS = (
    GoldenQuestion("afol", QuestionKind.ANSWERABLE, "Quanti partecipano ad AFOL?", must_include=(("71",),)),
    GoldenQuestion("duale", QuestionKind.ANSWERABLE, "A che serve la rete duale?", must_include=(("90",),)),
    GoldenQuestion("sindaco", QuestionKind.UNANSWERABLE, "Chi è il sindaco?"),
)


class Recorder(FakeAssistant):
    """Remembers what it was asked; one question makes it fail."""

    def __init__(self) -> None:
        super().__init__(RELEASE)
        self.asked: list[tuple[str, tuple[str, ...], AnswerMode | None]] = []

    def ask(self, question: str, *, history: Sequence[str] = (), mode: AnswerMode | None = None) -> Answer:
        self.asked.append((question, tuple(history), mode))
        if "guasto" in question:
            raise ModelError("il modello non risponde: riprova.")
        return super().ask(question, history=history, mode=mode)


def run(*questions: GoldenQuestion) -> EvalReport:
    return run_golden(GoldenSet(questions, "f" * 64, "prova.yaml"), Recorder(), evidence=RELEASE)


def test_history_and_mode_reach_the_assistant() -> None:
    recorder = Recorder()
    golden = GoldenQuestion("a", QuestionKind.FOLLOW_UP, "E dopo?", history=("Prima?", "Poi?"))

    run_golden(GoldenSet((golden,), "", ""), recorder, evidence=RELEASE, mode=AnswerMode.GENERATED)

    assert recorder.asked == [("E dopo?", ("Prima?", "Poi?"), AnswerMode.GENERATED)]


def test_the_report_is_the_contract() -> None:
    found = run(*QUESTIONS).to_json()

    assert list(found) == ["questions", "metrics", "failed", "gate"]
    assert found["questions"] == 3
    assert found["failed"] == ["duale"]
    assert found["gate"] == "not_applied"
    assert list(found["metrics"]) == [scorer.name for scorer in SCORERS]
    assert all(
        list(metric) == ["value", "k", "n", "low", "high", "undetermined"] for metric in found["metrics"].values()
    )
    assert (found["metrics"]["right"]["k"], found["metrics"]["right"]["n"]) == (2, 3)
    json.dumps(found, allow_nan=False)


def test_a_question_that_breaks_is_undetermined_and_failed() -> None:
    report = run(QUESTIONS[0], GoldenQuestion("rotta", QuestionKind.ANSWERABLE, "Che guasto?"))

    assert report.failed == ["rotta"]
    assert report.metrics["right"].undetermined == 1
    assert report.metrics["right"].n == 1
    assert report.judgements[1].error == "il modello non risponde: riprova."


def test_groups_add_up_to_the_whole() -> None:
    report = run(*QUESTIONS)
    groups = report.by(lambda golden: golden.kind.value)

    assert {name: (found["right"].k, found["right"].n) for name, found in groups.items()} == {
        "answerable": (1, 2),
        "unanswerable": (1, 1),
    }


def test_progress_counts_the_questions() -> None:
    seen: list[tuple[str, int, int]] = []

    run_golden(GoldenSet(QUESTIONS, "", ""), Recorder(), evidence=RELEASE, progress=lambda *step: seen.append(step))

    assert seen == [("domande", 1, 3), ("domande", 2, 3), ("domande", 3, 3)]


def test_two_runs_score_alike() -> None:
    assert run(*QUESTIONS).to_json() == run(*QUESTIONS).to_json()


def test_the_files_hold_every_question(tmp_path: Path) -> None:
    report = run(*QUESTIONS)

    write_report(report, tmp_path / "esito")

    whole = json.loads((tmp_path / "esito" / "report.json").read_text(encoding="utf-8"))
    lines = [
        json.loads(line) for line in (tmp_path / "esito" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert whole == json.loads(json.dumps(report_to_json(report)))
    assert whole["by_kind"]["answerable"]["right"]["n"] == 2
    assert [(line["id"], line["passed"]) for line in lines] == [("afol", True), ("duale", False), ("sindaco", True)]
    assert lines[1]["reasons"] == ["manca «90»"]
    assert lines[0]["answer"]["citations"][0]["quote"] == "Ad AFOL partecipano 71 Comuni."


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "occupata").write_text("")

    with pytest.raises(InputError, match="occupata"):
        write_report(run(QUESTIONS[0]), tmp_path / "occupata")


def test_the_terminal_shows_each_failure_with_what_was_expected() -> None:
    screen = StringIO()

    print_report(run(*QUESTIONS), Console(file=screen, width=120))

    shown = screen.getvalue()
    assert "2 su 3" in shown
    assert "duale (answerable)" in shown
    assert "La rete duale porta acque pregiate." in shown
    assert "contiene 90" in shown
    assert "manca «90»" in shown
    assert "afol (" not in shown
