from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kb.errors import ReleaseCheckFailed
from kb.ports import Matrix, Progress, Vector, VectorIndex, no_progress
from kb.records import Page, Passage, PassageFilter, Span
from kb.releases.check import check_ids, check_passages, find_lost, refuse_lost
from kb.testing import FakeVectorIndex, intake_of

INTAKE = intake_of({"d": ["prima pagina", "seconda pagina"]})
FIRST = INTAKE.passages[0]


def check(*passages: Passage, pages: list[Page] | None = None) -> None:
    check_passages(INTAKE.documents, INTAKE.pages if pages is None else pages, passages)


def test_whole_passages_pass() -> None:
    check(*INTAKE.passages)


def test_a_passage_over_two_pages_is_rebuilt_with_its_joins() -> None:
    across = replace(FIRST, text="pagina seconda", spans=(Span(1, 6, 12), Span(2, 0, 7)), joins=("", " "))
    check(across)
    with pytest.raises(ReleaseCheckFailed, match=FIRST.id):
        check(replace(across, joins=("", "\n")))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (replace(FIRST, text="altro testo!"), "diversi dal testo"),
        (replace(FIRST, spans=(Span(1, 0, 99),)), "fuori dalla pagina"),
        (replace(FIRST, spans=(Span(1, -1, 5),)), "fuori dalla pagina"),
        (replace(FIRST, spans=(Span(1, 5, 2),)), "fuori dalla pagina"),
        (replace(FIRST, spans=(Span(9, 0, 12),)), "fuori dalla pagina"),
        (replace(FIRST, spans=(), joins=()), "fuori dalla pagina"),
        (replace(FIRST, joins=("", "")), "fuori dalla pagina"),
        (replace(FIRST, document="altro"), "documento che non c'è"),
        (replace(FIRST, text="", spans=(Span(1, 0, 0),)), "vuoti"),
    ],
)
def test_a_wrong_passage_is_named(wrong: Passage, why: str) -> None:
    with pytest.raises(ReleaseCheckFailed, match=f"{why}.*{FIRST.id}"):
        check(wrong)


def test_an_id_that_occurs_twice_is_named() -> None:
    with pytest.raises(ReleaseCheckFailed, match=f"stesso id: {FIRST.id}"):
        check(FIRST, replace(INTAKE.passages[1], id=FIRST.id))


def test_a_page_given_twice_or_of_nobody_is_named() -> None:
    with pytest.raises(ReleaseCheckFailed, match=r"pagine doppie: d p\. 1"):
        check(pages=[INTAKE.pages[0], INTAKE.pages[0]])
    with pytest.raises(ReleaseCheckFailed, match="non c'è: altro"):
        check(pages=[Page("altro", 1, "x")])


def test_many_wrong_passages_are_counted_not_listed() -> None:
    with pytest.raises(ReleaseCheckFailed, match="e altri 2"):
        check(*(replace(FIRST, id=f"p{at}", text="altro testo!") for at in range(7)))


def unit_rows(count: int, width: int = 16) -> Matrix:
    rows = np.random.default_rng(7).normal(size=(count, width)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def index_of(ids: list[str], vectors: Matrix) -> FakeVectorIndex:
    index = FakeVectorIndex()
    index.put(ids, vectors, [{} for _ in ids])
    return index


def check_vectors(index: VectorIndex, ids: list[str], vectors: Matrix, *, progress: Progress = no_progress) -> None:
    """Every row looked for, as a build does that knows of none."""
    check_ids(index, ids)
    refuse_lost(ids, find_lost(index, ids, vectors, among=range(len(ids)), progress=progress))


IDS = [f"p{at}" for at in range(300)]
VECTORS = unit_rows(300)


def test_an_index_that_holds_every_vector_passes() -> None:
    done: list[tuple[int, int]] = []
    check_vectors(index_of(IDS, VECTORS), IDS, VECTORS, progress=lambda _what, at, total: done.append((at, total)))
    assert done[-1] == (300, 300)


def test_a_whole_index_costs_no_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vector that finds itself is proof enough: the check of 100,000 passages must not take their square."""

    def scan(*_given: object) -> bool:
        raise AssertionError("scanned")

    monkeypatch.setattr("kb.releases.check._is_best", scan)

    check_vectors(index_of(IDS, VECTORS), IDS, VECTORS)


def test_equal_vectors_tie_whichever_comes_first() -> None:
    vectors = VECTORS.copy()
    vectors[250] = vectors[3]
    check_vectors(index_of(IDS, vectors), IDS, vectors)


def test_swapped_vectors_are_named() -> None:
    """Each is found in the first place, under the other's name."""
    swapped = VECTORS.copy()
    swapped[[5, 280]] = swapped[[280, 5]]
    with pytest.raises(ReleaseCheckFailed, match="p5, p280"):
        check_vectors(index_of(IDS, swapped), IDS, VECTORS)


def test_one_missing_and_one_left_over_are_named() -> None:
    with pytest.raises(ReleaseCheckFailed, match="mancano dall'indice: p299"):
        check_vectors(index_of(IDS[:-1], VECTORS[:-1]), IDS, VECTORS)
    with pytest.raises(ReleaseCheckFailed, match="di troppo nell'indice: p299"):
        check_vectors(index_of(IDS, VECTORS), IDS[:-1], VECTORS[:-1])


class BlindIndex(FakeVectorIndex):
    """Knows every id and never finds one of them, as an approximate index may."""

    def nearest(self, vector: Vector, *, count: int, narrow: PassageFilter | None = None) -> list[tuple[str, float]]:
        return [pair for pair in super().nearest(vector, count=count + 1, narrow=narrow) if pair[0] != "p7"][:count]


def test_a_vector_that_the_index_holds_and_cannot_find_is_named() -> None:
    index = BlindIndex()
    index.put(IDS, VECTORS, [{} for _ in IDS])
    with pytest.raises(ReleaseCheckFailed, match=r"proprio vettore: p7\."):
        check_vectors(index, IDS, VECTORS)


class LooseIndex(FakeVectorIndex):
    """Finds the right one and reports another similarity, as one that ranks by another distance would."""

    def nearest(self, vector: Vector, *, count: int, narrow: PassageFilter | None = None) -> list[tuple[str, float]]:
        return [(id_, cosine / 2) for id_, cosine in super().nearest(vector, count=count, narrow=narrow)]


def test_a_similarity_that_is_no_cosine_is_refused() -> None:
    index = LooseIndex()
    index.put(IDS, VECTORS, [{} for _ in IDS])
    with pytest.raises(ReleaseCheckFailed, match="e altri 295"):
        check_vectors(index, IDS, VECTORS)
