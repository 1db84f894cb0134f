"""The embedder for asking, with an engine of a few lines: what it computes, and when the builder takes its place."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.backends import light as module
from kb.backends.e5_engine import EncodedText
from kb.backends.e5_pieces import Cut
from kb.backends.embedder import SentenceTransformerEmbedder
from kb.backends.light import QUESTIONS_KEPT, LightEmbedder, light_precision, open_light_embedder
from kb.backends.model_source import damaged_model, find_model
from kb.errors import EmbedderError
from kb.testing import FakeTokenEmbedder


class CountingEngine:
    """A token a character; a layer's states are its number."""

    layers, width = 12, 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, text: str, layers: Sequence[int] = ()) -> EncodedText:
        self.asked.append(text)
        offsets = np.array([(at, at + 1) for at in range(len(text))], dtype=np.int32).reshape(-1, 2)
        cut = Cut(np.array([*map(ord, text)], dtype=np.int32), offsets)
        states = tuple(np.full((len(text), 2), 1 + layer % 13, dtype=np.float32) * [1, layer % 13] for layer in layers)
        return EncodedText(cut, states, np.array([1, 0], dtype=np.float32))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> CountingEngine:
    made = CountingEngine()
    monkeypatch.setattr(module, "E5Engine", lambda _folder, _precision: made)
    return made


@pytest.fixture
def embedder(engine: CountingEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LightEmbedder:
    opened = open_light_embedder("", tmp_path)
    assert isinstance(opened, LightEmbedder)
    monkeypatch.setattr(opened, "_source", find_model(str(folder_of(tmp_path)), tmp_path))
    return opened


def folder_of(tmp_path: Path) -> Path:
    folder = tmp_path / "multilingual-e5-tiny"
    folder.mkdir()
    return folder


def test_a_question_is_computed_once_for_its_vector_and_every_layer(
    embedder: LightEmbedder, engine: CountingEngine
) -> None:
    embedder.embed_query("due")
    third, last = (embedder.embed_tokens(["due"], is_query=True, layer=layer)[0] for layer in (-3, -1))

    assert engine.asked == ["query: due"]
    assert third.ids.tolist() == last.ids.tolist() == [*map(ord, "due")]
    assert third.offsets.tolist() == [[0, 1], [1, 2], [2, 3]]
    assert third.vectors[0, 1] / third.vectors[0, 0] == pytest.approx(10)
    assert last.vectors[0, 1] / last.vectors[0, 0] == pytest.approx(12)


def test_only_the_last_questions_are_kept(embedder: LightEmbedder, engine: CountingEngine) -> None:
    for number in range(QUESTIONS_KEPT + 1):
        embedder.embed_query(str(number))
    embedder.embed_query(str(QUESTIONS_KEPT))
    embedder.embed_query("0")

    assert engine.asked.count("query: 0") == 2
    assert engine.asked.count(f"query: {QUESTIONS_KEPT}") == 1


def test_passages_tokens_keep_their_order_and_layer(embedder: LightEmbedder, engine: CountingEngine) -> None:
    texts = ["uno", "", "tre\ud83d", "quattro"]

    found = embedder.embed_tokens(texts, is_query=False, layer=-1)

    assert ["".join(map(chr, one.ids)) for one in found] == ["uno", "", "tre?", "quattro"]
    assert found[0].vectors[0, 1] / found[0].vectors[0, 0] == pytest.approx(12)
    assert sorted(engine.asked) == sorted(["passage: uno", "passage: ", "passage: tre?", "passage: quattro"])


@pytest.mark.parametrize("layer", [0, -13, 3])
def test_a_layer_that_is_not_there_is_refused(embedder: LightEmbedder, layer: int) -> None:
    with pytest.raises(EmbedderError, match=f"Strato {layer} inesistente.*12"):
        embedder.embed_tokens(["a"], is_query=True, layer=layer)


def test_threads_load_one_engine(monkeypatch: pytest.MonkeyPatch, embedder: LightEmbedder) -> None:
    loaded: list[Path] = []

    def load(folder: Path, _precision: str) -> CountingEngine:
        loaded.append(folder)
        return CountingEngine()

    monkeypatch.setattr(module, "E5Engine", load)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(embedder.embed_query, map(str, range(20))))

    assert len(loaded) == 1


@pytest.mark.parametrize("error", [ImportError("no onnxruntime"), ValueError("another file"), EmbedderError("code 7")])
def test_where_the_engine_cannot_be_loaded_the_builder_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    tried: list[Path] = []

    def fail(folder: Path, _precision: str) -> None:
        tried.append(folder)
        raise error

    builder: Any = FakeTokenEmbedder()
    monkeypatch.setattr(module, "E5Engine", fail)
    light = LightEmbedder(find_model(str(folder_of(tmp_path)), tmp_path), builder)

    with caplog.at_level(logging.WARNING, logger="bussola"):
        vector = light.embed_query("lavoro")
        tokens = light.embed_tokens(["lavoro"], is_query=False)

    assert vector.tolist() == builder.embed_query("lavoro").tolist()
    assert tokens[0].ids.tolist() == builder.embed_tokens(["lavoro"], is_query=False)[0].ids.tolist()
    assert light.dimension == builder.dimension
    assert len(tried) == 1
    assert str(error) in caplog.text


def test_damaged_weights_are_left_to_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(folder: Path, _precision: str) -> None:
        raise damaged_model(folder, "un bit")

    builder: Any = FakeTokenEmbedder()
    monkeypatch.setattr(module, "E5Engine", fail)
    light = LightEmbedder(find_model(str(folder_of(tmp_path)), tmp_path), builder)

    for _ in range(2):
        with pytest.raises(EmbedderError, match="danneggiato"):
            light.embed_query("lavoro")


def test_passages_come_in_order_and_say_how_far_they_are(embedder: LightEmbedder, engine: CountingEngine) -> None:
    told: list[tuple[str, int, int]] = []

    rows = embedder.embed_passages(["uno", "due"], progress=lambda *step: told.append(step))

    assert rows.tolist() == [[1, 0], [1, 0]]
    assert sorted(engine.asked) == ["passage: due", "passage: uno"]
    assert told == [("vettori", 0, 2), ("vettori", 1, 2), ("vettori", 2, 2)]
    assert embedder.embed_passages([]).shape == (0, 2)


def test_in_bfloat16_whole_passages_are_the_builders(engine: CountingEngine, tmp_path: Path) -> None:
    builder: Any = FakeTokenEmbedder()
    light = LightEmbedder(find_model(str(folder_of(tmp_path)), tmp_path), builder, precision="bfloat16")

    assert light.embed_passages(["uno"]).tolist() == builder.embed_passages(["uno"]).tolist()
    assert engine.asked == []
    assert light.fingerprint.endswith("|bfloat16")


@pytest.mark.parametrize(
    ("flags", "precision"),
    [
        ("fpu avx512f avx512_vnni avx512_bf16", "int8"),
        ("fpu avx2 avx_vnni", "int8"),
        ("fpu avx512_vnni amx_bf16 amx_int8", "bfloat16"),
        ("fpu avx2 avx512f", "float32"),
    ],
)
def test_the_precision_of_passages_follows_the_processor(tmp_path: Path, flags: str, precision: str) -> None:
    (tmp_path / "cpuinfo").write_text(f"flags\t\t: {flags}\n")

    assert light_precision(tmp_path / "cpuinfo") == precision
    assert light_precision(tmp_path / "nothing") == "float32"


def test_another_model_and_a_missing_library_need_no_light_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert isinstance(open_light_embedder(str(folder_of(tmp_path)), tmp_path), SentenceTransformerEmbedder)
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    assert isinstance(open_light_embedder("", tmp_path), SentenceTransformerEmbedder)
