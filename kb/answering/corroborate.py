"""Corroborate: a sentence of our own summaries is shown with the plan's own words, where they say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.answering.quoting import draft_sentence
from kb.answering.state import DraftSentence, Evidence, State, Tools
from kb.answering.weighing.weights import stems_of
from kb.language.figures import missing_figures
from kb.language.sentences import split_sentences
from kb.records import DocumentKind

RANK = {DocumentKind.GUIDE: 0, DocumentKind.DRIVER_RECORD: 1}
"""How near a kind is to the source; every other kind is a source."""
SOURCE_RANK = 2
LOOKED_UP = 5
"""Passages looked up for a source."""
SHARED_SHARE = 0.5
"""What a source must hold of the summary's stems to say the same."""


def corroborate(state: State, tools: Tools) -> State:
    """The draft, each sentence of a summary with the quote of a nearer source beside its own, where there is one."""
    opened = list(state.opened)
    draft = []
    for sentence in state.draft:
        source = _find_source(sentence, state.evidence, tools)
        if source is not None:
            opened.append(source.passage)
            beside = draft_sentence(source.passage, source.start, source.end, support=source.support).quotes
            sentence = replace(sentence, beside=beside)
        draft.append(sentence)
    shown = [{"passage": quote.passage.id} for one in draft for quote in one.beside]
    return replace(state, draft=tuple(draft), opened=tuple(opened), detail={"passages": shown})


def _find_source(sentence: DraftSentence, evidence: Sequence[Evidence], tools: Tools) -> Evidence | None:
    """The nearest source that says the same: among the evidence, else looked up for a sentence of the guide."""
    rank = _rank(sentence.quotes[0].passage.document, tools)
    if rank == SOURCE_RANK:
        return None
    found = _nearest(sentence.text, evidence, rank, tools)
    if found is None and rank == RANK[DocumentKind.GUIDE]:
        found = _nearest(sentence.text, _look_up(sentence.text, tools), rank, tools)
    return found


def _nearest(text: str, evidence: Sequence[Evidence], rank: int, tools: Tools) -> Evidence | None:
    nearer = [one for one in evidence if _rank(one.passage.document, tools) > rank and _says_the_same(text, one.text)]
    return max(nearer, key=lambda one: (_rank(one.passage.document, tools), one.score), default=None)


def _look_up(text: str, tools: Tools) -> list[Evidence]:
    """The sentences of the passages nearest to a sentence."""
    return [
        Evidence(one.passage, start, end, one.score)
        for one in tools.searcher.search(text, count=LOOKED_UP).passages
        for start, end in split_sentences(one.passage.text)
    ]


def _rank(document: str, tools: Tools) -> int:
    return RANK.get(tools.library.documents[document].kind, SOURCE_RANK)


def _says_the_same(summary: str, source: str) -> bool:
    stems = stems_of(summary)
    shared = len(stems & stems_of(source)) / max(1, len(stems))
    return shared >= SHARED_SHARE and not missing_figures(summary, [source])
