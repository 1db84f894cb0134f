"""The LlamaIndex socket: our search as one of its retrievers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from kb.records import PassageFilter, ScoredPassage

if TYPE_CHECKING:
    from kb.retrieval.search import SearchResult


class Searches(Protocol):
    """What the socket is put on: a Searcher or an Assistant."""

    def search(self, text: str, *, count: int = 10, narrow: PassageFilter | None = None) -> SearchResult:
        """Ranked passages for a query, best first."""


class BussolaRetriever(BaseRetriever):
    """
    Our search for a LlamaIndex pipeline: nodes in our order, with our scores.

    A node's id is the passage's, its text the passage's own; metadata name document, section, Driver, article and page,
    and hold every raw score under "scores". Our order is already fused and ranked: put no other fusion on top.
    """

    def __init__(self, searcher: Searches, *, count: int = 10, narrow: PassageFilter | None = None) -> None:
        super().__init__()
        self._searcher = searcher
        self._count = count
        self._narrow = narrow

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._searcher.search(query_bundle.query_str, count=self._count, narrow=self._narrow)
        return [_node(one) for one in found.passages]


def _node(one: ScoredPassage) -> NodeWithScore:
    passage = one.passage
    about = {
        "document": passage.document,
        "section": list(passage.section),
        "driver": passage.driver,
        "article": passage.article,
        "pages": sorted({span.page_index for span in passage.spans}),
        "scores": dict(one.scores),
    }
    # None of it is text of the passage: neither an embedder nor a chat model should read it as such.
    hidden = list(about)
    node = TextNode(
        id_=passage.id,
        text=passage.text,
        metadata=about,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=["scores"],
    )
    return NodeWithScore(node=node, score=one.score)
