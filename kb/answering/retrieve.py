"""Retrieve: the passages that may hold the answer, as the searcher ranks them."""

from __future__ import annotations

from dataclasses import replace

from kb.answering.state import State, Tools

PASSAGES = 10
"""Passages whose sentences are looked at."""


def retrieve(state: State, tools: Tools) -> State:
    """The best passages for the standalone question."""
    found = tools.searcher.search(state.standalone, count=PASSAGES)
    detail: dict[str, object] = {
        "reading": found.reading.detail(),
        "passages": [{"passage": one.passage.id, "score": round(one.score, 4)} for one in found.passages],
    }
    return replace(state, found=found, detail=detail)
