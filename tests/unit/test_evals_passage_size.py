"""Sizes and overlaps compared on small documents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.golden import GoldenQuestion, QuestionKind
from evals.passage_size import cut, main, measure_size, ndcg_of_texts, read_sources
from ingest.split import Sizes
from kb.testing import FakeTokenEmbedder

SENTENCES = [f"La frase numero {n} dice che il tema {n} conta {n * 11} Comuni." for n in range(1, 21)]
SMALL, LARGE = Sizes(12, 24, 24), Sizes(120, 240, 240)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "piano.md"
    path.write_text("# Piano\n\n" + "\n\n".join(SENTENCES) + "\n", encoding="utf-8")
    return path


def test_smaller_sizes_make_more_passages_of_the_same_words(plan: Path) -> None:
    ((document, pages),) = read_sources([plan])
    small, large = (cut(document, pages, sizes=sizes, overlap=0) for sizes in (SMALL, LARGE))

    assert len(small) > len(large) >= 1
    words = [" ".join(passage.text for passage in passages).split() for passages in (small, large)]
    assert words[0] == words[1]


def test_an_overlap_repeats_the_last_words(plan: Path) -> None:
    ((document, pages),) = read_sources([plan])
    plain, overlapped = (cut(document, pages, sizes=SMALL, overlap=words) for words in (0, 3))

    assert overlapped[0] == plain[0]
    assert overlapped[1].text == " ".join([*plain[0].text.split()[-3:], plain[1].text])


def test_a_row_says_what_a_size_finds_and_costs(plan: Path) -> None:
    asked = GoldenQuestion("a", QuestionKind.ANSWERABLE, "Quanti Comuni conta il tema 7?", must_include=(("77",),))
    row = measure_size(read_sources([plan]), [asked], FakeTokenEmbedder(), sizes=SMALL)

    assert (row.questions, row.fact_at_5) == (1, 1.0)
    assert row.passages > 5
    assert row.megabytes > 0
    assert 0 < row.mean_words < 30
    assert row.mean_reciprocal in {1.0, 0.5, 0.3333, 0.25, 0.2}


def test_texts_of_a_beir_folder_rank_by_their_best_passage(tmp_path: Path) -> None:
    rows = [{"_id": f"c{n}", "title": "", "text": text} for n, text in enumerate(SENTENCES)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    asked = {"_id": "q", "text": SENTENCES[4]}
    (tmp_path / "queries.jsonl").write_text(json.dumps(asked), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("q\tc4\t1\n", encoding="utf-8")

    assert ndcg_of_texts(tmp_path, FakeTokenEmbedder(), sizes=SMALL) == 1.0


def test_the_command_prints_a_line_a_size(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("evals.passage_size.make_embedder", lambda _settings: FakeTokenEmbedder())
    golden = tmp_path / "golden.yaml"
    golden.write_text('questions: [{id: a, kind: answerable, question: "Tema 7?", must_include: ["77"]}]')

    main([str(plan), "--golden", str(golden), "--sizes", "12/24,120/240/250", "--overlaps", "0,5"])

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["sizes"]["target"], row["overlap"]) for row in rows] == [(12, 0), (12, 5), (120, 0), (120, 5)]
    assert rows[2]["sizes"] == {"target": 120, "most": 240, "most_article": 250}
