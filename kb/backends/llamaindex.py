"""The LlamaIndex sockets: our search as a retriever, our assistant as a query engine, our embedder as an embedding."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import Response
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from kb.answering.serialize import answer_to_json
from kb.ports import Embedder
from kb.records import Answer, Citation, PassageFilter, ScoredPassage

if TYPE_CHECKING:
    from kb.retrieval.search import SearchResult

_TEXTS_AT_ONCE = 512
"""Texts that LlamaIndex hands over at once; our embedder cuts them into batches of like length itself."""


class Searches(Protocol):
    """What the retriever is put on: a Searcher or an Assistant."""

    def search(self, text: str, *, count: int = 10, narrow: PassageFilter | None = None) -> SearchResult:
        """Ranked passages for a query, best first."""


class Answers(Protocol):
    """What the query engine is put on: an Assistant."""

    def ask(self, question: str, *, history: Sequence[str] = ()) -> Answer:
        """The answer, every sentence of it cited."""


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
        return [_passage_node(one) for one in found.passages]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        # LlamaIndex's own would search inside the event loop and hold up whatever else runs there.
        return await asyncio.to_thread(self._retrieve, query_bundle)


class BussolaQueryEngine(CustomQueryEngine):
    """
    Our assistant for a LlamaIndex pipeline: the answer's text, its quotes as source nodes.

    The response's metadata are the answer's JSON (DESIGN, "The answer as JSON"): its status tells an answer from "the
    documents don't say". A source node is a quote, word for word, with document, page and place; its score is the
    support of the sentence that it backs. No synthesiser may rewrite the text: what is quoted is checked, what is
    rewritten is not.
    """

    _assistant: Answers = PrivateAttr()

    def __init__(self, assistant: Answers, **more: Any) -> None:
        super().__init__(**more)
        self._assistant = assistant

    def custom_query(self, query_str: str) -> Response:
        """The response to one question; each stands alone."""
        answer = self._assistant.ask(query_str)
        support = {number: s.support for s in reversed(answer.sentences) for number in s.citations}
        sources = [_quote_node(one, support.get(one.number, 0.0)) for one in answer.citations]
        return Response(answer.text, source_nodes=sources, metadata=answer_to_json(answer))

    async def acustom_query(self, query_str: str) -> Response:
        """The same, beside the event loop."""
        return await asyncio.to_thread(self.custom_query, query_str)


class BussolaEmbedding(BaseEmbedding):
    """Our embedder for a LlamaIndex index: vectors of length 1, questions and passages with the prefixes of each."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder, **more: Any) -> None:
        # Its fingerprint as the model's name, so that a cache or an index of LlamaIndex tells two models apart.
        super().__init__(**{"model_name": embedder.fingerprint, "embed_batch_size": _TEXTS_AT_ONCE, **more})
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(value) for value in self._embedder.embed_query(query)]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(value) for value in row] for row in self._embedder.embed_passages(texts)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)


def _passage_node(one: ScoredPassage) -> NodeWithScore:
    passage = one.passage
    about = {
        "document": passage.document,
        "section": list(passage.section),
        "driver": passage.driver,
        "article": passage.article,
        "pages": sorted({span.page_index for span in passage.spans}),
        "scores": dict(one.scores),
    }
    return _node(passage.id, passage.text, about, score=one.score)


def _quote_node(citation: Citation, support: float) -> NodeWithScore:
    about = {
        "number": citation.number,
        "document": citation.document,
        "title": citation.title,
        "edition": citation.edition,
        "section": list(citation.section),
        "driver": citation.driver,
        "article": citation.article,
        "page_label": citation.page_label,
        "page_index": citation.page_index,
        "start": citation.start,
        "end": citation.end,
        "passage": citation.passage,
        "url": citation.url,
    }
    return _node(f"{citation.passage}:{citation.page_index}:{citation.start}", citation.quote, about, score=support)


def _node(id_: str, text: str, about: dict[str, Any], *, score: float) -> NodeWithScore:
    # None of it is text of the passage: an embedder should not read it as such, nor a chat model the raw scores.
    node = TextNode(
        id_=id_,
        text=text,
        metadata=about,
        excluded_embed_metadata_keys=list(about),
        excluded_llm_metadata_keys=["scores"],
    )
    return NodeWithScore(node=node, score=score)
