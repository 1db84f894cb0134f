"""Our search inside LlamaIndex."""

from __future__ import annotations

from kb.backends.llamaindex import BussolaRetriever
from kb.records import Document, DocumentKind, Passage, PassageFilter, Span
from kb.retrieval.memory import build_memory_release
from kb.retrieval.search import Searcher
from kb.testing import FakeEmbedder

PLAN = Document("plan", "Piano strategico", DocumentKind.PLAN, "1")
TEXTS = {"a": "Le stazioni radio base sono 55", "b": "AFOL Metropolitana conta 71 Comuni", "c": "Il parco agricolo sud"}
PASSAGES = [
    Passage(id_, "plan", text, (Span(4, 0, len(text)),), ("",), section=("Agenda",), driver=place)
    for place, (id_, text) in enumerate(TEXTS.items(), start=1)
]


def searcher() -> Searcher:
    embedder = FakeEmbedder()
    return Searcher(build_memory_release([PLAN], PASSAGES, embedder), embedder)


def test_nodes_are_our_passages_in_our_order() -> None:
    question = "Quanti Comuni conta AFOL?"
    nodes = BussolaRetriever(searcher(), count=2).retrieve(question)
    ours = searcher().search(question, count=2).passages

    assert [node.node.node_id for node in nodes] == [one.passage.id for one in ours]
    assert [node.score for node in nodes] == [one.score for one in ours]
    assert nodes[0].node.get_content() == TEXTS["b"]
    assert nodes[0].node.metadata["driver"] == 2
    assert nodes[0].node.metadata["pages"] == [4]
    assert nodes[0].node.metadata["scores"] == ours[0].scores


def test_a_filter_narrows() -> None:
    nodes = BussolaRetriever(searcher(), narrow=PassageFilter(driver=3)).retrieve("Comuni")

    assert [node.node.node_id for node in nodes] == ["c"]
