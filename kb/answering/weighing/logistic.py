"""A logistic model with the least probability that is enough: what decides to answer, and what a sentence needs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kb.errors import ReleaseError


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """Weights of named features, as the module that loads it says how fitted."""

    version: str
    weights: Mapping[str, float]
    bias: float
    enough: float  # least probability that is sent

    def probability(self, features: Mapping[str, float]) -> float:
        """In (0, 1); a feature without a weight counts nothing."""
        total = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return 1 / (1 + math.exp(-total))


@lru_cache(maxsize=8)
def read_model(path: Path) -> LogisticModel:
    """
    The model of a JSON file, read once.

    Raises:
        ReleaseError: the file is no model.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return LogisticModel(data["version"], data["weights"], data["bias"], data["enough"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"I pesi «{path}» non si leggono: ricostruisci la versione con «bussola ingest».") from error
