"""Whether the passages hold the answer at all: one calibrated probability from several signals."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.language.words import fold
from kb.records import ScoredPassage
from kb.retrieval.ranker import LinearModel, shipped_model

_NAME = re.compile(r"(?<!^)(?<![.!?:»”\"]\s)\b[A-ZÀ-Ý][\w’'-]*\w")
_ALWAYS = ("cosine", "bm25_share")  # no common word at all is a share of 0
_OFTEN = ("late", "late_wide", "late_even", "words", "words_near")  # where the second stage has what it needs


@dataclass(frozen=True, slots=True)
class Confidence:
    """A probability in [0, 1] and the features behind it."""

    probability: float
    features: Mapping[str, float]


def judge(text: str, found: Sequence[ScoredPassage]) -> Confidence:
    """
    How likely the passages (best first) hold the answer to a question; 0 without any passage.

    Source: logistic regression on the development questions of SQuAD-it with and without an answer in the corpus,
    trained by `python -m evals.train_ranker`; weights and version in confidence.json.
    """
    if not found:
        return Confidence(0.0, {})
    features = confidence_features(text, found)
    model = _model(features)
    total = float(model.score({name: np.array([value], dtype=np.float32) for name, value in features.items()})[0])
    return Confidence(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), features)


def confidence_features(text: str, found: Sequence[ScoredPassage]) -> dict[str, float]:
    """
    The signals, by name: of each raw score the best among all passages ("best_…") and the first passage's ("first_…"),
    and the share of the question's names (capitalised words after the first) that the first passage holds.
    """
    features: dict[str, float] = {}
    for name in (*_ALWAYS, *_OFTEN):
        values = [one.scores[name] for one in found if name in one.scores]
        if values or name in _ALWAYS:
            features[f"best_{name}"] = max(values, default=0.0)
            features[f"first_{name}"] = found[0].scores.get(name, 0.0)
    features["first_names"] = _names_held(text, found[0])
    return features


def _names_held(text: str, first: ScoredPassage) -> float:
    names = {fold(match[0]) for match in _NAME.finditer(text)}
    if not names:
        return 1.0
    held = fold(" ".join((*first.passage.section, first.passage.text)))
    return sum(name in held for name in names) / len(names)


def _model(features: Mapping[str, float]) -> LinearModel:
    full = shipped_model("confidence")
    return full if full.fits(features) else shipped_model("confidence_plain")
