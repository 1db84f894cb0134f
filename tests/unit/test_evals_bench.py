"""The bench's own arithmetic: medians, ratios, verdicts, made corpora, what is written of them. No time is asserted."""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from evals.bench.bench import MEASURES, Bench, part_names
from evals.bench.figures import Row, median, percentile, row_from_json
from evals.bench.made import MadeCorpus, draw_passages, intake_of
from evals.bench.plot import curves_of, draw_growth, growth_plot
from evals.bench.record import keep_parts, make_part, read_parts, rows_of
from evals.bench.side import Side, SideFailed
from evals.bench.table import BEGIN, END, fill_readme, promised, readme_table, shown, write_readme
from evals.bench.timing import time_each, time_together
from evals.commands.benching import read_sizes
from kb.errors import InputError
from kb.releases.check import check_passages

MACHINE = {"cpu": "Un processore", "cores": 2, "flags": ["avx512_bf16"], "load": 0.5}


def row(**given: object) -> Row:
    about: dict[str, object] = {"key": "a.b", "english": "a thing", "italian": "una cosa", "unit": "ms", "ours": (1.0,)}
    return Row(**about | given)  # type: ignore[arg-type]


def test_median_and_percentile_by_hand() -> None:
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5
    assert percentile(range(1, 101), 95) == 95
    assert percentile([5, 1, 9], 95) == 9
    assert percentile([5, 1, 9], 50) == 5
    assert percentile([7], 1) == 7


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_what_has_no_percentile_is_refused(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="%"):
        percentile(values, percent)


def test_no_values_have_no_median() -> None:
    with pytest.raises(ValueError, match="median"):
        median([])


def test_ratio_is_the_median_of_the_rounds_ratios() -> None:
    """A round that the machine slowed for both sides changes no ratio."""
    told = row(ours=(10.0, 100.0, 30.0), plain=(20.0, 200.0, 30.0))

    assert told.ratio == 0.5
    assert row().ratio is None


@pytest.mark.parametrize(
    ("given", "met"),
    [
        ({}, None),
        ({"plain": (2.0,), "bound": 0.5}, True),
        ({"plain": (1.9,), "bound": 0.5}, False),
        ({"plain": (0.25,), "bound": 4.0, "larger_is_better": True}, True),
        ({"plain": (0.26,), "bound": 4.0, "larger_is_better": True}, False),
        ({"ceiling": 1.0}, True),
        ({"ceiling": 0.9}, False),
        ({"plain": (2.0,), "bound": 0.5, "ceiling": 0.9}, False),
        ({"bound": 0.5}, None),
    ],
)
def test_a_promise_is_kept_or_not(given: dict[str, object], met: bool | None) -> None:
    assert row(**given).met is met


def test_a_row_survives_json() -> None:
    told = row(ours=(1.0, 2.0), plain=(4.0, 4.0), bound=0.5, beside="that")

    assert row_from_json(json.loads(json.dumps(told.to_json()))) == told
    assert told.to_json()["ratio"] == 0.375
    assert told.to_json()["ours_median"] == 1.5


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.01234, "0.012"), (0.5, "0.50"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1,234")],
)
def test_figures_show_what_they_mean(value: float, text: str) -> None:
    assert shown(value) == text


def test_promises_in_words() -> None:
    assert promised(row(bound=4.0, larger_is_better=True)) == "≥ 4"
    assert promised(row(bound=0.5)) == "≤ 0.5"
    assert promised(row(ceiling=1500.0, unit="MB")) == "≤ 1,500 MB"
    assert promised(row()) == ""


SENTENCES = ["Una frase di prova con otto parole dentro.", "La seconda frase parla di alberi.", "E la terza di treni."]


def made() -> MadeCorpus:
    rng = np.random.default_rng(1)
    pooled = rng.standard_normal((3, 8)).astype(np.float32)
    pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
    rows = rng.standard_normal((6, 8)).astype(np.float32)
    ids = np.arange(6, dtype=np.int32)
    return MadeCorpus(SENTENCES, pooled, rows, ids, np.array([0, 1, 3, 6]), "modello|float32")


def test_smaller_corpora_begin_the_larger_ones() -> None:
    assert draw_passages(SENTENCES, 50)[:20] == draw_passages(SENTENCES, 20)
    assert draw_passages(SENTENCES, 5, seed=1) != draw_passages(SENTENCES, 5, seed=2)
    assert all(sum(len(SENTENCES[at].split()) for at in places) >= 90 for places in draw_passages(SENTENCES, 20))


def test_made_passages_are_their_pages_text() -> None:
    intake = intake_of([f"Passaggio numero {number}." for number in range(700)])

    check_passages(intake.documents, intake.pages, intake.passages)
    assert [len(intake.documents), len(intake.pages), len(intake.passages)] == [3, 234, 700]


def test_made_vectors_have_length_one_and_stay_near_their_sentences() -> None:
    corpus = made()
    vectors = corpus.vectors(40)
    drawn = draw_passages(SENTENCES, 40)

    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert len(np.unique(vectors.round(4), axis=0)) == 40
    means = np.stack([corpus.pooled[list(places)].mean(axis=0) for places in drawn])
    assert (np.einsum("ij,ij->i", vectors, means) / np.linalg.norm(means, axis=1)).min() > 0.8
    assert np.array_equal(vectors, corpus.vectors(40))


def test_the_made_embedder_gives_both_sides_the_same_vectors(tmp_path: Path) -> None:
    made().save(tmp_path)
    corpus = MadeCorpus.load(tmp_path)
    texts, embedder = corpus.texts(9), corpus.embedder(9)

    assert np.array_equal(embedder.embed_passages([f"Titolo\n{text}" for text in texts]), corpus.vectors(9))
    tokens = embedder.embed_tokens([texts[3]], is_query=False)[0]
    assert np.array_equal(tokens.pooled, corpus.vectors(9)[3])
    assert len(tokens.ids) == sum((1, 2, 3)[place] for place in draw_passages(SENTENCES, 4)[3])


def search_rows() -> list[Row]:
    rows = []
    for size, ours, plain in ((1000, 10.0, 20.0), (10000, 20.0, 25.0)):
        for ending in ("first.median", "whole.median", "fusion.median"):
            rows.append(row(key=f"search.{size}.{ending}", ours=(ours,), plain=(plain,)))
    return rows


def test_curves_hold_every_size() -> None:
    curves = dict(curves_of(search_rows()))

    assert curves["Bussola"] == [(1000.0, 10.0), (10000.0, 20.0)]
    assert curves["vector retriever"] == [(1000.0, 20.0), (10000.0, 25.0)]
    assert len(curves) == 4


def test_the_plot_is_whole_and_its_names_do_not_overlap() -> None:
    drawn = growth_plot(search_rows())

    assert drawn is not None
    tree = ElementTree.fromstring(drawn)
    names = [one for one in tree.iter() if one.tag.endswith("text") and (one.text or "").endswith(" ms")]
    heights = sorted(float(one.attrib["y"]) for one in names)
    assert len(names) == 4
    assert all(below - above >= 17.9 for above, below in pairwise(heights))
    assert "10.0 ms at 1,000" in tree.attrib["aria-label"]


def test_without_a_search_there_is_no_plot() -> None:
    assert growth_plot([row()]) is None
    with pytest.raises(ValueError, match="points"):
        draw_growth([])


def part(rows: list[Row]) -> dict[str, object]:
    return make_part(rows, machine=MACHINE, rounds=5, quick=False)


def test_a_measure_taken_again_replaces_its_own_part_alone(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    large, small = part([row(key="search.10000.disk", ours=(7.0,))]), part([row(key="search.1000.disk")])
    keep_parts({"search.10000": large, "search.1000": small, "build": part([row(key="build.native")])}, file)
    kept = keep_parts({"build": part([row(key="build.native", ours=(9.0,))])}, file)

    assert list(kept) == ["build", "search.1000", "search.10000"]
    assert [one.ours for one in rows_of(read_parts(file))] == [(9.0,), (1.0,), (7.0,)]
    assert read_parts(tmp_path / "missing.json") == {}


def test_the_readme_gets_table_and_plot(tmp_path: Path) -> None:
    readme, plot = tmp_path / "README.md", tmp_path / "growth.svg"
    readme.write_text(f"prima\n{BEGIN}\nvecchio\n{END}\ndopo\n")
    kept = row(english="a promise kept", plain=(4.0,), bound=0.5)
    broken = row(english="one broken", plain=(1.0,), bound=0.5)

    write_readme({"search": part([*search_rows(), kept, broken])}, readme, plot)

    text = readme.read_text()
    assert text.startswith(f"prima\n{BEGIN}\n")
    assert text.endswith(f"{END}\ndopo\n")
    assert "vecchio" not in text
    assert "| a promise kept | ms | 1.00 | 4.00 | 0.25 | ≤ 0.5 | ✓ |" in text
    assert "| one broken | ms | 1.00 | 1.00 | 1.00 | ≤ 0.5 | ✗ |" in text
    assert "Un processore, 2 cores, avx512_bf16" in text
    assert ElementTree.parse(plot).getroot().tag.endswith("svg")


def test_figures_without_a_promise_are_folded_away_and_none_is_lost(tmp_path: Path) -> None:
    promised_one, headline = (
        row(key="a", english="kept", plain=(1.0,), bound=2.0),
        row(key="ask.fresh", english="first of all"),
    )
    found = readme_table({"search": part([promised_one, headline, row(key="b", english="a detail")])})

    shown_at_once, _, folded = found.partition("<details>")
    assert "| kept | " in shown_at_once and "| first of all | " in shown_at_once
    assert "| a detail | " in folded and "a detail" not in shown_at_once
    assert "<details>" not in readme_table({"search": part([promised_one])})


def test_a_readme_without_marks_is_named(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("senza segni")

    with pytest.raises(InputError, match="bench:begin"):
        write_readme({"search": part([row()])}, readme, tmp_path / "growth.svg")
    with pytest.raises(ValueError, match="bench"):
        fill_readme("senza segni", {"search": part([row()])})


def test_clocks_call_once_a_text() -> None:
    seen: list[str] = []

    assert len(time_each(seen.append, ["a", "b"])) == 2
    assert time_together(seen.append, ["c", "d"], 2) > 0
    assert sorted(seen) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("text", ["", "mille", "1000,", "99", "1000;2000", "6000000"])
def test_sizes_that_make_no_sense_are_named(text: str) -> None:
    with pytest.raises(InputError, match="--sizes"):
        read_sizes(text)


def test_sizes_ascend_and_stand_once() -> None:
    assert read_sizes("10000, 1000,10000") == (1000, 10000)


def test_a_side_answers_from_its_own_process() -> None:
    with Side("evals.bench.ours:OurReader") as side:
        told = side.call("read", files=[])
        assert told["pages"] == 0
        assert sys.platform != "linux" or side.memory()["peak"] > 1
        with pytest.raises(SideFailed, match="AttributeError"):
            side.call("nothing")
        assert side.call("read", files=[])["pages"] == 0


def test_a_side_that_does_not_start_says_why() -> None:
    with Side("evals.bench.ours:Nobody") as side, pytest.raises(SideFailed, match="Nobody"):
        side.call("read", files=[])


def test_every_measure_is_there_to_be_run() -> None:
    import importlib

    for place in MEASURES.values():
        assert callable(importlib.import_module(place).measure)


def test_each_size_of_the_search_is_a_part() -> None:
    assert part_names(["build", "search", "api"], (1000, 10000)) == ["build", "search.1000", "search.10000", "api"]


def test_questions_are_spread_over_the_golden_ones(tmp_path: Path) -> None:
    few = Bench(tmp_path, print, quick=True).questions
    many = Bench(tmp_path, print).questions

    assert (len(few), len(set(many))) == (6, 30)
    assert all(re.search(r"\w", question) for question in many)
