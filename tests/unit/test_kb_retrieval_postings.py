"""BM25 scores kept term by term, against bm25s itself."""

from __future__ import annotations

import json
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.words import content_stems
from kb.retrieval.lexical import K1, B, Bm25Index
from kb.retrieval.postings import Postings

TEXTS = [
    "La mobilità sostenibile e le piste ciclabili dei Comuni.",
    "Il Driver 8 riguarda la formazione e il lavoro; il lavoro dei giovani.",
    "",
    "Comuni, Comuni e ancora Comuni della Città metropolitana.",
]


def engine_of(texts: list[str]) -> bm25s.BM25:
    rows = [content_stems(text) for text in texts]
    numbers = {term: place for place, term in enumerate(sorted({term for row in rows for term in row}))}
    engine = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
    engine.index(
        ([[numbers[term] for term in row] for row in rows], numbers), create_empty_token=False, show_progress=False
    )
    return engine


def postings_of(engine: bm25s.BM25) -> Postings:
    kept = engine.scores
    return Postings(engine.vocab_dict, kept["indptr"], kept["indices"], kept["data"], kept["num_docs"])


@given(st.lists(st.sampled_from([*content_stems(" ".join(TEXTS)), "nulla", "assente"]), min_size=1, unique=True))
def test_the_sums_are_those_of_the_library_to_the_last_bit(asked: list[str]) -> None:
    engine = engine_of(TEXTS)
    known = [term for term in asked if term in engine.vocab_dict]
    expected = engine.get_scores(known) if known else np.zeros(len(TEXTS), dtype=np.float32)

    assert postings_of(engine).add_up(asked).tolist() == expected.tolist()


def test_what_the_library_saved_is_read(tmp_path: Path) -> None:
    """A release built before we wrote these files ourselves."""
    engine = engine_of(TEXTS)
    engine.save(str(tmp_path), show_progress=False)

    postings = Postings.open(tmp_path, len(TEXTS))

    assert postings.add_up(["lavor", "comun"]).tolist() == engine.get_scores(["lavor", "comun"]).tolist()
    assert (postings.count("comun"), postings.count("lavor"), postings.count("nulla")) == (2, 1, 0)


def test_an_index_that_was_loaded_can_be_saved_again(tmp_path: Path) -> None:
    index = Bm25Index.build(list("abcd"), TEXTS)
    for name in ("uno", "due"):
        index.save(tmp_path / name)
        index = Bm25Index.load(tmp_path / name)

    assert index.search("lavoro dei Comuni", count=4) == Bm25Index.build(list("abcd"), TEXTS).search(
        "lavoro dei Comuni", count=4
    )
    assert {path.name: path.read_bytes() for path in (tmp_path / "uno").iterdir()} == {
        path.name: path.read_bytes() for path in (tmp_path / "due").iterdir()
    }


@pytest.mark.parametrize("changed", [{"num_docs": 3}, {"dtype": "float64"}, {"method": "robertson"}])
def test_the_files_of_another_index_are_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    postings_of(engine_of(TEXTS)).save(tmp_path)
    path = tmp_path / "params.index.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))

    with pytest.raises(ValueError, match="another index"):
        Postings.open(tmp_path, len(TEXTS))


def test_without_a_single_term_there_is_nothing(tmp_path: Path) -> None:
    Postings.nothing(2).save(tmp_path)

    assert list(tmp_path.iterdir()) == []
    assert Postings.open(tmp_path, 2).add_up(["lavor"]).tolist() == [0, 0]
