"""A release is searched with the weights that it was built with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import ReleaseError
from kb.records import Passage, ScoredPassage, Span
from kb.releases.build import build_release
from kb.releases.parts import WEIGHTS, IndexParts
from kb.releases.store import ReleaseStore
from kb.retrieval.confidence import measure_confidence
from kb.retrieval.ranker import model_of, shipped_model, shipped_weights
from kb.retrieval.search import Searcher
from kb.testing import FakeEmbedder, fake_parts, intake_of

INTAKE = intake_of({"piano": ["I Comuni sono 71.", "Il parco agricolo sud."]})


def parts_with(weights: Path) -> IndexParts:
    return replace(fake_parts(), weights={"confidence_plain": weights})


def write(path: Path, bias: float) -> Path:
    weights = {"best_cosine": 1.0, "best_bm25_share": 1.0}
    path.write_text(json.dumps({"version": f"bias {bias}", "weights": weights, "bias": bias}), encoding="utf-8")
    return path


def test_a_release_answers_with_the_thresholds_it_was_built_with(tmp_path: Path) -> None:
    low = build_release(
        INTAKE,
        store=ReleaseStore(tmp_path, parts=fake_parts),
        embedder=FakeEmbedder(),
        parts=parts_with(write(tmp_path / "w", -9.0)),
    )
    high = build_release(
        INTAKE,
        store=ReleaseStore(tmp_path, parts=fake_parts),
        embedder=FakeEmbedder(),
        parts=parts_with(write(tmp_path / "w", 9.0)),
    )
    store = ReleaseStore(tmp_path, parts=fake_parts)
    found = {}
    for id_ in (low.id, high.id):
        with store.open(id_) as release:
            found[id_] = Searcher(release, FakeEmbedder()).search("Quanti Comuni?").confidence

    assert low.id != high.id, "other thresholds, another release"
    assert found[low.id] < 0.01
    assert found[high.id] > 0.99
    assert model_of(store.folder(low.id), "confidence_plain").version == "bias -9.0"


def test_weights_are_checked_like_the_rest(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path, parts=fake_parts)
    parts = parts_with(write(tmp_path / "w", 1.0))
    manifest = build_release(INTAKE, store=store, embedder=FakeEmbedder(), parts=parts)
    path = store.folder(manifest.id) / WEIGHTS / "confidence_plain.json"
    path.write_text(path.read_text(encoding="utf-8").replace("1.0", "2.0"), encoding="utf-8")

    with pytest.raises(ReleaseError, match="confidence_plain"):
        store.publish(manifest.id)


def test_a_release_without_weights_of_its_own_takes_the_shipped_ones(tmp_path: Path) -> None:
    one = Passage("p", "d", "testo", (Span(1, 0, 5),), ("",))
    scored = [ScoredPassage(one, 1.0, {"cosine": 0.9, "bm25_share": 0.4})]

    assert model_of(tmp_path, "ranker") == model_of(None, "ranker") == shipped_model("ranker")
    assert measure_confidence(scored, folder=tmp_path) == measure_confidence(scored)


def test_weights_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).mkdir()
    (tmp_path / WEIGHTS / "ranker.json").write_text("{", encoding="utf-8")

    with pytest.raises(ReleaseError, match=r"ranker\.json.*bussola ingest"):
        model_of(tmp_path, "ranker")


def test_every_shipped_weight_is_kept_by_a_real_release() -> None:
    from kb.answering.weighing.decision import shipped_decision
    from kb.wiring import index_parts

    kept = dict(index_parts().weights)
    assert kept == shipped_weights() | {"decision": shipped_decision()}
    assert all(path.is_file() for path in kept.values())
