"""Completeness: whether a model's verified sentences may stand in for the extractive answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.answering.judging.expected import TYPED, meets, named_actors
from kb.answering.judging.presumed import lacking_figures
from kb.answering.state import DraftSentence, State, Tools
from kb.answering.weighing.weights import stems_of
from kb.language.figures import is_among, measured_figures
from kb.language.questions import Expectation
from kb.language.stems import has_stem

FEW_FIGURES = 2
"""Figures of the extractive answer's first sentence that are all given; of more, one is enough."""
FOCUS_SHARE = 0.75
"""What the model's text must hold of the question's words, beside what the extractive answer holds of them."""
LIST_LENGTH = 3
"""Sentences from which an extractive answer to a question for a list is one, given whole or not at all."""
COVERED_SHARE = 0.5
"""What an item of a list must share of its stems with the model's text to be given."""


def says_enough(written: Sequence[DraftSentence], state: State, tools: Tools) -> bool:
    """
    True when the sentences answer as well as the extractive draft (state.draft) does.

    They speak of what was asked, hold the kind of thing asked for and the extractive answer's figures for it, name
    somebody where it does, deny no premise that it confirms, and give a list whole. Adding a sentence never
    makes it false.
    """
    if not written or state.asked is None:
        return False
    text = " ".join(sentence.text for sentence in written)
    return (
        meets(state.asked, text, known_words=tools.weights.lowercase)
        and _speaks_of(text, state, tools)
        and _gives_figures(text, state)
        and _names_someone(text, state)
        and _keeps_premises(written, state, tools)
        and _gives_list(text, state)
    )


def _speaks_of(text: str, state: State, tools: Tools) -> bool:
    """Of the question's telling words, as many as the extractive answer names, nearly."""
    named = _named(" ".join(sentence.text for sentence in state.draft), state, tools)
    return _named(text, state, tools) >= FOCUS_SHARE * named


def _named(text: str, state: State, tools: Tools) -> float:
    assert state.asked is not None
    said = stems_of(text)
    return sum(tools.weights.weight(word) for word in state.asked.focus if has_stem(said, word))


def _gives_figures(text: str, state: State) -> bool:
    """Where a figure is asked for, those that the extractive draft's first sentence gives beyond the question's own."""
    assert state.asked is not None
    if state.asked.expects not in TYPED or state.asked.expects is Expectation.PERSON:
        return True
    asked, said = measured_figures(state.standalone), measured_figures(text)
    given = [figure for figure in measured_figures(state.draft[0].text) if not is_among(figure, asked)]
    held = [is_among(figure, said) for figure in given]
    return not held or (all(held) if len(held) <= FEW_FIGURES else any(held))


def _names_someone(text: str, state: State) -> bool:
    """Where it is asked who or with whom, and the extractive draft names somebody, the sentences do too."""
    asked = state.asked
    assert asked is not None
    if asked.expects is not Expectation.ACTOR or not any(named_actors(asked, one.text) for one in state.draft):
        return True
    return bool(named_actors(asked, text))


def _keeps_premises(written: Sequence[DraftSentence], state: State, tools: Tools) -> bool:
    """A figure of the question that the extractive quotes hold is held by the model's too."""
    before = lacking_figures(state, tools)
    now = lacking_figures(replace(state, draft=tuple(written)), tools)
    return len(now) <= len(before)


def _gives_list(text: str, state: State) -> bool:
    assert state.asked is not None
    if len(state.draft) < LIST_LENGTH or state.asked.expects is not Expectation.LIST:
        return True
    said = stems_of(text)
    return all(_given(item, said) for item in state.draft)


def _given(item: DraftSentence, said: frozenset[str]) -> bool:
    stems = stems_of(item.text)
    return not stems or len(stems & said) >= COVERED_SHARE * len(stems)
