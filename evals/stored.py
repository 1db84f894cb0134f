"""A run as it is kept: its report and every question, as plain data that outlives the program that made it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.metrics import Metric
from kb.errors import InputError

CODE = ("kb", "prompts", "ingest", "evals")
"""The packages whose code or data change answers or how they are judged."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run found: the report (header, metrics, splits) and a line a question, in the order asked."""

    report: Mapping[str, Any]
    questions: tuple[Mapping[str, Any], ...]

    @property
    def header(self) -> Mapping[str, Any]:
        """What was asked of what, when and with which code."""
        found: Mapping[str, Any] = self.report["header"]
        return found

    @property
    def asked(self) -> set[str]:
        """Ids of the questions asked."""
        return {str(question["id"]) for question in self.questions}

    @property
    def metrics(self) -> dict[str, Metric]:
        """The metrics by name, as far as the report has them."""
        names = ("k", "n", "low", "high", "undetermined")
        return {name: Metric(*(one[key] for key in names)) for name, one in self.report["metrics"].items()}

    def passed(self) -> dict[str, bool]:
        """Each question's id and whether its whole answer is right."""
        return {str(question["id"]): bool(question["passed"]) for question in self.questions}

    def wrong_in(self, metric: str) -> list[str]:
        """Ids of the questions with a wrong or undetermined unit of a metric, in the order asked."""
        return [
            str(question["id"])
            for question in self.questions
            if any(value is not True for value in question["scores"].get(metric, ()))
        ]


def load_run(folder: Path) -> Run:
    """
    The run that a folder keeps (report.json and questions.jsonl).

    Raises:
        InputError: a file is missing, can't be read or is no run.
    """
    try:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").split("\n")
        questions = tuple(json.loads(line) for line in lines if line)
        run = Run(report, questions)
        _check(run)
    except OSError as error:
        raise InputError(
            f"{error.filename}: non si legge ({error.strerror}); indica la cartella scritta con --out."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{folder}: non contiene un esito di «bussola evals run --out»; ripeti la prova.") from None
    return run


def _check(run: Run) -> None:
    """Touch what is read of a run, so that a file of another form fails here and not later."""
    _ = run.header["release"], run.header["golden"]["sha256"], run.metrics, run.passed(), run.wrong_in("right")


def code_fingerprint(root: Path | None = None) -> str:
    """SHA-256 of the program's files that answers and their judgement depend on; the same for the same files."""
    base = root or Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for file in sorted(_files(base)):
        digest.update(f"{file.relative_to(base).as_posix()}\n".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(base: Path) -> Iterable[Path]:
    for package in CODE:
        for file in (base / package).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file
