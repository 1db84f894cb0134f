"""Chroma itself, on disk: reopened, closed for good, damaged, and beside an exact scan."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb.backends.chroma import ChromaIndex
from kb.errors import StoreError
from kb.ports import Matrix
from kb.records import PassageFilter

COUNT = 6000
"""More than Chroma takes in one call (5,461)."""


def clustered(count: int) -> Matrix:
    """Vectors in clumps, as texts on a few subjects give."""
    random = np.random.default_rng(7)
    centres = random.standard_normal((60, 64))
    values = centres[random.integers(0, 60, count)] + 0.7 * random.standard_normal((count, 64))
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(scope="module")
def vectors() -> Matrix:
    return clustered(COUNT)


@pytest.fixture(scope="module")
def folder(vectors: Matrix, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("release") / "chroma"
    index = ChromaIndex.create(made)
    about = [{"document": f"d{at % 3}", "driver": at % 10} for at in range(COUNT)]
    index.put([f"p{at:05}" for at in range(COUNT)], vectors, about)
    index.close()
    return made


def test_it_finds_what_an_exact_scan_finds(folder: Path, vectors: Matrix) -> None:
    index = ChromaIndex.open(folder)
    found, wanted = 0, 0
    for at in range(0, COUNT, 60):
        exact = np.argsort(-(vectors @ vectors[at]), kind="stable")[:50]
        near = dict(index.nearest(vectors[at], count=50))
        found += len(near.keys() & {f"p{row:05}" for row in exact})
        wanted += 50
        assert near[f"p{at:05}"] == pytest.approx(1, abs=1e-5)
    index.close()

    assert found / wanted >= 0.99


def test_a_narrow_filter_is_exact(folder: Path, vectors: Matrix) -> None:
    index = ChromaIndex.open(folder)
    rows = [at for at in range(COUNT) if at % 10 == 4 and at % 3 == 1]
    expected = sorted(rows, key=lambda at: -float(vectors[at] @ vectors[0]))[:10]

    near = index.nearest(vectors[0], count=10, narrow=PassageFilter(driver=4, document="d1"))
    index.close()

    assert [id_ for id_, _ in near] == [f"p{at:05}" for at in expected]


def test_every_id_is_listed_across_pages(folder: Path) -> None:
    index = ChromaIndex.open(folder)
    ids = index.ids()
    index.close()

    assert ids == {f"p{at:05}" for at in range(COUNT)}


def test_threads_may_search_at_once(folder: Path, vectors: Matrix) -> None:
    index = ChromaIndex.open(folder)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda at: index.nearest(vectors[at], count=1)[0][0], range(200)))
    index.close()

    assert found == [f"p{at:05}" for at in range(200)]


def test_closing_frees_the_folder_and_ends_the_index(folder: Path, vectors: Matrix, tmp_path: Path) -> None:
    """The same path can hold another index afterwards: Chroma keeps clients of equal paths until they are closed."""
    place = tmp_path / "chroma"
    first = ChromaIndex.create(place)
    first.put(["a"], vectors[:1], [{"document": "d"}])
    first.close()
    shutil.rmtree(place)
    second = ChromaIndex.create(place)

    assert second.ids() == set()
    with pytest.raises(StoreError, match="è stato chiuso"):
        first.ids()
    with pytest.raises(StoreError, match="è stato chiuso"):
        first.nearest(vectors[0], count=1)
    with pytest.raises(StoreError, match="è stato chiuso"):
        first.put(["b"], vectors[:1], [{}])
    second.close()


def test_what_is_put_after_reopening_is_there_after_the_next(folder: Path, vectors: Matrix, tmp_path: Path) -> None:
    place = tmp_path / "chroma"
    shutil.copytree(folder, place)
    index = ChromaIndex.open(place)
    index.put(["new", "p00000"], vectors[1:3], [{"document": "d9"}, {"document": "d9"}])
    index.close()
    index = ChromaIndex.open(place)

    assert len(index.ids()) == COUNT + 1
    narrowed = index.nearest(vectors[1], count=5, narrow=PassageFilter(document="d9"))
    assert [id_ for id_, _ in narrowed] == ["new", "p00000"]
    index.close()


def test_a_folder_without_an_index_is_refused_and_left_empty(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="non c'è un indice"):
        ChromaIndex.open(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_an_index_is_not_created_over_another(folder: Path) -> None:
    with pytest.raises(StoreError, match="c'è già un indice"):
        ChromaIndex.create(folder)


def test_a_place_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match=str(tmp_path / "file")):
        ChromaIndex.create(tmp_path / "file" / "chroma")


def test_a_vector_of_another_length_is_refused(folder: Path) -> None:
    index = ChromaIndex.open(folder)
    with pytest.raises(StoreError, match="dimension of 64"):
        index.nearest(np.ones(3, dtype=np.float32), count=1)
    index.close()


def test_a_cut_graph_file_is_refused_at_the_door(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "chroma"
    shutil.copytree(folder, place)
    graph = next(place.glob("*/data_level0.bin"))
    graph.write_bytes(graph.read_bytes()[:-100])

    with pytest.raises(StoreError, match="è danneggiato"):
        ChromaIndex.open(place)


def test_a_database_of_garbage_is_refused(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "chroma"
    shutil.copytree(folder, place)
    (place / "chroma.sqlite3").write_bytes(b"garbage" * 5000)

    with pytest.raises(StoreError, match="ricostruisci"):
        ChromaIndex.open(place)


def test_a_copy_is_a_whole_index_and_leaves_its_source_alone(folder: Path, vectors: Matrix, tmp_path: Path) -> None:
    index = ChromaIndex.copy(folder, tmp_path / "copia")
    kept = index.ids()
    index.remove(["p00007", "mai visto"])
    index.put(["p00008"], vectors[:1] * -1, [{"document": "nuovo"}])
    near = index.nearest(vectors[9], count=3)
    gone = index.gone_share()
    index.close()

    again, source = ChromaIndex.open(tmp_path / "copia"), ChromaIndex.open(folder)
    assert len(kept) == COUNT and again.ids() == kept - {"p00007"}
    assert near == again.nearest(vectors[9], count=3) == source.nearest(vectors[9], count=3)
    assert [id_ for id_, _ in again.nearest(vectors[0] * -1, count=1)] == ["p00008"]
    assert source.ids() == kept and source.gone_share() == 0 and gone == pytest.approx(2 / (COUNT + 1))
    again.close()
    source.close()


def test_what_is_no_index_is_not_copied(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="non c'è un indice"):
        ChromaIndex.copy(tmp_path / "niente", tmp_path / "copia")
    cut = tmp_path / "tagliato"
    shutil.copytree(folder, cut)
    graph = next(cut.glob("*/data_level0.bin"))
    graph.write_bytes(graph.read_bytes()[:1000])
    with pytest.raises(StoreError, match="danneggiato"):
        ChromaIndex.copy(cut, tmp_path / "copia")
    assert not (tmp_path / "copia").exists()
