"""Retrieval figures against values worked by hand, and the whole run on fakes."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from evals.commands.evaluating import evals
from evals.retrieval import (
    BeirFolder,
    auroc,
    compare,
    measure_folder,
    ndcg_at,
    read_beir,
    recall_at,
    reciprocal_rank_at,
    write_run,
)
from evals.train_ranker import fit_confidence, fit_ranker, split_questions, train_directions, write_directions
from kb.errors import InputError
from kb.testing import FakeEmbedder, FakeTokenEmbedder


def test_ndcg_by_hand() -> None:
    assert ndcg_at(["a", "b"], {"a": 1}) == 1.0
    assert ndcg_at(["b", "a"], {"a": 1}) == pytest.approx(1 / math.log2(3))  # 0.6309
    # Two right texts at ranks 2 and 3: (1/log2 3 + 1/log2 4) / (1/log2 2 + 1/log2 3)
    assert ndcg_at(["x", "a", "b"], {"a": 1, "b": 1}) == pytest.approx((0.63093 + 0.5) / (1 + 0.63093), abs=1e-5)
    # Grades 2 and 1 in the wrong order: (1 + 2/log2 3) / (2 + 1/log2 3)
    assert ndcg_at(["b", "a"], {"a": 2, "b": 1}) == pytest.approx((1 + 1.26186) / (2 + 0.63093), abs=1e-5)
    assert ndcg_at([str(n) for n in range(10)] + ["a"], {"a": 1}) == 0.0
    assert ndcg_at([], {"a": 1}) == ndcg_at(["a"], {}) == 0.0


def test_reciprocal_rank_and_recall_by_hand() -> None:
    assert reciprocal_rank_at(["x", "y", "a"], {"a": 1}) == pytest.approx(1 / 3)
    assert reciprocal_rank_at([str(n) for n in range(10)] + ["a"], {"a": 1}) == 0.0
    assert recall_at(["x", "a", "b"], {"a": 1, "b": 1}, depth=2) == 0.5
    assert recall_at(["x"], {}, depth=5) == 0.0


def test_auroc_by_hand() -> None:
    # Pairs (3,2) (3,1) (1,2) (1,1): two wins, one tie, one loss
    assert auroc([3, 1], [2, 1]) == pytest.approx(2.5 / 4)
    assert auroc([2], [1]) == 1.0
    assert auroc([1, 1], [1]) == 0.5
    assert auroc([], [1]) is None
    assert auroc([1], []) is None


def write_folder(folder: Path, *, qrels: str = "query-id\tcorpus-id\tscore\nq1\tc1\t1\nq2\tc2\t1\n") -> Path:
    corpus = [("c1", "Le stazioni radio base sono 55"), ("c2", "AFOL conta 71 Comuni"), ("c3", "Il parco agricolo sud")]
    queries = [("q1", "Quante stazioni radio base?"), ("q2", "Quanti Comuni in AFOL?"), ("q3", "Ricetta del risotto?")]
    rows = [json.dumps({"_id": id_, "title": "", "text": text}) for id_, text in corpus]
    (folder / "corpus.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    rows = [json.dumps({"_id": id_, "text": text}) for id_, text in queries]
    (folder / "queries.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


@pytest.mark.parametrize("embedder", [FakeEmbedder(), FakeTokenEmbedder()], ids=["plain", "tokens"])
def test_a_folder_is_measured_through_the_search(tmp_path: Path, embedder: FakeEmbedder) -> None:
    report = measure_folder(read_beir(write_folder(tmp_path)), embedder)

    figures = report.to_json()
    area = figures.pop("auroc")
    assert area is not None
    assert 0 <= area <= 1
    assert figures == {
        "queries": 3,
        "ndcg@10": 1.0,
        "mrr@10": 1.0,
        "recall@1": 1.0,
        "recall@5": 1.0,
        "recall@10": 1.0,
    }
    assert [run.answerable for run in report.runs] == [True, True, False]
    assert not list(Path(tmp_path).glob("tokens"))


def test_a_run_is_compared_with_a_stored_one(tmp_path: Path) -> None:
    report = measure_folder(read_beir(write_folder(tmp_path)), FakeEmbedder())
    write_run(report, tmp_path / "run.json")

    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["figures"] == report.to_json()
    assert compare(report, {"q1": 1.0, "q2": 1.0}) == {"against_ndcg@10": 1.0, "p_value": 1.0}
    # One question better, one equal: two assignments of the one unequal pair, both as far apart as seen
    assert compare(report, {"q1": 0.5, "q2": 1.0}) == {"against_ndcg@10": 0.75, "p_value": 1.0}
    with pytest.raises(InputError, match="stessa cartella"):
        compare(report, {"other": 1.0})


def test_the_fusion_alone_is_measured_and_compared_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.wiring.make_embedder", lambda _settings: FakeTokenEmbedder())
    folder, run = str(write_folder(tmp_path)), str(tmp_path / "fusion.json")

    CliRunner().invoke(evals, ["retrieval", folder, "--first-stage", "--out", run, "--json"], catch_exceptions=False)
    shown = CliRunner().invoke(evals, ["retrieval", folder, "--against", run, "--json"], catch_exceptions=False).stdout

    stored = json.loads(Path(run).read_text(encoding="utf-8"))
    assert all("rank" not in one["timings_ms"] for one in stored["runs"])
    assert json.loads(shown)["against_ndcg@10"] == stored["figures"]["ndcg@10"]
    assert json.loads(shown)["p_value"] == 1.0


def test_qrels_without_a_header_and_with_grade_zero(tmp_path: Path) -> None:
    found = read_beir(write_folder(tmp_path, qrels="q1\tc1\t2\nq1\tc2\t0\n"))

    assert found.relevant == {"q1": {"c1": 2}}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("corpus.jsonl", "{", "riga 1"),
        ("corpus.jsonl", '{"_id": "a"}', "_id e text"),
        ("queries.jsonl", "", "non ha testi o domande"),
        ("qrels.tsv", "q\tc\ts\nq1 c1 1\n", "riga 2"),
        ("qrels.tsv", None, "manca"),
    ],
)
def test_a_folder_that_is_none_is_refused_in_one_line(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    write_folder(tmp_path)
    if text is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=said) as caught:
        read_beir(tmp_path)
    assert "\n" not in str(caught.value)


def test_parts_share_no_paragraph() -> None:
    corpus = {f"c{n}": ("", "testo") for n in range(10)}
    queries = {f"q{n}": "domanda" for n in range(15)}
    beir = BeirFolder(corpus, queries, {f"q{n}": {f"c{n}": 1} for n in range(10)})
    split = split_questions(beir)

    # Six of the ten paragraphs' questions, and three of the five without an answer.
    assert split.tune == {"q0", "q1", "q2", "q3", "q4", "q5", "q10", "q11", "q12"}
    assert split.report == {"q6", "q7", "q8", "q9", "q13", "q14"}


def test_the_ranker_learns_which_feature_tells() -> None:
    random = np.random.default_rng(0)
    lists = [random.normal(size=(8, 2)) for _ in range(200)]
    weights = fit_ranker(lists, [int(rows[:, 0].argmax()) for rows in lists])

    assert weights[0] > 5 * abs(weights[1])


def test_the_confidence_learns_a_threshold() -> None:
    rows = np.linspace(-1, 1, 200)[:, None]
    weights, bias = fit_confidence(rows, rows[:, 0] > 0.2)

    assert weights[0] > 0
    assert -bias / weights[0] == pytest.approx(0.2, abs=0.1)


def test_directions_learn_from_the_first_part_alone(tmp_path: Path) -> None:
    texts = [f"Il paragrafo {n} parla del tema {n}." for n in range(10)]
    beir, other = (
        BeirFolder({f"c{n}": ("", text) for n, text in enumerate([*texts[:6], *rest])}, {}, {})
        for rest in (texts[6:], ["Altro."] * 4)
    )
    found = train_directions(beir, FakeTokenEmbedder())
    write_directions(tmp_path / "d.npz", found, "modello|float32")

    assert np.array_equal(found, train_directions(other, FakeTokenEmbedder()))
    with np.load(tmp_path / "d.npz") as kept:
        assert str(kept["model"]) == "modello"
        assert np.allclose(kept["directions"], found, atol=1e-3)
