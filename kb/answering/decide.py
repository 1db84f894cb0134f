"""Decide: whether the best sentence answers at all; "the documents don't say" is a good answer."""

from __future__ import annotations

from dataclasses import replace

from kb.answering.state import Evidence, State, Tools

COVERAGE_SHARE = 0.75
ENOUGH = 0.57
"""Least support that is sent; chosen on the development questions (evals/golden, half of them)."""


def decide(state: State, tools: Tools) -> State:
    """The evidence with its support, or none where even the best sentence leaves too much of the question out."""
    if not state.evidence:
        return replace(state, detail={"support": 0.0})
    unknown = _unknown_driver(state, tools)
    best = max((support_of(one) for one in state.evidence[:1]), default=0.0)
    if unknown is not None or best < ENOUGH:
        return replace(state, evidence=(), detail={"support": round(best, 4), "unknown_driver": unknown})
    kept = tuple(replace(one, support=support_of(one)) for one in state.evidence)
    return replace(state, evidence=kept, detail={"support": round(best, 4)})


def support_of(evidence: Evidence) -> float:
    """In [0, 1]: the share of the question's weight that the sentence holds, and its least held word."""
    held = evidence.features
    return COVERAGE_SHARE * held.get("coverage", 0.0) + (1 - COVERAGE_SHARE) * held.get("least", 0.0)


def _unknown_driver(state: State, tools: Tools) -> int | None:
    """A Driver that the question names and no document has."""
    assert state.found is not None
    known = {passage.driver for passage in tools.library.passages}
    return next((driver for driver in state.found.reading.drivers if driver not in known), None)
