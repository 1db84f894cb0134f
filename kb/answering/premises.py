"""Premises: what the question takes for granted and the documents lack is said openly."""

from __future__ import annotations

from dataclasses import replace

from kb.answering.judging.presumed import lacking_figures, unknown_names, wants_confirmation
from kb.answering.judging.reasons import asks_why
from kb.answering.state import State, Tools
from kb.answering.weighing.weights import stems_of
from kb.language.figures import measured_figures
from kb.language.kinship import are_loosely_near, nearness
from kb.language.verbs import verb_stems
from prompts.replies import load_replies


def check_premises(state: State, tools: Tools) -> State:
    """Notes on the question's figures that no quote of the answer holds; a name nobody wrote ends in not found."""
    replies = load_replies(state.language)
    reading = state.found.reading if state.found else None
    understood = {*reading.corrections, *reading.expansions} if reading else set()
    unknown = unknown_names(state.standalone, tools, understood=understood)
    for name in unknown:
        state = state.noting("name_not_in_documents", replies.say("name_not_in_documents", name=name))
    if not state.draft:
        return replace(state, detail={"unknown_names": unknown})
    if unknown and not wants_confirmation(state.standalone):
        return replace(state, draft=(), detail={"unknown_names": unknown})
    if _untold_deeds(state, tools):
        state = state.noting("not_told", replies.say("not_told"))
    lacking = lacking_figures(state, tools)
    if lacking and asks_why(state.standalone) and not any(measured_figures(one.text) for one in state.draft):
        return replace(state, draft=(), detail={"figures_lacking": [figure.text for figure in lacking]})
    if lacking:
        named = ", ".join(f"«{figure.text.strip()}»" for figure in lacking)
        reply = "figure_not_in_documents" if len(lacking) == 1 else "figures_not_in_documents"
        state = state.noting("figure_not_in_documents", replies.say(reply, figures=named))
    return replace(state, detail={"figures_lacking": [figure.text for figure in lacking], "unknown_names": unknown})


def _untold_deeds(state: State, tools: Tools) -> list[str]:
    """The verbs of a question why that no document holds, nor the draft anything like them ("… ha venduto …?")."""
    if state.asked is None or not asks_why(state.standalone):
        return []
    verbs = verb_stems(state.standalone)
    unknown = [word for word in state.asked.granted if word in verbs and not tools.weights.frequency.get(word)]
    said = stems_of(" ".join(sentence.text for sentence in state.draft)) if unknown else frozenset()
    return [word for word in unknown if not any(_may_tell(word, other) for other in said)]


def _may_tell(word: str, other: str) -> bool:
    return nearness(word, other) > 0 or are_loosely_near(word, other)
