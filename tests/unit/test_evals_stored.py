"""A run is kept and read back whole; the program's fingerprint follows its files; a report replaces the old one."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.evaluation_log import EvaluationLine, add_evaluation, read_evaluations
from evals.golden import GoldenQuestion, GoldenSet, QuestionKind
from evals.report import stored_run, write_report
from evals.report_folder import read_run, replace_report, report_checksum
from evals.run import EvalReport, run_golden
from evals.stored import code_fingerprint, load_run
from kb.errors import InputError, ReleaseError
from kb.ledger import Ledger
from kb.testing import FakeAssistant, sample_release

QUESTIONS = (
    GoldenQuestion("comuni", QuestionKind.ANSWERABLE, "Quanti Comuni riunisce l'Agenzia?", must_include=(("71",),)),
    GoldenQuestion("falsa", QuestionKind.ANSWERABLE, "Quanti Comuni riunisce l'Agenzia?", must_include=(("99",),)),
    GoldenQuestion("sindaco", QuestionKind.UNANSWERABLE, "Chi è?"),
)


def report() -> EvalReport:
    release = sample_release()
    header = {"release": "r_prova", "golden": {"sha256": "f", "source": "prova", "questions": 3}}
    made = run_golden(GoldenSet(QUESTIONS, "f", "prova"), FakeAssistant(release), evidence=release)
    more = {"date": "2026-01-01T00:00:00+00:00", "code": "c" * 64, "program": "1", "mode": "extractive", "repeats": 1}
    return made.with_header(header | more | {"documents": []})


def test_a_kept_run_is_the_run(tmp_path: Path) -> None:
    made = report()

    write_report(made, tmp_path)
    found = load_run(tmp_path)

    assert found.passed() == {"comuni": True, "falsa": False, "sindaco": True}
    assert found.asked == {"comuni", "falsa", "sindaco"}
    assert found.wrong_in("right") == ["falsa"]
    assert found.metrics == stored_run(made).metrics
    assert (found.metrics["right"].k, found.metrics["right"].n) == (2, 3)


@pytest.mark.parametrize("spoilt", ["{", "{}", "[]", '{"header": {}, "metrics": {}}'])
def test_what_is_no_run_is_said(tmp_path: Path, spoilt: str) -> None:
    write_report(report(), tmp_path)
    (tmp_path / "report.json").write_text(spoilt)

    with pytest.raises(InputError, match="evals run --out"):
        load_run(tmp_path)
    assert read_run(tmp_path) is None, "the gate makes it anew"


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="manca"):
        load_run(tmp_path / "manca")
    assert read_run(tmp_path / "manca") is None


def test_the_fingerprint_follows_code_and_data(tmp_path: Path) -> None:
    for package in ("kb", "evals"):
        (tmp_path / package).mkdir()
    (tmp_path / "kb" / "a.py").write_text("1")
    first = code_fingerprint(tmp_path)
    (tmp_path / "evals" / "soglie.yaml").write_text("x")
    second = code_fingerprint(tmp_path)
    (tmp_path / "kb" / "__pycache__").mkdir()
    (tmp_path / "kb" / "__pycache__" / "a.pyc").write_text("x")

    assert first != second == code_fingerprint(tmp_path)
    (tmp_path / "kb" / "a.py").write_text("2")
    assert code_fingerprint(tmp_path) != second


def test_a_report_takes_the_old_one_s_place_whole(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "r_1"
    replace_report(folder, lambda made: (made / "vecchio").write_text("x") and None)

    checksum = replace_report(folder, lambda made: (made / "nuovo").write_text("y") and None)

    assert [file.name for file in folder.iterdir()] == ["nuovo"]
    assert checksum == report_checksum(folder)
    assert [entry.name for entry in folder.parent.iterdir()] == ["r_1"]


def test_a_report_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "r_1"
    replace_report(folder, lambda made: (made / "vecchio").write_text("x") and None)

    def full(made: Path) -> None:
        (made / "mezzo").write_text("x")
        raise OSError(28, "No space left on device")

    with pytest.raises(ReleaseError, match="No space left"):
        replace_report(folder, full)
    assert [file.name for file in folder.iterdir()] == ["vecchio"]
    assert [entry.name for entry in folder.parent.iterdir()] == ["r_1"]


def test_evaluations_are_logged_newest_first(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'l.sqlite3'}")
    line = EvaluationLine(0, "r_1", "", "g", "c", None, "passed", "0" * 64)
    assert read_evaluations(ledger) == []

    add_evaluation(ledger, line)
    add_evaluation(ledger, EvaluationLine(0, "r_2", "", "g", "c", "r_1", "failed", "1" * 64))

    assert [(one.number, one.release, one.gate) for one in read_evaluations(ledger)] == [
        (2, "r_2", "failed"),
        (1, "r_1", "passed"),
    ]
    assert [one.sha256 for one in read_evaluations(ledger, "r_1")] == ["0" * 64]
    assert read_evaluations(ledger)[0].at.endswith("+00:00")
    ledger.close()
