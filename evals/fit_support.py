"""
Fits the support score (kb/answering/claims/support.json) on the liar suite's files: `python -m evals.fit_support`.

Faithful sentences against lies, each with its quotes, and each faithful sentence again with the quotes of other
entries that share words with it: a real passage that says otherwise. Only what the surer checks let through is fitted
on, since nothing else reaches the score. Each weight is held at 0 or below: what a feature names can only speak
against a sentence. The threshold is the lowest at which few lies pass it, in folds (by source).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.liar.cases import KNOWN, LiarCase, fault_of, load_cases
from kb.answering.claims.alignment import align
from kb.answering.claims.support import support_features
from kb.language.words import stem, tokenize

FILES = ("calibration.yaml", "paraphrases.yaml")
FOLDS = 10
PASSED = 0.03
"""The share of lies with words of their own that may pass, at most, in folds; one without is for other checks."""
SOFT = (None, "unsaid")
"""What a pair to learn from may have been found: the surer faults teach nothing about words."""
STRAY_WEIGHT = 0.15
"""What a faithful sentence beside another entry's quotes counts; they are many and easy."""
STRAYS = 3
PENALTY = 0.5
"""Of the squared weights (L2)."""
Array = NDArray[np.float64]


def pairs_to_fit(cases: Sequence[LiarCase]) -> list[tuple[LiarCase, float]]:
    """The cases that the surer checks let through with their weights, and faithful ones beside other quotes."""
    kept = [(case, 1.0) for case in cases if _reaches_support(case)]
    others = {case.sources: case.contexts for case in cases}
    for case in (case for case in cases if not case.is_lie):
        strays = [LiarCase("otherwise", case.claim, s, c) for s, c in others.items() if s != case.sources]
        ranked = sorted(strays, key=lambda stray: features_of(stray)["share"])
        kept += [(stray, STRAY_WEIGHT) for stray in ranked[:STRAYS] if _reaches_support(stray)]
    return kept


def features_of(case: LiarCase) -> dict[str, float]:
    """The features of a case."""
    named = tokenize("\n".join([KNOWN, *case.contexts]))
    return support_features(align(case.claim, case.sources), frozenset([*named, *stem(named)]))


def _reaches_support(case: LiarCase) -> bool:
    return fault_of(case) in SOFT


def fit(rows: Array, wanted: Array, weights: Array) -> tuple[Array, float]:
    """Weights (none above 0) and bias of a logistic regression on rows (n × features)."""
    from scipy.optimize import minimize

    sides = 2 * wanted - 1

    def loss(point: Array) -> tuple[float, Array]:
        margins = sides * (rows @ point[:-1] + point[-1])
        pull = -weights * sides / (1 + np.exp(margins))
        slope = np.append(rows.T @ pull + 2 * PENALTY * point[:-1], pull.sum())
        return float((weights * np.logaddexp(0, -margins)).sum() + PENALTY * point[:-1] @ point[:-1]), slope

    bounds = [(None, 0.0)] * rows.shape[1] + [(None, None)]
    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    return np.asarray(found[:-1]), float(found[-1])


def cross_validated(rows: Array, wanted: Array, weights: Array, groups: NDArray[np.int64]) -> Array:
    """Each row's probability from a model that has not seen its fold; a source is whole in one fold."""
    found = np.zeros(len(rows))
    for fold in range(FOLDS):
        test = groups % FOLDS == fold
        coefficients, bias = fit(rows[~test], wanted[~test], weights[~test])
        found[test] = 1 / (1 + np.exp(-(rows[test] @ coefficients + bias)))
    return found


def main(arguments: Sequence[str]) -> None:
    """Fit, print the cross-validated figures and write the model."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_support", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("kb/answering/claims/support.json"))
    given = parser.parse_args(arguments)
    cases = [case for name in FILES for case in load_cases(name)]
    pairs = pairs_to_fit(cases)
    names = list(features_of(pairs[0][0]))
    rows = np.array([[features_of(case)[name] for name in names] for case, _ in pairs])
    wanted = np.array([float(not case.is_lie) for case, _ in pairs])
    weights = np.array([weight for _, weight in pairs])
    sources = list(dict.fromkeys(case.sources for case, _ in pairs))
    groups = np.array([sources.index(case.sources) for case, _ in pairs])
    probability = cross_validated(rows, wanted, weights, groups)
    own = rows[:, names.index("share")] > 0
    lies = probability[(wanted == 0) & (weights == 1) & own]
    enough = float(np.quantile(lies, 1 - PASSED))
    lost = int((probability[wanted == 1] < enough).sum())
    coefficients, bias = fit(rows, wanted, weights)
    model = {
        "version": f"{len(pairs)} pairs; in folds {PASSED:.0%} of lies in own words passed, "
        f"{lost} of {int(wanted.sum())} faithful dropped",
        "weights": {name: round(float(value), 4) + 0.0 for name, value in zip(names, coefficients, strict=True)},
        "bias": round(bias, 4),
        "enough": round(enough, 3),
    }
    given.out.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(model) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
