"""The learned order of the second stage: a weighted sum of features, its weights in ranker.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A weighted sum of named features, as trained by `python -m evals.train_ranker`."""

    version: str
    weights: Mapping[str, float]
    bias: float = 0.0

    def fits(self, features: Mapping[str, object]) -> bool:
        """True when every feature that the model weighs is there."""
        return all(name in features for name in self.weights)

    def score(self, features: Mapping[str, Array]) -> Array:
        """One score a candidate: bias + Σ weight × feature; comparable within one question only."""
        total = sum((weight * features[name] for name, weight in self.weights.items()), start=np.float32(0.0))
        return np.asarray(total + np.float32(self.bias), dtype=np.float32)


@lru_cache(maxsize=4)
def shipped_model(name: str) -> LinearModel:
    """The shipped weights of that name ("ranker", "confidence"), read once."""
    data = json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
    return LinearModel(version=data["version"], weights=data["weights"], bias=data.get("bias", 0.0))
