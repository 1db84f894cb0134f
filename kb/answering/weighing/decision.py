"""The model of "this sentence answers this question": shipped, and kept by each release as it was evaluated."""

from __future__ import annotations

from pathlib import Path

from kb.answering.weighing.logistic import LogisticModel, read_model
from kb.releases.parts import WEIGHTS


def shipped_decision() -> Path:
    """The file of the shipped model, fitted by `python -m evals.fit_decision`."""
    return Path(__file__).with_name("decision.json")


def load_decision(folder: Path | None = None) -> LogisticModel:
    """
    The model that a release's folder keeps, else the shipped one.

    Raises:
        ReleaseError: the release's file is no model.
    """
    own = None if folder is None else folder / WEIGHTS / "decision.json"
    return read_model(own if own is not None and own.is_file() else shipped_decision())
