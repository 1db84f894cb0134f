"""Stepping: the way of a question up to one step, and what that step knew and did; nothing is kept of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb.answering.assistant import STEPS
from kb.answering.state import State, Tools, first_state
from kb.errors import InputError
from kb.records import AnswerMode, TraceLine

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StepRun:
    """Where a question stood after a step."""

    wanted: str
    line: TraceLine  # of the last step that ran: the wanted one, or an earlier one that ended the way
    state: State

    @property
    def is_reached(self) -> bool:
        """False when an earlier step gave the answer already."""
        return self.line.step == self.wanted

    def to_json(self) -> Json:
        """The step, its status and detail, and what of the state is not the machine's own."""
        return {
            "step": self.line.step,
            "reached": self.is_reached,
            "status": self.state.status.value if self.state.status else None,
            "ms": round(self.line.ms, 2),
            "detail": self.line.detail,
            "state": state_to_json(self.state),
        }


def step_names() -> tuple[str, ...]:
    """The steps' names in their order."""
    return tuple(name for name, _ in STEPS)


def check_step(name: str) -> None:
    """
    Nothing, when there is a step of that name.

    Raises:
        InputError: there is none; the message lists those there are.
    """
    if name not in step_names():
        raise InputError(f"il passo «{name}» non esiste: scegli tra {', '.join(step_names())}.")


def run_until(
    name: str, question: str, tools: Tools, *, history: Sequence[str] = (), mode: AnswerMode | None = None
) -> StepRun:
    """
    The steps up to the named one, run as `Assistant.ask` runs them; a step that ends the way ends it here too.

    Raises:
        InputError: there is no such step, or the question is empty or too long.
    """
    check_step(name)
    state = first_state(question, tools, history=history, mode=mode)
    for at, step in STEPS:
        start = time.perf_counter()
        state = step(replace(state, detail={}), tools)
        line = TraceLine(at, (time.perf_counter() - start) * 1000, state.detail)
        if at == name or state.status is not None:
            break
    return StepRun(name, line, state)


def state_to_json(state: State) -> Json:
    """What a person may read of a state: no vectors, no whole passages, the question as the guard left it."""
    found = state.found.passages if state.found else ()
    return {
        "question": state.question,
        "history": list(state.history),
        "cleaned": state.cleaned,
        "standalone": state.standalone,
        "language": state.language,
        "expects": state.asked.expects.value if state.asked else None,
        "mode": state.mode.value,
        "text": state.text,
        "found": [{"passage": one.passage.id, "score": round(one.score, 4)} for one in found],
        "evidence": [
            {
                "passage": one.passage.id,
                "text": one.text,
                "score": round(one.score, 4),
                "support": round(one.support, 4),
            }
            for one in state.evidence
        ],
        "draft": [{"text": one.text, "support": round(one.support, 4)} for one in state.draft],
        "notes": [{"kind": note.kind, "text": note.text} for note in state.notes],
        "suggestions": list(state.suggestions),
    }
