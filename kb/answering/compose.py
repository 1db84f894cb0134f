"""Compose, extractive: the sentences that answer, not the passages that contain them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kb.answering.announced import MAX_LIST_ITEMS, announced
from kb.answering.expected import TYPED
from kb.answering.state import DraftSentence, Evidence, Library, Quote, State, Tools
from kb.answering.weights import stems_of
from kb.language.figures import missing_figures
from kb.language.questions import Expectation
from kb.language.sentences import split_sentences
from kb.language.words import fold
from kb.records import AnswerMode, Passage

MAX_SENTENCES = 3
MAX_CHARS = 450
"""A further sentence is added only while the answer stays under this; a complete list may go beyond."""
MAX_LIST_CHARS = 2400
CLOSE_SHARE = 0.8
"""A further sentence must score at least this share of the best one."""
SAME_SHARE = 0.6
"""Two sentences that share this much of the shorter one's stems say the same."""

_NEEDS_BEFORE = re.compile(
    r"^(?:(?:Con |In |Per |A )?(?:tal[ei]|quest[oaie]|ess[oaie])|Grazie a (?:ciò|quest\w+)|Rete che)\b", re.IGNORECASE
)
_ORDINAL = re.compile(
    r"^(?:In (?:prim|second|terz|quart|quint)[oa] (?:luogo|istanza)|L[ao] (?:prim|second|terz|quart)[ao]\b"
    r"|A (?:breve|medio|lungo) termine|Infine\b|Da una parte|Dall['’]altra)",
)
_BULLET = re.compile(r"^(?:[-–•*▪]|\d{1,2}[.)|]|[a-z][.)])\s*")
_WANTS_ALL = frozenset({Expectation.LIST, Expectation.OTHER, Expectation.DEFINITION, Expectation.MISSION})

Place = tuple[Passage, int, int]


def compose(state: State, tools: Tools) -> State:
    """The draft: one to three sentences, or a whole list; empty where there is no evidence."""
    best = state.evidence[0] if state.evidence else None
    if best is None or state.asked is None:
        return replace(state, draft=(), detail={"sentences": 0})
    chosen = [best]
    if state.asked.expects not in TYPED or state.asked.expects is Expectation.MISSION:
        chosen = _whole_list(best, state, tools.library)
        if len(chosen) == 1:
            _add_close(chosen, state.evidence[1:])
    chosen = _with_opening(chosen, typed=state.asked.expects in TYPED)
    draft = tuple(draft_sentence(one.passage, one.start, one.end, support=one.support) for one in chosen)
    return replace(
        state,
        draft=draft,
        mode=AnswerMode.EXTRACTIVE,
        detail={"sentences": len(draft), "characters": sum(len(one.text) for one in draft)},
    )


def draft_sentence(passage: Passage, start: int, end: int, *, support: float) -> DraftSentence:
    """A sentence of a passage with the page stretches it stands on."""
    quotes = tuple(Quote(passage, span) for span in passage.locate(start, end))
    return DraftSentence(passage.text[start:end], quotes, support)


def _whole_list(best: Evidence, state: State, library: Library) -> list[Evidence]:
    """The best sentence with all the items that it announces ("tre linee …", "…:"), where they follow it."""
    assert state.asked is not None
    opens = best.text.rstrip().endswith(":")
    count = announced(best.text)
    if not opens and (count is None or state.asked.expects not in _WANTS_ALL):
        return [best]
    items = list(_items(list(_following(best, library)), opens=opens, count=count))
    if len(items) < 2 or sum(end - start for _, start, end in items) > MAX_LIST_CHARS:
        return [best]
    return [best, *(replace(best, passage=passage, start=start, end=end) for passage, start, end in items)]


def _following(best: Evidence, library: Library) -> Iterator[Place]:
    """The sentences after the best one, into the next passages of the same section."""
    passage = best.passage
    yield from ((passage, s, e) for s, e in split_sentences(passage.text) if s >= best.end)
    after = [p for p in library.passages if p.document == passage.document and p.ordinal > passage.ordinal]
    for other in after[:MAX_LIST_ITEMS]:
        if other.section != passage.section:
            return
        yield from ((other, s, e) for s, e in split_sentences(other.text))


def _items(places: list[Place], *, opens: bool, count: int | None) -> Iterator[Place]:
    """The items of a list: bullets after a colon, ordinals, or as many sentences that begin alike as announced."""
    texts = [fold(p.text[s:e]) for p, s, e in places]
    wanted = count or MAX_LIST_ITEMS
    alike = _begin_alike(texts[:wanted]) if count else False
    found = 0
    for place in places:
        passage, start, end = place
        raw = passage.text[start:end]
        if not (alike or _BULLET.match(raw) or _ORDINAL.match(raw) or (opens and raw.endswith((";", ",")))):
            if found or opens:
                return
            continue
        yield place
        found += 1
        if found == wanted:
            return


def _begin_alike(texts: list[str]) -> bool:
    first_words = [tuple(text.split()[:2]) for text in texts]
    return len(first_words) > 1 and all(words == first_words[0] for words in first_words)


def _add_close(chosen: list[Evidence], others: Iterable[Evidence]) -> None:
    """Add, in place, sentences nearly as good that say something else, near the best one or from another source."""
    best = chosen[0]
    for other in others:
        if len(chosen) >= MAX_SENTENCES or other.score < CLOSE_SHARE * best.score:
            return
        room = MAX_CHARS - sum(len(one.text) for one in chosen)
        if len(other.text) <= room and not any(_same(one, other) for one in chosen):
            chosen.append(other)


def _same(one: Evidence, other: Evidence) -> bool:
    """True when two sentences say the same; one with a figure of its own does not."""
    if missing_figures(other.text, [one.text]):
        return False
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
