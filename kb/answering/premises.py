"""Premises: what the question takes for granted and the documents lack is said openly."""

from __future__ import annotations

from dataclasses import replace

from kb.answering.judging.presumed import lacking_figures, unknown_names, wants_confirmation
from kb.answering.judging.reasons import asks_why
from kb.answering.state import State, Tools
from kb.language.figures import measured_figures
from prompts.replies import load_replies


def check_premises(state: State, tools: Tools) -> State:
    """Notes on the question's figures that no quote of the answer holds; a name nobody wrote ends in not found."""
    if not state.draft:
        return replace(state, detail={})
    replies = load_replies(state.language)
    reading = state.found.reading if state.found else None
    understood = {*reading.corrections, *reading.expansions} if reading else set()
    unknown = unknown_names(state.standalone, tools, understood=understood)
    for name in unknown:
        state = state.noting("name_not_in_documents", replies.say("name_not_in_documents", name=name))
    if unknown and not wants_confirmation(state.standalone):
        return replace(state, draft=(), detail={"unknown_names": unknown})
    lacking = lacking_figures(state, tools)
    if lacking and asks_why(state.standalone) and not any(measured_figures(one.text) for one in state.draft):
        return replace(state, draft=(), detail={"figures_lacking": [figure.text for figure in lacking]})
    if lacking:
        named = ", ".join(f"«{figure.text.strip()}»" for figure in lacking)
        reply = "figure_not_in_documents" if len(lacking) == 1 else "figures_not_in_documents"
        state = state.noting("figure_not_in_documents", replies.say(reply, figures=named))
    return replace(state, detail={"figures_lacking": [figure.text for figure in lacking], "unknown_names": unknown})
