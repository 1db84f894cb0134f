"""Whether the passages hold the answer at all: one calibrated probability from several signals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kb.records import ScoredPassage
from kb.retrieval.ranker import LinearModel, model_of

_ALWAYS = ("cosine", "bm25_share")  # no common word at all is a share of 0
_OFTEN = ("late", "late_wide", "late_even", "words", "words_near")  # where the second stage has what it needs


@dataclass(frozen=True, slots=True)
class Confidence:
    """A probability in [0, 1] and the features behind it."""

    probability: float
    features: Mapping[str, float]


def measure_confidence(found: Sequence[ScoredPassage], *, folder: Path | None = None) -> Confidence:
    """
    How likely the passages (best first) hold the answer, by the weights that the release in folder keeps, else the
    shipped ones; 0 without any passage.

    Source: logistic regression on the development questions of SQuAD-it with and without an answer in the corpus,
    trained by `python -m evals.train_ranker`; weights and version in confidence.json.
    """
    if not found:
        return Confidence(0.0, {})
    features = confidence_features(found)
    model = _model(features, folder)
    total = float(model.score({name: np.array([value], dtype=np.float32) for name, value in features.items()})[0])
    return Confidence(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), features)


def confidence_features(found: Sequence[ScoredPassage]) -> dict[str, float]:
    """The signals by name: of each raw score the best among all passages ("best_…") and the first one's ("first_…")."""
    features: dict[str, float] = {}
    for name in (*_ALWAYS, *_OFTEN):
        values = [one.scores[name] for one in found if name in one.scores]
        if values or name in _ALWAYS:
            features[f"best_{name}"] = max(values, default=0.0)
            features[f"first_{name}"] = found[0].scores.get(name, 0.0)
    return features


def _model(features: Mapping[str, float], folder: Path | None) -> LinearModel:
    full = model_of(folder, "confidence")
    return full if full.fits(features) else model_of(folder, "confidence_plain")
