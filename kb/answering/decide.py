"""Decide: whether the best sentence answers at all; "the documents don't say" is a good answer."""

from __future__ import annotations

from dataclasses import replace

from kb.answering.composing.overview import overview
from kb.answering.judging.closest import closest_sentence
from kb.answering.judging.expected import TYPED
from kb.answering.judging.outvoting import is_nearest
from kb.answering.judging.vetoes import Veto, find_veto
from kb.answering.quoting import draft_sentence
from kb.answering.state import Evidence, State, Tools
from kb.answering.weighing.decision import load_decision
from kb.language.questions import Asked
from kb.language.words import stem
from kb.retrieval.query import english_words
from prompts.replies import load_replies

LONG_QUESTION = 6
"""Words of the subject from which a question is long."""


def decide(state: State, tools: Tools) -> State:
    """The evidence with its support, or none where even the best sentence leaves too much of the question out."""
    assert state.asked is not None and state.found is not None
    model = tools.decision or load_decision()
    if veto := find_veto(state, tools):
        return _refused(_noting(state, veto), veto.kind, detail={"support": 0.0, "veto": veto.kind})
    if state.found.reading.articles and (whole := overview(state, tools)):
        return replace(state, evidence=tuple(whole), detail={"support": 1.0, "whole": "article"})
    if not state.evidence:
        return replace(state, detail={"support": 0.0})
    features = decision_features(state, state.evidence[0])
    best = model.probability(features)
    detail: dict[str, object] = {"support": round(best, 4), "model": model.version, "features": features}
    if best < model.enough and not _is_said_otherwise(state.asked, state.evidence[0]):
        return _refused(state, detail=detail)
    kept = (replace(one, support=round(model.probability(decision_features(state, one)), 4)) for one in state.evidence)
    return replace(state, evidence=tuple(kept), detail=detail)


def _refused(state: State, veto: str = "", *, detail: dict[str, object]) -> State:
    """The state without evidence; what comes nearest to an answer is kept to be shown as no more than that."""
    best = closest_sentence(state.evidence, veto=veto)
    closest = draft_sentence(best.passage, best.start, best.end, support=0.0) if best else None
    return replace(state, evidence=(), closest=closest, detail=detail)


def _is_said_otherwise(asked: Asked, evidence: Evidence) -> bool:
    """True where the sense of the best sentence outvotes the words that it lacks; a date or a figure is not guessed."""
    return asked.expects not in TYPED and is_nearest(evidence.features)


def _noting(state: State, veto: Veto) -> State:
    """A reason that helps the person is said; the others show in the trace."""
    if veto.kind != "not_in_driver" or state.found is None:
        return state
    driver = str(state.found.reading.drivers[0])
    return state.noting(veto.kind, load_replies(state.language).say(veto.kind, driver=driver, words=veto.words))


def _foreign(asked: Asked) -> float:
    """In [0, 1]: how much of an English question stays English; its other words are looked for in Italian."""
    if asked.language != "en":
        return 0.0
    known = {word for token in english_words(asked.text) for word in stem([token])}
    return sum(word not in known for word in asked.focus) / max(1, len(asked.focus))


def decision_features(state: State, evidence: Evidence) -> dict[str, float]:
    """What the decision looks at, each in [0, 1]."""
    assert state.asked is not None and state.found is not None
    asked = state.asked
    return {
        "coverage": evidence.features.get("coverage", 0.0),
        "least": evidence.features.get("least", 0.0),
        "confidence": state.found.confidence,
        "english": _foreign(asked),
        "typed": float(asked.expects in TYPED),
        "length": min(len(asked.focus), LONG_QUESTION) / LONG_QUESTION,
    }
