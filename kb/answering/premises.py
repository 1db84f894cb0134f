"""Premises: what the question takes for granted and the documents lack is said openly."""

from __future__ import annotations

import re
from dataclasses import replace

from kb.answering.state import State, Tools
from kb.answering.verify import quoted_text
from kb.language.figures import LABEL_BEFORE, Figure, FigureKind, find_figures, same_figure
from kb.language.words import STOP_WORDS, fold, stem, tokenize
from kb.records import AnswerStatus
from prompts.replies import load_replies

_CLAIMED = frozenset({FigureKind.PERCENT, FigureKind.AMOUNT, FigureKind.NUMBER, FigureKind.DATE, FigureKind.LAW})
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b(?:[A-Z][A-Z0-9.-]+[A-Z0-9]|[A-ZÀ-Ý][a-zà-ÿ]+[A-Z]\w*|[A-ZÀ-Ý][a-zà-ÿ]{2,})\b")


def check_premises(state: State, tools: Tools) -> State:
    """Notes on the question's figures that no quote of the answer holds; a name nobody wrote ends in not found."""
    if not state.draft:
        return replace(state, detail={})
    replies = load_replies(state.language)
    unknown = unknown_names(state.standalone, state, tools)
    if unknown:
        state = state.noting("name_not_in_documents", replies.say("name_not_in_documents", name=unknown[0]))
        return replace(state, draft=(), detail={"unknown_names": unknown})
    lacking = lacking_figures(state, tools)
    for figure in lacking:
        state = state.noting(
            "figure_not_in_documents", replies.say("figure_not_in_documents", figure=figure.text.strip())
        )
    return replace(state, detail={"figures_lacking": [figure.text for figure in lacking]})


def lacking_figures(state: State, tools: Tools) -> list[Figure]:
    """The figures that the question claims and no quote of the draft holds; labels ("Driver 3") claim nothing."""
    held = [f for sentence in state.draft for quote in sentence.quotes for f in find_figures(quoted_text(quote, tools))]
    section = [
        f for s in state.draft for q in s.quotes for f in find_figures(" ".join(_about(q.passage.document, tools)))
    ]
    return [
        figure
        for figure in claimed_figures(state.standalone)
        if not any(same_figure(figure, other) for other in [*held, *section])
    ]


def claimed_figures(question: str) -> list[Figure]:
    """The figures of a question that say something, not those that only number a thing."""
    return [
        figure
        for figure in find_figures(question)
        if figure.kind in _CLAIMED and not LABEL_BEFORE.search(question[: figure.start])
    ]


def unknown_names(question: str, state: State, tools: Tools) -> list[str]:
    """The names in a question that no passage of the release holds, in order; corrected spellings count as held."""
    corrected = state.found.reading.corrections if state.found else {}
    expanded = state.found.reading.expansions if state.found else {}
    unknown = []
    for match in _NAME.finditer(question):
        words = [word for word in tokenize(match.group()) if word not in STOP_WORDS]
        if any(word in corrected or word in expanded for word in (*words, fold(match.group()))):
            continue
        if words and all(word not in tools.weights.frequency for word in stem(words)):
            unknown.append(match.group())
    return unknown


def _about(document: str, tools: Tools) -> tuple[str, ...]:
    found = tools.library.documents[document]
    return (found.title, found.edition or "")


def end_without_answer(state: State, tools: Tools) -> AnswerStatus:
    """Out of scope when the documents hold none of the question's words, else not found."""
    assert state.asked is not None
    known = [word for word in state.asked.focus if tools.weights.frequency.get(word, 0)]
    return AnswerStatus.NOT_FOUND if known else AnswerStatus.OUT_OF_SCOPE
