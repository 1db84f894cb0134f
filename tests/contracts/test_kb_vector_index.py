"""What every vector index must do: the fake, Chroma in the process and on a server pass the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kb.backends.chroma import ChromaIndex
from kb.backends.chroma_server import ChromaServerIndex
from kb.ports import Matrix, VectorIndex
from kb.records import DocumentKind, PassageFilter
from kb.testing import FakeVectorIndex
from kb.testing_servers import chroma_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("server") / "data") as url:
        yield url


@pytest.fixture(params=["fake", "chroma", "chroma server"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    made: VectorIndex
    if request.param == "fake":
        made = FakeVectorIndex()
    elif request.param == "chroma":
        made = ChromaIndex.create(tmp_path / "chroma")
    else:
        url = request.getfixturevalue("server")
        made = ChromaServerIndex.create_on(tmp_path / "chroma", url, release="r_0123456789ab")
    yield made
    made.close()


def unit(*rows: tuple[float, ...]) -> Matrix:
    values = np.array(rows, dtype=np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


ABOUT = [
    {"document": "psttm", "kind": "plan", "driver": 3, "article": "18", "mission": "M3"},
    {"document": "psttm", "kind": "plan", "driver": 4},
    {"document": "pums", "kind": "mobility_plan", "driver": 3},
    {"document": "pums", "kind": "mobility_plan"},
]


def fill(index: VectorIndex) -> None:
    index.put(["a", "b", "c", "d"], unit((1, 0.1, 0), (1, 0.2, 0), (1, 0.3, 0), (0, 0, 1)), ABOUT)


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert index.ids() == set()
    assert index.nearest(unit((1, 0, 0))[0], count=5) == []


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    fill(index)

    found = index.nearest(unit((1, 0, 0))[0], count=10)

    assert [id_ for id_, _ in found] == ["a", "b", "c", "d"]
    assert [score for _, score in found] == pytest.approx([1.01**-0.5, 1.04**-0.5, 1.09**-0.5, 0], abs=1e-5)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_no_more_than_count_are_found(index: VectorIndex, count: int) -> None:
    fill(index)

    assert len(index.nearest(unit((1, 0, 0))[0], count=count)) == count


def test_equal_vectors_are_ordered_by_id_and_cut_by_id(index: VectorIndex) -> None:
    names = ["m", "b", "z", "a", "k"]
    index.put(names, unit(*[(1, 1, 0)] * 5), [{"document": "d"}] * 5)

    assert [id_ for id_, _ in index.nearest(unit((1, 0, 0))[0], count=3)] == ["a", "b", "k"]


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        (PassageFilter(), {"a", "b", "c", "d"}),
        (PassageFilter(driver=3), {"a", "c"}),
        (PassageFilter(document="pums"), {"c", "d"}),
        (PassageFilter(kind=DocumentKind.PLAN), {"a", "b"}),
        (PassageFilter(article="18"), {"a"}),
        (PassageFilter(mission="M3"), {"a"}),
        (PassageFilter(driver=3, document="pums"), {"c"}),
        (PassageFilter(driver=3, document="pums", kind=DocumentKind.PLAN), set()),
        (PassageFilter(driver=99), set()),
    ],
)
def test_a_filter_keeps_what_meets_every_field(index: VectorIndex, narrow: PassageFilter, expected: set[str]) -> None:
    fill(index)

    assert {id_ for id_, _ in index.nearest(unit((1, 0, 0))[0], count=10, narrow=narrow)} == expected


def test_putting_an_id_again_replaces_vector_and_metadata_whole(index: VectorIndex) -> None:
    fill(index)

    index.put(["a"], unit((0, 1, 0)), [{"document": "ptm"}])

    assert index.ids() == {"a", "b", "c", "d"}
    assert index.nearest(unit((0, 1, 0))[0], count=1)[0] == ("a", pytest.approx(1, abs=1e-5))
    assert index.nearest(unit((1, 0, 0))[0], count=5, narrow=PassageFilter(article="18")) == []
    assert {i for i, _ in index.nearest(unit((1, 0, 0))[0], count=5, narrow=PassageFilter(driver=3))} == {"c"}
    assert [i for i, _ in index.nearest(unit((1, 0, 0))[0], count=5, narrow=PassageFilter(document="ptm"))] == ["a"]


def test_of_an_id_given_twice_the_last_stays(index: VectorIndex) -> None:
    index.put(["a", "a"], unit((1, 0, 0), (0, 1, 0)), [{"document": "x"}, {"document": "y"}])

    assert index.ids() == {"a"}
    assert index.nearest(unit((0, 1, 0))[0], count=1)[0][1] == pytest.approx(1, abs=1e-5)


def test_metadata_may_be_empty_and_nothing_may_be_put(index: VectorIndex) -> None:
    index.put(["a"], unit((1, 0, 0)), [{}])
    index.put([], np.zeros((0, 3), dtype=np.float32), [])

    assert index.ids() == {"a"}


def test_lists_of_different_lengths_are_refused(index: VectorIndex) -> None:
    with pytest.raises(ValueError, match="zip"):
        index.put(["a", "b"], unit((1, 0, 0)), [{}])


def test_closing_twice_is_harmless(index: VectorIndex) -> None:
    fill(index)
    index.close()
    index.close()


def test_many_at_once_are_found_as_one_by_one(tmp_path: Path) -> None:
    index = ChromaIndex.create(tmp_path / "chroma")
    rows = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index.put([str(place) for place in range(40)], rows, [{"document": "psttm"}] * 40)

    many = index.nearest_many(rows, count=5)

    assert [[id_ for id_, _ in found] for found in many] == [
        [id_ for id_, _ in index.nearest(row, count=5)] for row in rows
    ]
    assert [found[0][0] for found in many] == [str(place) for place in range(40)]
    assert index.nearest_many(rows[:0], count=5) == []
    assert index.nearest_many(rows[:2], count=0) == [[], []]
    index.close()
