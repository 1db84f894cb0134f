"""Decide: whether the best sentence answers at all; "the documents don't say" is a good answer."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from kb.answering.expected import TYPED
from kb.answering.state import Evidence, State, Tools
from kb.language.questions import Asked

LONG_QUESTION = 6
"""Words of the subject from which a question is long."""


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


def decide(state: State, tools: Tools) -> State:
    """The evidence with its support, or none where even the best sentence leaves too much of the question out."""
    assert state.asked is not None
    model = load_decision()
    unknown = _unknown_driver(state, tools)
    if not state.evidence or unknown is not None:
        return replace(state, evidence=(), detail={"support": 0.0, "unknown_driver": unknown})
    features = decision_features(state.asked, state.evidence[0])
    best = model.probability(features)
    detail: dict[str, object] = {"support": round(best, 4), "model": model.version, "features": features}
    if best < model.enough:
        return replace(state, evidence=(), detail=detail)
    kept = (
        replace(one, support=round(model.probability(decision_features(state.asked, one)), 4)) for one in state.evidence
    )
    return replace(state, evidence=tuple(kept), detail=detail)


def decision_features(asked: Asked, evidence: Evidence) -> dict[str, float]:
    """What the decision looks at, each in [0, 1]."""
    return {
        "coverage": evidence.features.get("coverage", 0.0),
        "least": evidence.features.get("least", 0.0),
        "english": float(asked.language == "en"),
        "typed": float(asked.expects in TYPED),
        "length": min(len(asked.focus), LONG_QUESTION) / LONG_QUESTION,
    }


@lru_cache(maxsize=1)
def load_decision() -> Decision:
    """The shipped model."""
    data = json.loads(files("kb.answering").joinpath("decision.json").read_text(encoding="utf-8"))
    return Decision(data["version"], data["weights"], data["bias"], data["enough"])


def _unknown_driver(state: State, tools: Tools) -> int | None:
    """A Driver that the question names and no document has."""
    assert state.found is not None
    known = {passage.driver for passage in tools.library.passages}
    return next((driver for driver in state.found.reading.drivers if driver not in known), None)
