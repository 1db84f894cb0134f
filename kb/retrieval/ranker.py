"""The learned order of the second stage: a weighted sum of features, its weights shipped, and kept by each release."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import ReleaseError
from kb.releases.parts import WEIGHTS

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


def model_of(folder: Path | None, name: str) -> LinearModel:
    """
    The weights of that name ("ranker", "confidence", "confidence_plain") which a release keeps, else the shipped ones.

    A release is searched with the weights that it was built and evaluated with, whatever ships later.

    Raises:
        ReleaseError: the release's file is no weights.
    """
    own = None if folder is None else folder / WEIGHTS / f"{name}.json"
    return _read(own) if own is not None and own.is_file() else shipped_model(name)


def shipped_model(name: str) -> LinearModel:
    """The shipped weights of that name, read once."""
    return _read(shipped_weights()[name])


def shipped_weights() -> dict[str, Path]:
    """Where each of the shipped weights lies, by name; a release keeps a copy."""
    return {name: Path(__file__).with_name(f"{name}.json") for name in ("ranker", "confidence", "confidence_plain")}


@lru_cache(maxsize=32)
def _read(path: Path) -> LinearModel:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return LinearModel(version=data["version"], weights=data["weights"], bias=data.get("bias", 0.0))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"I pesi «{path}» non si leggono: ricostruisci la versione con «bussola ingest».") from error
