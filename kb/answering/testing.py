"""Fakes of what the steps of an answer may use, for their tests."""

from __future__ import annotations

from kb.answering.state import Library, Tools
from kb.answering.weighing.nearness import NearWords
from kb.answering.weighing.weights import count_words
from kb.records import PassageFilter
from kb.retrieval.query import QueryReading
from kb.retrieval.search import SearchResult
from kb.testing import FakeEmbedder


class EmptySearch:
    """Finds nothing."""

    def search(self, text: str, *, count: int = 10, narrow: PassageFilter | None = None) -> SearchResult:
        """No passage."""
        return SearchResult((), QueryReading(text, text, text))


def tools_over(library: Library) -> Tools:
    """What steps may use that read a library and search nothing; words weigh as they do in its passages."""
    embedder = FakeEmbedder()
    return Tools(
        library=library,
        searcher=EmptySearch(),
        embedder=embedder,
        weights=count_words(library.passages),
        near_words=NearWords(embedder),
        contact="ufficio",
        max_question_chars=1000,
    )
