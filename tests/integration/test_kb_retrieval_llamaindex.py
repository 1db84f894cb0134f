"""Our search, answers and vectors inside LlamaIndex; and the README's example, run as it stands."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import numpy as np
import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.schema import TextNode

from kb import wiring
from kb.backends.llamaindex import BussolaEmbedding, BussolaQueryEngine, BussolaRetriever
from kb.records import Document, DocumentKind, Passage, PassageFilter, Span
from kb.retrieval.memory import build_memory_release
from kb.retrieval.search import Searcher
from kb.settings import load_settings
from kb.testing import FakeAssistant, FakeEmbedder, FakeTokenEmbedder, intake_of, sample_release

README = Path(__file__).resolve().parents[2] / "README.md"

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


def test_a_retriever_waits_beside_the_event_loop() -> None:
    retriever = BussolaRetriever(searcher(), count=2)
    question = "Quanti Comuni conta AFOL?"

    found = asyncio.run(retriever.aretrieve(question))

    assert [node.node.node_id for node in found] == [node.node.node_id for node in retriever.retrieve(question)]


def test_the_assistant_is_a_query_engine() -> None:
    engine = BussolaQueryEngine(FakeAssistant(sample_release()))

    response = engine.query("Quanti Comuni riunisce l'Agenzia per la formazione?")

    assert response.metadata is not None
    assert response.metadata["status"] == "answered"
    assert str(response) == response.metadata["text"]
    (source,) = response.source_nodes
    about = source.node.metadata
    page = sample_release().page(about["document"], about["page_index"])
    assert source.node.get_content() == page.text[about["start"] : about["end"]]
    assert (about["page_label"], source.score) == ("120", 1.0)
    assert str(asyncio.run(engine.aquery("Quanti Comuni riunisce l'Agenzia?"))) == str(response)


def test_what_is_not_in_the_documents_is_a_status_and_no_source() -> None:
    response = BussolaQueryEngine(FakeAssistant(sample_release())).query("xyzzy?")

    assert response.metadata is not None
    assert response.metadata["status"] == "not_found"
    assert response.source_nodes == []
    assert str(response) == "I documenti non lo dicono."


def test_the_embedder_is_an_embedding() -> None:
    ours = FakeEmbedder()
    embedding = BussolaEmbedding(ours)
    texts = list(TEXTS.values())

    assert embedding.model_name == ours.fingerprint
    assert np.allclose(embedding.get_text_embedding_batch(texts), ours.embed_passages(texts))
    assert np.allclose(embedding.get_text_embedding(texts[0]), ours.embed_passages(texts[:1])[0])
    assert np.allclose(embedding.get_query_embedding("Comuni"), ours.embed_query("Comuni"))
    assert np.allclose(asyncio.run(embedding.aget_query_embedding("Comuni")), ours.embed_query("Comuni"))
    assert np.allclose(asyncio.run(embedding.aget_text_embedding_batch(texts)), ours.embed_passages(texts))


def test_an_index_of_theirs_works_on_our_vectors() -> None:
    nodes = [TextNode(id_=id_, text=text) for id_, text in TEXTS.items()]
    index = VectorStoreIndex(nodes, embed_model=BussolaEmbedding(FakeEmbedder()))

    found = index.as_retriever(similarity_top_k=1).retrieve("AFOL Metropolitana conta 71 Comuni")

    assert [node.node.node_id for node in found] == ["b"]


def test_the_example_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a small real release, with the real parts but for the model."""
    section = README.read_text(encoding="utf-8").partition("## LlamaIndex\n")[2]
    example = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert example is not None
    monkeypatch.setattr(wiring, "make_embedder", lambda *_args, **_more: FakeTokenEmbedder())
    settings = load_settings()
    pages = ["La rete duale distribuisce acque meno pregiate.", "AFOL Metropolitana è partecipata da 71 Comuni."]
    manifest = wiring.build(settings, intake_of({"piano": pages}))
    wiring.release_store(settings).publish(manifest.id)

    names: dict[str, object] = {}
    exec(example[1], names)

    shown = capsys.readouterr().out.splitlines()
    assert any("piano La rete duale distribuisce" in line for line in shown)
    assert any("AFOL Metropolitana è partecipata da 71 Comuni." in line for line in shown[2:])
    assert 0 < float(shown[-1]) <= 1
