"""The decision to answer as numbers: a logistic model, shipped, and kept by each release as it was evaluated."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from kb.errors import ReleaseError


@dataclass(frozen=True, slots=True)
class Decision:
    """A logistic model of "this sentence answers this question", fitted by `python -m evals.fit_decision`."""

    version: str
    weights: Mapping[str, float]
    bias: float
    enough: float  # least probability that is sent

    def probability(self, features: Mapping[str, float]) -> float:
        """In (0, 1); a feature without a weight counts nothing."""
        total = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return 1 / (1 + math.exp(-total))


def shipped_decision() -> Path:
    """The file of the shipped model."""
    return Path(str(files("kb.answering").joinpath("decision.json")))


def load_decision(folder: Path | None = None) -> Decision:
    """
    The model that a release's folder keeps, else the shipped one.

    Raises:
        ReleaseError: the release's file is no model.
    """
    own = None if folder is None else folder / "weights" / "decision.json"
    return _read(own if own is not None and own.is_file() else shipped_decision())


@lru_cache(maxsize=8)
def _read(path: Path) -> Decision:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Decision(data["version"], data["weights"], data["bias"], data["enough"])
    except (OSError, ValueError, KeyError) as error:
        raise ReleaseError(f"{path}: il modello di decisione è illeggibile; ricostruisci la versione.") from error
