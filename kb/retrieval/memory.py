"""A release for search alone, made on the spot: for evaluation, benchmarks and tests, by the product's own parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kb.ports import Embedder, LexicalIndex, Matrix, Progress, VectorIndex, no_progress
from kb.records import Document, Passage
from kb.retrieval.encoder import encode_passages
from kb.retrieval.lexical import Bm25Index
from kb.retrieval.search_text import search_text


@dataclass(frozen=True)
class MemoryRelease:
    """Passages with their vectors and words; Searchable. The token vectors lie in folder."""

    folder: Path | None
    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    matrix: Matrix
    lexical: LexicalIndex

    @cached_property
    def vectors(self) -> VectorIndex:
        """The matrix as an index."""
        from kb.testing import FakeVectorIndex

        index = FakeVectorIndex()
        about: list[dict[str, str | int]] = [_metadata(passage) for passage in self.passages]
        index.put([passage.id for passage in self.passages], self.matrix, about)
        return index


def build_memory_release(
    documents: Sequence[Document],
    passages: Sequence[Passage],
    embedder: Embedder,
    *,
    folder: Path | None = None,
    progress: Progress = no_progress,
) -> MemoryRelease:
    """
    A searchable release of these passages, as a real one would index them.

    Token vectors are written under folder, where one is given and the embedder shows its tokens.

    Raises:
        EmbedderError: the embedder failed.
    """
    by_id = {document.id: document for document in documents}
    texts = [search_text(passage, by_id[passage.document]) for passage in passages]
    if folder is None:
        matrix = embedder.embed_passages(texts, progress=progress)
    else:
        matrix = encode_passages(folder, texts, embedder=embedder, progress=progress)
    return MemoryRelease(folder, by_id, passages, matrix, Bm25Index.build([p.id for p in passages], texts))


def _metadata(passage: Passage) -> dict[str, str | int]:
    about: dict[str, str | int] = {"document": passage.document}
    if passage.driver is not None:
        about["driver"] = passage.driver
    if passage.article is not None:
        about["article"] = passage.article
    return about
