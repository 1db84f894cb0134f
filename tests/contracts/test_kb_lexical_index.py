"""What every lexical index must do; bm25s, its rows on a real PostgreSQL, and the exact fake all keep it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from kb.backends.postgresql_lexical import keep_on_server, open_on_server
from kb.retrieval.lexical import Bm25Index
from kb.testing import FakeLexicalIndex
from kb.testing_servers import postgresql_server

KINDS: dict[str, Any] = {"fake": FakeLexicalIndex, "bm25s": Bm25Index, "postgresql": Bm25Index}
TEXTS = {
    "a": "Driver 3: il risparmio energetico degli edifici e delle scuole",
    "b": "Driver 8: il lavoro, con AFOL Metropolitana e 71 Comuni",
    "c": "L'art. 5-bis del D.Lgs. n. 42/2004 tutela il paesaggio",
    "d": "L'articolo 5 riduce del 25% il consumo di suolo",
    "e": "Il Piano Urbano per la Mobilità Sostenibile (PUMS) ordina la mobilità",
}


SERVER: list[str] = []
"""The address of the server, while there is one."""


def build(kind: str, texts: dict[str, str]) -> Any:
    if kind == "fake":
        return FakeLexicalIndex(list(texts), list(texts.values()))
    index = Bm25Index.build(list(texts), list(texts.values()))
    if kind == "bm25s":
        return index
    with TemporaryDirectory() as folder:
        keep_on_server(index, Path(folder), SERVER[0], release="r_000000000000")
        return open_on_server(Path(folder), SERVER[0])


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    with postgresql_server() as url:
        SERVER.append(url)
        yield
        SERVER.clear()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "postgresql":
        request.getfixturevalue("server")
    return str(request.param)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Driver 3", "a"),
        ("Driver 8", "b"),
        ("art. 5-bis", "c"),
        ("articolo 5", "d"),
        ("dell’articolo 5", "d"),
        ("42/2004", "c"),
        ("25 %", "d"),
        ("mobilita'", "e"),
        ("EDIFICI", "a"),
    ],
)
def test_numbers_articles_laws_and_elisions_are_found(kind: str, question: str, first: str) -> None:
    assert build(kind, TEXTS).search(question, count=3)[0][0] == first


def test_nothing_without_a_shared_word(kind: str) -> None:
    """A question with no word of the passages finds nothing at all, rather than zeros."""
    assert build(kind, TEXTS).search("xilofono", count=5) == []
    assert build(kind, TEXTS).search("", count=5) == []
    assert build(kind, TEXTS).search("il la e di", count=5) == []


def test_every_score_is_above_zero_and_falling(kind: str) -> None:
    found = build(kind, TEXTS).search("Driver articolo lavoro", count=10)

    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_count_is_kept(kind: str) -> None:
    assert len(build(kind, TEXTS).search("driver articolo piano", count=2)) == 2


def test_ties_come_by_id(kind: str) -> None:
    index = build(kind, {"z": "fibra ottica", "m": "fibra ottica", "a": "fibra ottica", "b": "altro testo"})

    assert [id_ for id_, _ in index.search("fibra", count=2)] == ["a", "m"]


def test_allowed_narrows_and_changes_no_score(kind: str) -> None:
    index = build(kind, TEXTS)
    free = dict(index.search("articolo 5 Driver", count=10))
    narrowed = dict(index.search("articolo 5 Driver", count=10, allowed={"d", "b", "unknown"}))

    assert narrowed == {"d": free["d"], "b": free["b"]}
    assert index.search("articolo", count=10, allowed=set()) == []


def test_saved_and_loaded_gives_the_same_scores(kind: str, tmp_path: Path) -> None:
    """Identical to the last bit, words and acronyms too."""
    index = build(kind, TEXTS)
    index.save(tmp_path / "lexical")
    loaded = KINDS[kind].load(tmp_path / "lexical")

    for question in ("Driver 3 art. 5 comma 2", "dell'articolo 5-bis", "mobilità degli edifici", "71 Comuni"):
        assert loaded.search(question, count=10) == index.search(question, count=10)
    assert loaded.words == index.words
    assert loaded.acronyms == index.acronyms == {"pums": "piano urbano per la mobilita sostenibile"}


def test_an_index_of_nothing_finds_nothing(kind: str, tmp_path: Path) -> None:
    for texts in ({}, {"a": "", "b": "e di il"}):
        index = build(kind, texts)
        index.save(tmp_path / str(len(texts)))

        assert index.search("fibra", count=3) == []
        assert KINDS[kind].load(tmp_path / str(len(texts))).search("fibra", count=3) == []


def test_both_give_the_same_scores() -> None:
    """The engine's BM25 equals the formula, worked exactly over every passage."""
    for question in ("Driver 3", "articolo 5 e il suolo", "mobilità", "Comuni del Piano"):
        exact = build("fake", TEXTS).search(question, count=10)
        found = build("bm25s", TEXTS).search(question, count=10)

        assert [id_ for id_, _ in found] == [id_ for id_, _ in exact]
        assert [score for _, score in found] == pytest.approx([score for _, score in exact], rel=1e-5)
