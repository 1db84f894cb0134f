"""Compose, extractive: the sentences that answer, not the passages that contain them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb.answering.expected import TYPED
from kb.answering.state import DraftSentence, Evidence, Quote, State, Tools
from kb.answering.weights import stems_of
from kb.language.sentences import split_sentences
from kb.records import AnswerMode, Passage

MAX_SENTENCES = 3
MAX_CHARS = 700
"""A further sentence is added only while the answer stays under this; a complete list may go beyond."""
MAX_LIST_ITEMS = 12
NEW_SHARE = 0.35
"""A further sentence must hold at least this share of the best one's score in words of the question not yet held."""
SAME_SHARE = 0.6
"""Two sentences that share this much of the shorter one's stems say the same."""

_NEEDS_BEFORE = re.compile(
    r"^(?:(?:Con |In |Per |A )?(?:tal[ei]|quest[oaie]|ess[oaie])|Grazie a (?:ciò|quest\w+)|Rete che)\b", re.IGNORECASE
)
_ORDINAL = re.compile(
    r"^(?:In (?:prim|second|terz|quart|quint)[oa] (?:luogo|istanza)|L[ao] (?:prim|second|terz|quart)[ao]\b"
    r"|A (?:breve|medio|lungo) termine|Infine\b|Da una parte|Dall['’]altra)",
)
_SERIES = re.compile(
    r"\b(?:due|tre|quattro|cinque)\b[^.:]{0,40}\b(?:linee|assi|livelli|obiettiv|front|direttric|azion)"
)


def compose(state: State, _tools: Tools) -> State:
    """The draft: one to three sentences, or a whole list; empty where no sentence answers well enough."""
    best = state.evidence[0] if state.evidence else None
    if best is None:
        return replace(state, draft=(), detail={"sentences": 0})
    chosen = _with_list(best) or _with_neighbours(best, state)
    draft = tuple(draft_sentence(one.passage, one.start, one.end, support=one.score) for one in chosen)
    return replace(
        state,
        draft=draft,
        mode=AnswerMode.EXTRACTIVE,
        detail={"sentences": len(draft), "characters": sum(len(one.text) for one in draft)},
    )


def draft_sentence(passage: Passage, start: int, end: int, *, support: float) -> DraftSentence:
    """A sentence of a passage with the page stretches it stands on."""
    quotes = tuple(Quote(passage, span) for span in passage.locate(start, end))
    return DraftSentence(passage.text[start:end], quotes, min(1.0, support))


def _with_list(best: Evidence) -> list[Evidence]:
    """The sentence that opens a list, with all its items; empty when it opens none."""
    text = best.passage.text
    if not best.text.rstrip().endswith(":"):
        return []
    items = []
    for start, end in split_sentences(text):
        if start < best.end:
            continue
        if not _is_item(text[start:end]):
            break
        items.append(replace(best, start=start, end=end))
    return [best, *items[:MAX_LIST_ITEMS]] if items else []


def _is_item(line: str) -> bool:
    return bool(re.match(r"^(?:[-–•*▪]|\d{1,2}[.)]|[a-z][.)])\s", line)) or line.rstrip().endswith(";")


def _with_neighbours(best: Evidence, state: State) -> list[Evidence]:
    chosen = [best]
    assert state.asked is not None
    if state.asked.expects not in TYPED:
        chosen = _series(best) or chosen
        _add_new(chosen, state.evidence[1:], state.asked.focus)
    return _with_opening(chosen, typed=state.asked.expects in TYPED)


def _series(best: Evidence) -> list[Evidence]:
    """The whole of "In primo luogo … In secondo luogo … Infine …" when the best sentence announces it."""
    if not _SERIES.search(best.text):
        return []
    text = best.passage.text
    parts = [(s, e) for s, e in split_sentences(text) if s >= best.end and _ORDINAL.match(text[s:e])]
    series = [best, *(replace(best, start=s, end=e) for s, e in parts)]
    return series if len(series) > 2 and sum(len(one.text) for one in series) <= 3 * MAX_CHARS else []


def _add_new(chosen: list[Evidence], others: Iterable[Evidence], focus: Sequence[str]) -> None:
    """Add, in place, sentences that hold words of the question which the chosen ones lack."""
    for other in others:
        if len(chosen) >= MAX_SENTENCES or sum(len(one.text) for one in chosen) + len(other.text) > MAX_CHARS:
            return
        held = frozenset().union(*(stems_of(one.text) for one in chosen))
        new = [word for word in focus if word in stems_of(other.text) and word not in held]
        if len(new) >= NEW_SHARE * len(focus) and not any(_same(one, other) for one in chosen):
            chosen.append(other)


def _same(one: Evidence, other: Evidence) -> bool:
    first, second = stems_of(one.text), stems_of(other.text)
    return len(first & second) >= SAME_SHARE * max(1, min(len(first), len(second)))


def _with_opening(chosen: list[Evidence], *, typed: bool) -> list[Evidence]:
    """The sentence before, where the first one can't be understood without it and room is left."""
    first = chosen[0]
    if not _NEEDS_BEFORE.match(first.text) or len(chosen) >= MAX_SENTENCES:
        return chosen
    before = [(s, e) for s, e in split_sentences(first.passage.text) if e <= first.start]
    if not before or (before[-1][1] - before[-1][0]) + len(first.text) > MAX_CHARS:
        return chosen
    opening = replace(first, start=before[-1][0], end=before[-1][1])
    # A figure that was asked for stays in the first sentence.
    return [*chosen, opening] if typed else [opening, *chosen]
