"""
Fits the decision to answer on golden questions: `python -m evals.fit_decision FILE…`.

It writes kb/answering/weighing/decision.json. Answerable questions and follow-ups are to be answered, unanswerable
and out-of-scope ones are not; those of evals/calibration/decision.yaml say so themselves. What a veto refuses needs
no decision and is left out, and so is a question of several parts. Logistic regression on the features of the best
sentence; the threshold is the one with the best F1 of abstention in ten-fold cross-validation, folds by question. Run
it on a published release that holds the documents of the questions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.golden import load_golden
from kb.answering.assistant import STEPS, Assistant
from kb.answering.decide import decision_features
from kb.answering.judging.vetoes import find_veto
from kb.answering.state import State

FEATURES = ("coverage", "least", "confidence", "english", "typed", "length")
TO_ANSWER, TO_REFUSE = frozenset({"answerable", "follow_up"}), frozenset({"unanswerable", "out_of_scope"})
FOLDS = 10
Array = NDArray[np.float64]


def read_features(assistant: Assistant, question: str, history: Sequence[str] = ()) -> list[float] | None:
    """The features of the best sentence for a question; None where there is no decision to take."""
    state = State(question, history=tuple(history))
    for name, step in STEPS:
        if name == "decide" or state.status is not None:
            break
        state = step(replace(state, detail={}), assistant.tools)
    if not state.evidence or find_veto(state, assistant.tools):
        return None
    found = decision_features(state, state.evidence[0])
    return [found[name] for name in FEATURES]


def fit(rows: Array, wanted: Array) -> tuple[Array, float]:
    """Weights and bias of a logistic regression (L2, C = 3) on rows (n × features)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=3.0, max_iter=3000).fit(rows, wanted)
    return np.asarray(model.coef_[0]), float(model.intercept_[0])


def cross_validated(rows: Array, wanted: Array) -> Array:
    """Each row's probability from a model that has not seen its fold."""
    order = np.random.default_rng(1).permutation(len(rows))
    found = np.zeros(len(rows))
    for fold in range(FOLDS):
        test = order[fold::FOLDS]
        train = np.setdiff1d(order, test)
        weights, bias = fit(rows[train], wanted[train])
        found[test] = 1 / (1 + np.exp(-(rows[test] @ weights + bias)))
    return found


def best_threshold(probability: Array, wanted: Array) -> tuple[float, float, float]:
    """Threshold, F1 of abstention and share of answerable questions refused, at the best F1."""
    best = (0.5, 0.0, 1.0)
    for threshold in np.arange(0.30, 0.90, 0.01):
        refused = probability < threshold
        right = float((refused & (wanted == 0)).sum())
        f1 = 2 * right / max(1.0, float(refused.sum() + (wanted == 0).sum()))
        if f1 > best[1]:
            best = (float(threshold), f1, float((refused & (wanted == 1)).sum() / (wanted == 1).sum()))
    return best


def main(arguments: Sequence[str]) -> None:
    """Read the questions, fit, print the cross-validated figures and write the model."""
    from kb.settings import load_settings
    from kb.wiring import open_assistant

    parser = argparse.ArgumentParser(prog="python -m evals.fit_decision", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("kb/answering/weighing/decision.json"))
    given = parser.parse_args(arguments)
    rows, wanted = _collect(open_assistant(load_settings()), given.files)
    threshold, f1, refused = best_threshold(cross_validated(rows, wanted), wanted)
    weights, bias = fit(rows, wanted)
    model = {
        "version": f"{len(rows)} questions, F1 {f1:.3f}, refused {refused:.3f}",
        "weights": {name: round(float(value), 4) for name, value in zip(FEATURES, weights, strict=True)},
        "bias": round(bias, 4),
        "enough": round(threshold, 2),
    }
    given.out.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(model) + "\n")


def _collect(assistant: Assistant, golden: Iterable[Path]) -> tuple[Array, Array]:
    rows, wanted = [], []
    for question, history, answered in (*_golden(golden), *_calibration()):
        found = read_features(assistant, question, history)
        if found is not None:
            rows.append(found)
            wanted.append(float(answered))
    return np.array(rows), np.array(wanted)


def _golden(golden: Iterable[Path]) -> Iterator[tuple[str, Sequence[str], bool]]:
    """Each question that is to be answered or refused, its history, and which of the two."""
    for question in (one for path in golden for one in load_golden(path).questions):
        if question.kind in TO_ANSWER | TO_REFUSE:
            yield question.question, question.history, question.kind in TO_ANSWER


def _calibration() -> Iterator[tuple[str, Sequence[str], bool]]:
    import yaml

    written = yaml.safe_load(files("evals").joinpath("calibration", "decision.yaml").read_text(encoding="utf-8"))
    for name, answered in (("answered", True), ("refused", False)):
        yield from ((question, (), answered) for question in written[name])


if __name__ == "__main__":
    main(sys.argv[1:])
