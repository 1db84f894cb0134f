"""Corroborate: a sentence of our own summaries is shown with the plan's own words, where they say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.answering.compose import draft_sentence
from kb.answering.state import DraftSentence, Evidence, State, Tools
from kb.answering.weights import stems_of
from kb.language.figures import missing_figures
from kb.records import DocumentKind

RANK = {DocumentKind.GUIDE: 0, DocumentKind.DRIVER_RECORD: 1}
"""How near a kind is to the source; every other kind is a source."""
SOURCE_RANK = 2
SHARED_SHARE = 0.5
"""What a source must hold of the summary's stems to say the same."""


def corroborate(state: State, tools: Tools) -> State:
    """The draft, each sentence of a summary with the quote of a nearer source beside its own, where there is one."""
    draft = tuple(_with_source(sentence, state.evidence, tools) for sentence in state.draft)
    added = sum(len(new.beside) for new in draft)
    return replace(state, draft=draft, detail={"sources_added": added})


def _with_source(sentence: DraftSentence, evidence: Sequence[Evidence], tools: Tools) -> DraftSentence:
    rank = _rank(sentence.quotes[0].passage.document, tools)
    nearer = [one for one in evidence if _rank(one.passage.document, tools) > rank]
    nearer = [one for one in nearer if _says_the_same(sentence.text, one.text)]
    if not nearer:
        return sentence
    best = max(nearer, key=lambda one: (_rank(one.passage.document, tools), one.score))
    return replace(sentence, beside=draft_sentence(best.passage, best.start, best.end, support=best.support).quotes)


def _rank(document: str, tools: Tools) -> int:
    return RANK.get(tools.library.documents[document].kind, SOURCE_RANK)


def _says_the_same(summary: str, source: str) -> bool:
    stems = stems_of(summary)
    shared = len(stems & stems_of(source)) / max(1, len(stems))
    return shared >= SHARED_SHARE and not missing_figures(summary, [source])
