"""
What we are compared with: LlamaIndex and Chroma as their tutorials put them together, and pypdf alone.

A VectorStoreIndex over a ChromaVectorStore, the same model folder through HuggingFaceEmbedding (sentence-transformers)
with the model's own prefixes, every other option as it comes. The classes here run in processes of their own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.bench.timing import time_each, time_together

if TYPE_CHECKING:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

COUNT = 10
_COLLECTION = "plain"


def open_embedding(model: str) -> Any:
    """The model folder as LlamaIndex's own embedding, with the prefixes that E5 was trained with."""
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    return HuggingFaceEmbedding(model_name=model, query_instruction="query: ", text_instruction="passage: ")


def open_index(folder: str, embedding: Any) -> VectorStoreIndex:
    """The index that a folder holds."""
    from llama_index.core import VectorStoreIndex
    from llama_index.vector_stores.chroma import ChromaVectorStore

    store = ChromaVectorStore.from_params(_COLLECTION, persist_dir=folder)
    return VectorStoreIndex.from_vector_store(store, embed_model=embedding)


def make_index(folder: str, nodes: Sequence[TextNode], embedding: Any) -> None:
    """Embed what has no vector yet and put it all into Chroma."""
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.vector_stores.chroma import ChromaVectorStore

    store = ChromaVectorStore.from_params(_COLLECTION, persist_dir=folder)
    context = StorageContext.from_defaults(vector_store=store)
    VectorStoreIndex(list(nodes), storage_context=context, embed_model=embedding)


class PlainReader:
    """pypdf alone: the text of every page."""

    def read(self, files: list[str]) -> dict[str, float]:
        """Pages and seconds."""
        from pypdf import PdfReader

        start, pages, characters = time.perf_counter(), 0, 0
        for file in files:
            for page in PdfReader(file).pages:
                characters += len(page.extract_text())
                pages += 1
        return {"pages": pages, "seconds": time.perf_counter() - start, "characters": characters}


class PlainBuilder:
    """Builds indexes, the model loaded once."""

    def load(self, model: str) -> None:
        """Load the model, and compute once."""
        self._embedding = open_embedding(model)
        self._embedding.get_text_embedding("Prova.")

    def build(self, folder: str, texts: list[str]) -> float:
        """Seconds to build an index of these texts, each a passage as it is."""
        from llama_index.core.schema import TextNode

        start = time.perf_counter()
        make_index(folder, [TextNode(text=text) for text in texts], self._embedding)
        return time.perf_counter() - start

    def ingest(self, folder: str, documents: list[str]) -> float:
        """Seconds to build an index of whole documents, cut by LlamaIndex's default splitter."""
        from llama_index.core import Document
        from llama_index.core.node_parser import SentenceSplitter

        start = time.perf_counter()
        nodes: Any = SentenceSplitter().get_nodes_from_documents([Document(text=text) for text in documents])
        make_index(folder, nodes, self._embedding)
        return time.perf_counter() - start

    def fill(self, folder: str, texts: str, vectors: str) -> float:
        """Seconds to put texts whose vectors are given (a JSON file and a NumPy file) into an index."""
        import numpy as np
        from llama_index.core.embeddings import MockEmbedding
        from llama_index.core.schema import TextNode

        rows = np.load(vectors)
        start = time.perf_counter()
        nodes = [
            TextNode(text=text, embedding=row.tolist()) for text, row in zip(_read_texts(texts), rows, strict=True)
        ]
        make_index(folder, nodes, MockEmbedding(rows.shape[1]))
        return time.perf_counter() - start


class PlainSearch:
    """Retrieves from an index that is there."""

    def open(self, folder: str, model: str, texts: str = "", count: int = COUNT) -> None:
        """Open it; with texts, the file it was filled from, the fusion retriever over vectors and BM25."""
        index = open_index(folder, open_embedding(model))
        self._retriever: BaseRetriever = index.as_retriever(similarity_top_k=count)
        if texts:
            self._retriever = _fusion(self._retriever, _read_texts(texts), count)

    def search(self, questions: list[str]) -> list[float]:
        """Milliseconds of each question, one after the other."""
        return time_each(self._retriever.retrieve, questions)

    def together(self, questions: list[str], threads: int) -> float:
        """Questions a second with so many threads."""
        return time_together(self._retriever.retrieve, questions, threads)


def _read_texts(file: str) -> list[str]:
    texts: list[str] = json.loads(Path(file).read_text(encoding="utf-8"))
    return texts


def _fusion(vectors: BaseRetriever, texts: Sequence[str], count: int) -> BaseRetriever:
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.core.schema import TextNode

    words = _bm25_retriever([TextNode(text=text) for text in texts], count)
    return QueryFusionRetriever(
        [vectors, words],
        llm=MockLLM(),
        mode=FUSION_MODES.RECIPROCAL_RANK,
        similarity_top_k=count,
        num_queries=1,  # no questions written by a chat model
        use_async=False,
    )


def _bm25_retriever(nodes: Sequence[TextNode], count: int) -> BaseRetriever:
    """
    What llama-index-retrievers-bm25 does, by the same engine with the same calls and defaults, Italian stems apart.

    The package itself (0.8.0) asks for PyStemmer 2, which can't be installed beside ours.
    """
    import bm25s
    import Stemmer
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import MetadataMode, NodeWithScore
    from llama_index.core.vector_stores.utils import metadata_dict_to_node, node_to_metadata_dict

    stemmer = Stemmer.Stemmer("italian")
    pattern = r"(?u)\b\w\w+\b"

    def tokens(text: Any) -> Any:
        return bm25s.tokenize(text, stopwords="en", stemmer=stemmer, token_pattern=pattern, show_progress=False)

    corpus = [node_to_metadata_dict(node) | {"node_id": node.node_id} for node in nodes]
    engine = bm25s.BM25()
    engine.index(tokens([node.get_content(MetadataMode.EMBED) for node in nodes]), show_progress=False)

    class Words(BaseRetriever):
        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            places, scores = engine.retrieve(
                tokens(query_bundle.query_str), k=min(count, len(corpus)), show_progress=False
            )
            return [
                NodeWithScore(node=metadata_dict_to_node(corpus[int(place)]), score=float(score))
                for place, score in zip(places[0], scores[0], strict=True)
            ]

    return Words()


def main(folder: str, model: str, question: str) -> None:
    """One retrieval from a cold start: what a program does that is run for one question."""
    side = PlainSearch()
    side.open(folder, model)
    side.search([question])


if __name__ == "__main__":
    import sys

    main(*sys.argv[1:4])
