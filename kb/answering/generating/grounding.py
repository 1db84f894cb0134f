"""Grounding: the sentences of the cited passages that best stand behind what a chat model wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.answering.forms import order_pattern
from kb.answering.state import Quote, Tools
from kb.answering.weighing.weights import stems_of
from kb.language.figures import find_figures
from kb.language.sentences import split_sentences
from kb.records import Passage

MAX_SENTENCES = 3
"""Sentences quoted behind one sentence of a model, at most."""
LEAST_GAIN = 0.06
"""A further sentence is quoted only where it holds this share more of what the model's sentence says."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of a cited passage and what of the claim it holds."""

    passage: Passage
    start: int
    end: int
    order: int
    holds: frozenset[str]


def ground(text: str, passages: Sequence[Passage], tools: Tools) -> tuple[Quote, ...]:
    """
    The page stretches behind a model's sentence, in reading order; empty where no sentence shares a word with it.

    At most three sentences of the cited passages, one where one is enough; a sentence across two pages gives two
    quotes. Whether they really say it is for kb.answering.claims.faithfulness to tell.
    """
    asked = _weigh(text, tools)
    chosen: list[_Candidate] = []
    held: frozenset[str] = frozenset()
    candidates = _candidates(passages, asked)
    while candidates and len(chosen) < MAX_SENTENCES:
        best = max(candidates, key=lambda one: (_worth(one.holds - held, asked), -one.order))
        gain = _worth(best.holds - held, asked)
        if not gain or (chosen and gain < LEAST_GAIN):
            break
        chosen.append(best)
        held |= best.holds
        candidates.remove(best)
    chosen.sort(key=lambda one: one.order)
    return tuple(Quote(one.passage, span) for one in chosen for span in one.passage.locate(one.start, one.end))


def _candidates(passages: Sequence[Passage], asked: dict[str, float]) -> list[_Candidate]:
    found: list[_Candidate] = []
    for passage in passages:
        for start, end in split_sentences(passage.text):
            # An order to the model that hides in a document is no source for what the model then says.
            if order_pattern().search(passage.text[start:end]):
                continue
            holds = frozenset(_marks(passage.text[start:end]) & asked.keys())
            found.append(_Candidate(passage, start, end, len(found), holds))
    return found


def _marks(text: str) -> frozenset[str]:
    """What a text says, in marks that can be compared: its stems, and its figures by value."""
    return stems_of(text) | {f"={figure.kind} {figure.value}" for figure in find_figures(text)}


def _weigh(text: str, tools: Tools) -> dict[str, float]:
    """The marks of a text with their share of its weight; figures weigh as the rarest word."""
    weights = {mark: tools.weights.weight(mark) for mark in sorted(_marks(text))}
    total = sum(weights.values()) or 1.0
    return {mark: weight / total for mark, weight in weights.items()}


def _worth(marks: frozenset[str], asked: dict[str, float]) -> float:
    return sum(asked[mark] for mark in marks)
