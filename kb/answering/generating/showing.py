"""Showing: which passages a chat model reads, cut to what it has room for, those that answer first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.answering.state import State, Tools
from kb.language.sentences import split_sentences
from kb.records import Passage

MAX_PASSAGES = 5
PASSAGE_CHARS = 900
"""Of one passage, around the sentence that speaks for it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as a model sees it."""

    passage: Passage
    place: str  # document, edition, section
    text: str  # whole sentences, at most PASSAGE_CHARS


def show(state: State, tools: Tools, *, chars: int) -> list[Shown]:
    """The passages of the extractive draft, those of the best sentences, the rest of what was found, while they fit."""
    shown: list[Shown] = []
    room = chars
    for passage, at in _in_order(state):
        # The passage that answers may need more than its share; one whose sentence has no room is left out.
        text = window(passage, at, min(PASSAGE_CHARS, room)) or ("" if shown else window(passage, at, room))
        if not text:
            continue
        shown.append(Shown(passage, _place(passage, tools), text))
        room -= len(text)
        if len(shown) == MAX_PASSAGES:
            break
    return shown


def _in_order(state: State) -> Iterable[tuple[Passage, int]]:
    """Each passage once, with the place of the sentence that speaks for it."""
    opened = {passage.id: passage for passage in state.opened}
    wanted: dict[str, tuple[Passage, int]] = {}
    spoken = {one.passage.id: one.start for one in reversed(state.evidence)}  # the best sentence of each wins
    for sentence in state.draft:
        for quote in sentence.quotes:
            passage = opened.get(quote.passage.id, quote.passage)
            wanted.setdefault(passage.id, (passage, spoken.get(passage.id, 0)))
    for one in state.evidence:
        wanted.setdefault(one.passage.id, (one.passage, one.start))
    for found in state.found.passages if state.found else ():
        wanted.setdefault(found.passage.id, (found.passage, 0))
    return wanted.values()


def window(passage: Passage, at: int, chars: int) -> str:
    """Whole sentences of a passage around the one that holds the offset; empty where even that has no room."""
    sentences = split_sentences(passage.text)
    first = last = next((i for i, (_, end) in enumerate(sentences) if at < end), 0)
    if not sentences or sentences[first][1] - sentences[first][0] > chars:
        return ""
    grew = True
    while grew:
        grew = False
        if last + 1 < len(sentences) and sentences[last + 1][1] - sentences[first][0] <= chars:
            last, grew = last + 1, True
        if first > 0 and sentences[last][1] - sentences[first - 1][0] <= chars:
            first, grew = first - 1, True
    return passage.text[sentences[first][0] : sentences[last][1]]


def _place(passage: Passage, tools: Tools) -> str:
    document = tools.library.documents[passage.document]
    where = [document.title, document.edition or "", *passage.section[-1:]]
    if passage.driver is not None and not any(f"Driver {passage.driver}" in part for part in where):
        where.append(f"Driver {passage.driver}")
    return ", ".join(part.replace('"', "'") for part in where if part)
