"""Completeness: whether a model's verified sentences may stand in for the extractive answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb.answering.expected import meets
from kb.answering.premises import lacking_figures
from kb.answering.state import DraftSentence, Quote, State, Tools
from kb.answering.weights import stems_of
from kb.language.figures import measured_figures, same_figure

LIST_LENGTH = 3
"""Sentences from which an extractive answer is a list, which is given whole or not at all."""
COVERED_SHARE = 0.5
"""What an item of a list must share of its stems with the model's text to be given."""


def says_enough(written: Sequence[DraftSentence], state: State, tools: Tools) -> bool:
    """
    True when the sentences answer as well as the extractive draft (state.draft) does.

    They stand on its evidence, hold the kind of thing asked for and one of its figures, contradict no premise that it
    confirms, and give a list whole. Adding a sentence never makes it false.
    """
    if not written or state.asked is None:
        return False
    text = " ".join(sentence.text for sentence in written)
    return (
        _stands_on(written, state.draft)
        and meets(state.asked, text, known_words=tools.weights.lowercase)
        and _gives_figures(text, state)
        and _keeps_premises(written, state, tools)
        and _gives_list(text, state.draft)
    )


def _stands_on(written: Iterable[DraftSentence], draft: Iterable[DraftSentence]) -> bool:
    evidence = [quote for sentence in draft for quote in (*sentence.quotes, *sentence.beside)]
    return any(_overlap(quote, other) for sentence in written for quote in sentence.quotes for other in evidence)


def _gives_figures(text: str, state: State) -> bool:
    """One at least of the figures that the extractive draft's first sentence gives beyond the question's own."""
    asked = measured_figures(state.standalone)
    given = [
        figure
        for figure in measured_figures(state.draft[0].text)
        if not any(same_figure(figure, other) for other in asked)
    ]
    said = measured_figures(text)
    return not given or any(same_figure(figure, other) for figure in given for other in said)


def _keeps_premises(written: Sequence[DraftSentence], state: State, tools: Tools) -> bool:
    """A figure of the question that the extractive quotes hold is held by the model's too."""
    before = lacking_figures(state, tools)
    now = lacking_figures(replace(state, draft=tuple(written)), tools)
    return len(now) <= len(before)


def _gives_list(text: str, draft: Sequence[DraftSentence]) -> bool:
    if len(draft) < LIST_LENGTH:
        return True
    said = stems_of(text)
    return all(_given(item, said) for item in draft)


def _given(item: DraftSentence, said: frozenset[str]) -> bool:
    stems = stems_of(item.text)
    return not stems or len(stems & said) >= COVERED_SHARE * len(stems)


def _overlap(one: Quote, other: Quote) -> bool:
    return (
        one.passage.document == other.passage.document
        and one.span.page_index == other.span.page_index
        and one.span.start < other.span.end
        and other.span.start < one.span.end
    )
