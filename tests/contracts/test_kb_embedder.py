"""What every embedder must do: the fake, the real default, the one for asking and the cached one pass the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.backends.vector_cache import CachedEmbedder
from kb.ports import Embedder
from kb.testing import FakeEmbedder

TEXTS = [
    "Il Driver 8 riguarda la formazione e il lavoro.",
    "La Città metropolitana promuove la mobilità sostenibile.",
    "",
    "Treni, metropolitane e biciclette: " + "la mobilità dei cittadini " * 40,
    "Il Driver 8 riguarda la formazione e il lavoro.",
]


@pytest.fixture(params=["fake", "e5", "light", "cached"])
def embedder(request: pytest.FixtureRequest, tmp_path: Path) -> Embedder:
    if request.param in ("e5", "light"):
        real: Embedder = request.getfixturevalue(request.param)
        return real
    return FakeEmbedder() if request.param == "fake" else CachedEmbedder(FakeEmbedder(), tmp_path)


def test_it_keeps_the_port(embedder: Embedder) -> None:
    assert isinstance(embedder, Embedder)
    assert embedder.fingerprint == embedder.fingerprint != ""


def test_rows_are_float32_of_length_one_in_the_order_given(embedder: Embedder) -> None:
    rows = embedder.embed_passages(TEXTS)

    assert rows.shape == (len(TEXTS), embedder.dimension)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for text, row in zip(TEXTS, rows, strict=True):
        assert embedder.embed_passages([text])[0] @ row > 0.9995


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def test_a_question_is_one_vector_of_length_one(embedder: Embedder) -> None:
    for question in ("Chi si occupa di formazione?", ""):
        vector = embedder.embed_query(question)
        assert vector.shape == (embedder.dimension,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_text_on_the_subject_is_nearest(embedder: Embedder) -> None:
    rows = embedder.embed_passages(TEXTS[:2])

    assert np.argmax(rows @ embedder.embed_query("mobilità sostenibile")) == 1


def test_progress_ends_with_all_done(embedder: Embedder) -> None:
    seen: list[tuple[int, int]] = []
    texts = [*dict.fromkeys(TEXTS)]

    embedder.embed_passages(texts, progress=lambda _what, done, total: seen.append((done, total)))

    assert seen[-1] == (len(texts), len(texts))
    assert seen == sorted(seen)
