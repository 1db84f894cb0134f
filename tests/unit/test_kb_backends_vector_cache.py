"""Vectors kept by content: what changed is computed, what is damaged is computed again."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb.backends.token_cache import TokenCache
from kb.backends.vector_cache import FILE, CachedEmbedder, VectorCache
from kb.errors import EmbedderError
from kb.ports import Matrix, Progress, TokenVectors, no_progress
from kb.testing import FakeEmbedder, FakeTokenEmbedder


class CountingEmbedder(FakeEmbedder):
    """The fake, noting what it was asked to compute."""

    def __init__(self, dimension: int = 64) -> None:
        super().__init__(dimension)
        self.computed: list[str] = []

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        self.computed += texts
        return super().embed_passages(texts, progress=progress)


def row(*values: float) -> Matrix:
    return np.array(values, dtype=np.float32)


def test_what_is_put_comes_back_exactly(tmp_path: Path) -> None:
    vectors = {text: row(0.1, -1 / 3, float(at)) for at, text in enumerate(["uno", "", "è «due»", "\ud83d"])}

    VectorCache(tmp_path / "cache").put_many("modello", vectors)
    found = VectorCache(tmp_path / "cache").get_many("modello", [*vectors, "mai visto"])

    assert found.keys() == vectors.keys()
    for text, vector in vectors.items():
        assert found[text].dtype == np.float32
        np.testing.assert_array_equal(found[text], vector)


def test_another_model_sees_nothing(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path)
    cache.put_many("un modello", {"testo": row(1, 0)})

    assert cache.get_many("altro modello", ["testo"]) == {}


def test_more_texts_than_a_query_may_name_are_found(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path)
    vectors = {f"testo {at}": row(float(at), 1) for at in range(1201)}
    cache.put_many("m", vectors)

    assert len(cache.get_many("m", list(vectors))) == 1201


def test_only_what_is_missing_is_computed_and_each_text_once(tmp_path: Path) -> None:
    inner = CountingEmbedder()
    embedder = CachedEmbedder(inner, tmp_path)

    first = embedder.embed_passages(["a", "b", "a"])
    second = embedder.embed_passages(["b", "c", "a"])

    assert inner.computed == ["a", "b", "c"]
    np.testing.assert_array_equal(first, FakeEmbedder().embed_passages(["a", "b", "a"]))
    np.testing.assert_array_equal(second, FakeEmbedder().embed_passages(["b", "c", "a"]))


def test_progress_counts_what_is_computed_over_all_slabs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kb.backends.vector_cache._KEPT_AT_ONCE", 2)
    seen: list[tuple[int, int]] = []
    embedder = CachedEmbedder(CountingEmbedder(), tmp_path)

    embedder.embed_passages(list("abcde"), progress=lambda _what, done, total: seen.append((done, total)))

    assert seen == [(2, 5), (4, 5), (5, 5)]


def test_a_build_that_stops_keeps_the_slabs_it_finished(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kb.backends.vector_cache._KEPT_AT_ONCE", 2)
    inner = CountingEmbedder()

    def stop_after_three(_what: str, done: int, _total: int) -> None:
        if done > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        CachedEmbedder(inner, tmp_path).embed_passages(list("abcde"), progress=stop_after_three)
    inner.computed.clear()
    CachedEmbedder(inner, tmp_path).embed_passages(list("abcde"))

    assert inner.computed == ["c", "d", "e"]


@pytest.mark.parametrize("damage", [b"", b"non e' un database" * 400, "half"])
def test_a_damaged_file_is_set_aside_and_begun_anew(tmp_path: Path, damage: bytes | str) -> None:
    inner = CountingEmbedder()
    CachedEmbedder(inner, tmp_path).embed_passages([f"testo {at}" for at in range(400)])
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[: len(whole) // 2 + 100] if isinstance(damage, str) else damage)

    again = CachedEmbedder(inner, tmp_path)
    np.testing.assert_array_equal(
        again.embed_passages(["testo 1", "testo 2"]), FakeEmbedder().embed_passages(["testo 1", "testo 2"])
    )
    inner.computed.clear()
    again.embed_passages(["testo 1", "testo 2"])

    assert inner.computed == []
    assert len(list(tmp_path.glob(f"{FILE}.damaged-*"))) == (damage != b"")


def test_a_vector_whose_bytes_changed_is_computed_again(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path)
    cache.put_many("m", {"testo": row(1, 0)})
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("UPDATE vectors SET vector = substr(vector, 1, 8) || x'00000040'")
    database.close()

    assert cache.get_many("m", ["testo"]) == {}


def test_a_folder_that_cannot_be_made_costs_time_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    embedder = CachedEmbedder(CountingEmbedder(), tmp_path / "file" / "cache")

    assert embedder.embed_passages(["a"]).shape == (1, 64)


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    def write(part: int) -> None:
        cache = VectorCache(tmp_path)
        for at in range(20):
            cache.put_many("m", {f"{part}-{at}": row(float(part), float(at))})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    assert len(VectorCache(tmp_path).get_many("m", [f"{p}-{at}" for p in range(4) for at in range(20)])) == 80


def test_questions_go_to_the_embedder(tmp_path: Path) -> None:
    embedder = CachedEmbedder(CountingEmbedder(), tmp_path)

    np.testing.assert_array_equal(embedder.embed_query("lavoro"), FakeEmbedder().embed_query("lavoro"))


class CountingTokens(FakeTokenEmbedder):
    """The fake, noting what it was asked to compute."""

    def __init__(self) -> None:
        super().__init__()
        self.computed: list[tuple[str, int]] = []

    def embed_tokens(self, texts: Sequence[str], *, is_query: bool, layer: int = -3) -> list[TokenVectors]:
        self.computed += [(text, layer) for text in texts]
        return super().embed_tokens(texts, is_query=is_query, layer=layer)


TOKEN_TEXTS = ["Il Driver 8 riguarda il lavoro.", "", "Il Driver 8 riguarda il lavoro.", "mobilità \ud83d"]


def test_passages_tokens_are_computed_once_where_the_cache_keeps_them(tmp_path: Path) -> None:
    inner = CountingTokens()
    first = CachedEmbedder(inner, tmp_path, keeps_tokens=True).embed_tokens(TOKEN_TEXTS, is_query=False, layer=-1)
    again = CachedEmbedder(inner, tmp_path, keeps_tokens=True).embed_tokens(TOKEN_TEXTS, is_query=False, layer=-1)

    assert inner.computed == [(text, -1) for text in dict.fromkeys(TOKEN_TEXTS)]
    for one, other, exact in zip(first, again, inner.embed_tokens(TOKEN_TEXTS, is_query=False), strict=True):
        for name in ("vectors", "ids", "offsets", "pooled"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        np.testing.assert_allclose(one.vectors, exact.vectors, atol=5e-4)
        np.testing.assert_array_equal(one.ids, exact.ids)
        np.testing.assert_array_equal(one.offsets, exact.offsets)
        np.testing.assert_array_equal(one.pooled, exact.pooled)


def test_each_layer_is_kept_apart_and_questions_not_at_all(tmp_path: Path) -> None:
    inner = CountingTokens()
    embedder = CachedEmbedder(inner, tmp_path, keeps_tokens=True)
    embedder.embed_tokens(["a"], is_query=False, layer=-1)
    embedder.embed_tokens(["a"], is_query=False, layer=-3)
    for _ in range(2):
        embedder.embed_tokens(["q"], is_query=True, layer=-1)

    assert inner.computed == [("a", -1), ("a", -3), ("q", -1), ("q", -1)]


def test_only_the_last_passages_are_kept(tmp_path: Path) -> None:
    tokens = dict(zip("abc", FakeTokenEmbedder().embed_tokens(list("abc"), is_query=False), strict=True))
    cache = TokenCache(tmp_path, most=2)
    for text, one in tokens.items():
        cache.put_many("m", {text: one})
    cache.put_many("m", {"b": tokens["b"]})
    cache.put_many("m", {"a": tokens["a"]})

    assert sorted(cache.get_many("m", list("abc"))) == ["a", "b"]


def test_a_building_cache_keeps_no_tokens(tmp_path: Path) -> None:
    inner = CountingTokens()
    for _ in range(2):
        CachedEmbedder(inner, tmp_path).embed_tokens(["a"], is_query=False)

    assert len(inner.computed) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_changes_no_tokens(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    texts = TOKEN_TEXTS[:1]

    kept, lost = (
        CachedEmbedder(CountingTokens(), folder, keeps_tokens=True).embed_tokens(texts, is_query=False)
        for folder in (tmp_path / "cache", tmp_path / "file" / "cache")
    )

    np.testing.assert_array_equal(kept[0].vectors, lost[0].vectors)


def test_token_vectors_come_from_the_embedder_or_not_at_all(tmp_path: Path) -> None:
    class WithTokens(FakeEmbedder):
        def embed_tokens(self, texts: Sequence[str], *, is_query: bool, layer: int = -3) -> list[TokenVectors]:
            return [
                TokenVectors(row(1).reshape(1, 1), np.array([7], np.int32), np.array([[0, 1]], np.int32), row(1))
                for _ in texts
            ]

    assert CachedEmbedder(WithTokens(), tmp_path).embed_tokens(["a"], is_query=True)[0].ids.tolist() == [7]
    with pytest.raises(EmbedderError, match="non dà vettori dei singoli token"):
        CachedEmbedder(FakeEmbedder(), tmp_path).embed_tokens(["a"], is_query=True)
