"""The needed fact within the first passages, worked by hand; and the right edition, on two small ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.commands.evaluating import evals
from evals.editions import bare_action, evaluate_editions, questions_of, read_actions
from evals.facts import FactReport, FactRun, fact_run, measure_facts
from evals.golden import GoldenQuestion, QuestionKind
from kb.errors import InputError
from kb.records import Document, DocumentKind, Passage, Span
from kb.releases.parts import IndexParts
from kb.retrieval.memory import build_memory_release
from kb.retrieval.search import Searcher
from kb.testing import FakeEmbedder, fake_parts

TEXTS = ["Le stazioni radio base sono 55.", "AFOL conta 71 Comuni.", "Il parco agricolo è a sud."]
PASSAGES = [
    Passage(f"p{at}", "plan", text, (Span(1, 0, len(text)),), ("",), section=("Driver 8",))
    for at, text in enumerate(TEXTS)
]


def searcher() -> Searcher:
    plan = Document("plan", "Piano", DocumentKind.PLAN, "1")
    return Searcher(build_memory_release([plan], PASSAGES, FakeEmbedder()), FakeEmbedder())


@pytest.mark.parametrize(
    ("needed", "passages", "words"),
    [
        ([["55"]], 1, 6),
        ([["71"], ["AFOL"]], 2, 10),
        ([["55"], ["sud", "nord"]], 3, 16),
        ([["nord", "stazioni"]], 1, 6),
        ([["5"]], None, None),  # inside 55
        ([["55"], ["nord"]], None, None),
        ([["Driver 8"]], 1, 6),  # in the heading
    ],
)
def test_passages_needed_by_hand(needed: list[list[str]], passages: int | None, words: int | None) -> None:
    assert fact_run("q", needed, PASSAGES) == FactRun("q", passages, words)


def test_figures_by_hand() -> None:
    runs = (FactRun("a", 1, 6), FactRun("b", 2, 10), FactRun("c", 7, 40), FactRun("d", None, None))
    figures = FactReport(runs, 5).to_json()

    assert [figures[f"fact@{depth}"] for depth in (1, 3, 5, 10)] == [0.25, 0.5, 0.5, 0.75]
    assert figures["failed"] == ["c", "d"]
    assert (figures["questions"], figures["k"]) == (4, 5)
    assert (figures["low"], figures["high"]) == (0.15, 0.85)  # Wilson, 2 of 4
    assert FactReport((), 5).to_json()["fact@5"] is None


def test_only_answerable_questions_that_name_a_fact_are_asked() -> None:
    golden = [
        GoldenQuestion("a", QuestionKind.ANSWERABLE, "Quanti Comuni conta AFOL?", must_include=(("71",),)),
        GoldenQuestion("b", QuestionKind.ANSWERABLE, "Che cosa c'è?"),
        GoldenQuestion("c", QuestionKind.UNANSWERABLE, "Quanto costa?", must_include=(("71",),)),
    ]
    report = measure_facts(golden, searcher(), depth=1)

    assert report.runs == (FactRun("a", 1, 4),)
    assert report.to_json()["fact@1"] == 1.0


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Giugno 2021 - Emanazione delle Linee guida - (AGID)", "Emanazione delle Linee guida"),
        ("Entro dicembre 2025 – Avvio (pilota) dei servizi – (AGID e Ministeri)", "Avvio (pilota) dei servizi"),
        ("Avvio dei servizi", "Avvio dei servizi"),
    ],
)
def test_an_action_is_asked_without_deadline_and_actors(text: str, bare: str) -> None:
    assert bare_action(text) == bare


def write_editions(folder: Path) -> Path:
    for edition, month in (("2020-2022", "giugno 2021"), ("2024-2026", "marzo 2025")):
        (folder / edition).mkdir(parents=True)
        text = f"# Azioni\n\nEntro {month} sono pubblicate le linee guida sui servizi digitali.\n"
        (folder / edition / "azioni.md").write_text(text, encoding="utf-8")
    rows = [
        {"edition": edition, "code": f"LA{at}", "text": "Giugno 2021 - Pubblicazione delle linee guida - (AGID)"}
        for at, edition in enumerate(("2020-2022", "2024-2026"))
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / "azioni.jsonl").write_text(lines + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> IndexParts:
    made = fake_parts()
    monkeypatch.setattr("kb.wiring.index_parts", lambda: made)
    return made


def test_the_edition_named_answers_else_the_newest(tmp_path: Path, parts: IndexParts) -> None:
    figures = evaluate_editions(write_editions(tmp_path), FakeEmbedder()).to_json()

    assert {name: figures[name] for name in ("actions", "newest", "named_right", "unnamed_right", "failed")} == {
        "actions": 2,
        "newest": "2024-2026",
        "named_right": 2,
        "unnamed_right": 2,
        "failed": [],
    }
    assert figures["named_share"] == 1.0


def test_one_question_names_the_edition_and_one_does_not(tmp_path: Path) -> None:
    named, unnamed = questions_of(read_actions(write_editions(tmp_path))[0])

    assert named == "Secondo il Piano 2020-2022, entro quando: Pubblicazione delle linee guida?"
    assert "20" not in unnamed


def test_a_folder_that_lacks_a_part_is_told(tmp_path: Path, parts: IndexParts) -> None:
    with pytest.raises(InputError, match="0 file"):
        read_actions(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"edition": "2020-2022"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="riga 1"):
        read_actions(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"edition": "2020-2022", "code": "a", "text": "b"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="2020-2022"):
        evaluate_editions(tmp_path, FakeEmbedder())


def test_the_commands_print_one_object(tmp_path: Path, parts: IndexParts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.wiring.make_embedder", lambda _settings: FakeEmbedder())
    ran = CliRunner().invoke(evals, ["editions", str(write_editions(tmp_path)), "--json"], catch_exceptions=False)

    assert json.loads(ran.stdout)["named_right"] == 2
    shown = CliRunner().invoke(evals, ["editions", str(tmp_path)], catch_exceptions=False).stdout
    assert "failed         nessuna" in shown
