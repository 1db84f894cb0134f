"""What is kept of each text, and that an update computes only what changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.ports import Matrix, Progress, TokenVectors, no_progress
from kb.releases.build import build_release
from kb.releases.manifest import Manifest
from kb.releases.store import ReleaseStore
from kb.retrieval.encoder import DIRECTIONS, encode_passages, model_directions
from kb.retrieval.tokens import FOLDER, READABLE, TOKENS, WIDTH, TokenStore
from kb.testing import FakeEmbedder, FakeTokenEmbedder, fake_parts, intake_of

TEXTS = ["I Comuni sono 71.", "Il 5G copre 133 Comuni.", "", "I Comuni sono 71."]
PARTS = replace(fake_parts(), encode=encode_passages, encoder_fingerprint=TOKENS)


class Counting(FakeTokenEmbedder):
    """Remembers every passage that it computed, by tokens or not."""

    def __init__(self) -> None:
        super().__init__()
        self.computed: list[str] = []
        self.alone = 0

    def embed_tokens(self, texts: Sequence[str], *, is_query: bool, layer: int = -3) -> list[TokenVectors]:
        if not is_query:
            self.computed += texts
        return super().embed_tokens(texts, is_query=is_query, layer=layer)

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        self.alone += len(texts)
        return super().embed_passages(texts, progress=progress)


def build(home: Path, pages: Sequence[str], embedder: FakeEmbedder) -> Manifest:
    store = ReleaseStore(home, parts=lambda: PARTS)
    return build_release(intake_of({"piano": pages}), store=store, embedder=embedder)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / FOLDER).iterdir())}


def test_vectors_and_tokens_come_from_one_pass(tmp_path: Path) -> None:
    embedder = Counting()
    build(tmp_path, ["Uno.", "Due.", "Tre."], embedder)

    sampled = len([text for text in embedder.computed if not text.startswith("Documento piano")])
    assert len(embedder.computed) - sampled == 3
    assert embedder.alone == 0


def test_the_vectors_are_the_embedder_s_own(tmp_path: Path) -> None:
    found = encode_passages(tmp_path, TEXTS, embedder=FakeTokenEmbedder())

    assert found == pytest.approx(FakeEmbedder().embed_passages(TEXTS))
    assert TokenStore.open(tmp_path, len(TEXTS)) is not None


def test_without_tokens_there_are_vectors_alone(tmp_path: Path) -> None:
    assert encode_passages(tmp_path, TEXTS, embedder=FakeEmbedder()).shape == (4, 64)
    assert encode_passages(tmp_path, [], embedder=FakeTokenEmbedder()).shape == (0, 64)
    assert list(tmp_path.iterdir()) == []


def test_equal_texts_are_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.retrieval.encoder._BATCH", 1)
    embedder = Counting()
    encode_passages(tmp_path, TEXTS, embedder=embedder)

    assert [text for text in embedder.computed if text in TEXTS] == TEXTS[:3]


def test_an_update_computes_what_changed_and_nothing_else(tmp_path: Path) -> None:
    pages = [f"La pagina {n} parla del tema {n}." for n in range(40)]
    build(tmp_path, pages, FakeTokenEmbedder())
    embedder = Counting()
    build(tmp_path, [*pages[:7], "La pagina 7 è cambiata.", *pages[8:]], embedder)

    assert [text.splitlines()[-1] for text in embedder.computed] == ["La pagina 7 è cambiata."]
    assert embedder.alone == 0


def test_an_update_is_byte_for_byte_what_a_full_build_is(tmp_path: Path) -> None:
    pages = [f"La pagina {n} parla del tema {n}." for n in range(12)]
    changed = [pages[3], *pages[:3], "Altra pagina.", *pages[5:], pages[0]]
    build(tmp_path / "one", pages, FakeTokenEmbedder())
    updated = build(tmp_path / "one", changed, FakeTokenEmbedder())
    fresh = build(tmp_path / "other", changed, FakeTokenEmbedder())

    assert updated.id == fresh.id
    of_update, of_fresh = (
        ReleaseStore(tmp_path / home, parts=lambda: PARTS).folder(fresh.id) for home in ("one", "other")
    )
    assert files(of_update) == files(of_fresh)
    assert (of_update / "vectors.npy").read_bytes() == (of_fresh / "vectors.npy").read_bytes()


def test_the_directions_are_the_model_s_not_the_texts(tmp_path: Path) -> None:
    encode_passages(tmp_path / "one", TEXTS, embedder=FakeTokenEmbedder())
    encode_passages(tmp_path / "other", ["Altro."], embedder=FakeTokenEmbedder())
    one, other = (np.load(tmp_path / name / FOLDER / "projection.npy") for name in ("one", "other"))

    assert np.array_equal(one, other)
    assert one.shape == (64, min(64, WIDTH))
    assert np.array_equal(one, model_directions(FakeTokenEmbedder(), model="fake-64"))


def test_a_release_of_the_recipe_before_is_still_read(tmp_path: Path) -> None:
    manifest = build(tmp_path, ["I Comuni sono 71.", "Il parco agricolo sud."], FakeTokenEmbedder())
    store = ReleaseStore(tmp_path, parts=lambda: PARTS)
    recipe = store.folder(manifest.id) / FOLDER / "recipe.json"
    recipe.write_text(json.dumps({"tokens": READABLE[1], "texts": 2}), encoding="utf-8")

    kept = TokenStore.open(store.folder(manifest.id), 2)
    assert kept is not None
    assert kept.read([1, 0])[1].tolist() == [6, 6]


def test_the_default_model_has_directions_of_its_own() -> None:
    with np.load(DIRECTIONS) as shipped:
        model, directions = str(shipped["model"]), shipped["directions"].astype(np.float32)
    embedder = Counting()

    assert np.array_equal(model_directions(embedder, model=f"{model}|bfloat16"), directions)
    assert np.array_equal(model_directions(embedder, model=f"{model}|float32"), directions)
    assert embedder.computed == []
    assert directions.T @ directions == pytest.approx(np.eye(WIDTH), abs=2e-3)
    assert model_directions(embedder, model=f"{model}-other|float32").shape == (64, 64)
    assert embedder.computed != []


def test_rows_on_other_directions_are_not_mixed(tmp_path: Path) -> None:
    one = build(tmp_path, ["Uno."], FakeTokenEmbedder())
    two = build(tmp_path, ["Uno.", "Due."], FakeTokenEmbedder())
    folders = [ReleaseStore(tmp_path, parts=lambda: PARTS).folder(id_) for id_ in (one.id, two.id)]
    path = folders[1] / FOLDER / "projection.npy"
    np.save(path, np.load(path)[:, ::-1])
    embedder = Counting()
    texts = ["Documento piano\nUno.", "Documento piano\nDue."]
    encode_passages(tmp_path / "new", texts, embedder=embedder, earlier=folders)

    assert embedder.computed == texts[1:]
