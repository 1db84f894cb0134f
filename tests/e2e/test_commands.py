"""The real commands, as people type them: from a document to a cited answer, and each mistake said in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
AFOL = "Quanti Comuni partecipano ad AFOL Metropolitana?"

Bussola = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, computed: Path) -> Path:
    """An empty home but for what is computed once for all tests."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "cache").symlink_to(computed, target_is_directory=True)
    return folder


@pytest.fixture(scope="module")
def bussola(home: Path) -> Bussola:
    """Runs `bussola` with the arguments given, in the project's folder."""

    def run(*arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bussola", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env=environment(home) | changes,
            timeout=300,
            check=False,
        )

    return run


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BUSSOLA_")}
    # A few of the gate's questions: the whole gate is for tests/e2e/test_refused_updates.py and for the releases.
    golden = {"BUSSOLA_GOLDEN": str(ROOT / "evals" / "golden" / "attacks.yaml")}
    return kept | golden | {"BUSSOLA_HOME": str(home), "PYTHONUTF8": "1", "HF_HUB_OFFLINE": "1"}


def data(ran: subprocess.CompletedProcess[str]) -> Any:
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("\n") == 1, "one JSON object, nothing else"
    return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def published(bussola: Bussola, shared: Path) -> str:
    """The plan's chapter on top of the shipped corpus, built and published."""
    source = shared / "corpus" / "psttm-agenda-strategica.txt"
    about = ("--title", "Piano strategico 2022-2024, Agenda strategica", "--kind", "plan", "--edition", "2022-2024")
    built = data(bussola("ingest", source, *about, "--json"))
    assert any(document["title"] == about[1] for document in built["documents"])
    done = data(bussola("publish", built["release"], "--json"))
    assert done["published"] == built["release"]
    assert done["previous"] is None
    return str(built["release"])


@pytest.mark.shared
def test_an_answer_is_cited_word_for_word(bussola: Bussola, published: str) -> None:
    answer = data(bussola("ask", AFOL, "--json"))

    assert answer["status"] == "answered"
    assert answer["release"] == published
    assert "71" in answer["text"]
    assert {citation["driver"] for citation in answer["citations"]} == {8}
    assert all(citation["quote"] for citation in answer["citations"])
    assert all(sentence["citations"] for sentence in answer["sentences"])


@pytest.mark.shared
def test_the_terminal_shows_the_sentence_and_its_source(bussola: Bussola, published: str) -> None:
    ran = bussola("ask", AFOL)

    assert ran.returncode == 0
    assert ran.stderr == ""
    assert "71" in ran.stdout
    assert "«" in ran.stdout


@pytest.mark.shared
def test_a_batch_answers_in_the_order_asked(bussola: Bussola, published: str, tmp_path: Path) -> None:
    batch = tmp_path / "domande.jsonl"
    lines = [
        {"id": "b", "question": "E quelli del progetto Silam quanti sono?", "history": [AFOL]},
        {"id": "c", "question": "Chi è il sindaco metropolitano?", "history": []},
        {"id": "a", "question": AFOL},
    ]
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    ran = bussola("ask", "--batch", batch)

    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [answer["question_id"] for answer in answers] == ["b", "c", "a"]
    assert "22" in answers[0]["text"]
    assert answers[1]["status"] == "not_found", "the documents don't say"
    assert "71" in answers[2]["text"]


@pytest.mark.shared
def test_a_search_narrowed_to_a_driver_stays_in_it(bussola: Bussola, published: str) -> None:
    found = data(bussola("search", "consumo di suolo", "-k", "5", "--driver", "2", "--json"))["passages"]

    assert 0 < len(found) <= 5
    assert {passage["driver"] for passage in found} == {2}
    assert all(passage["scores"] for passage in found)


@pytest.mark.shared
def test_releases_are_listed_shown_published_and_rolled_back(bussola: Bussola, published: str) -> None:
    listed = data(bussola("releases", "--json"))
    shown = data(bussola("show", published, "--json"))

    assert listed["published"] == published
    assert [release["release"] for release in listed["releases"]] == [published]
    assert shown["release"] == published
    assert {document["kind"] for document in shown["documents"]} >= {"plan", "driver_record", "guide"}


@pytest.mark.shared
def test_an_evaluation_prints_the_contract_and_keeps_its_files(
    bussola: Bussola, published: str, tmp_path: Path
) -> None:
    golden = tmp_path / "domande.yaml"
    golden.write_text(
        "questions:\n"
        f"  - {{id: afol, kind: answerable, drivers: [8], question: '{AFOL}', must_include: ['71']}}\n"
        "  - {id: sindaco, kind: unanswerable, question: 'Chi è il sindaco metropolitano?'}\n"
        "  - {id: falsa, kind: answerable, question: 'Quanti Driver ci sono?', must_include: ['quarantadue']}\n",
        encoding="utf-8",
    )

    found = data(bussola("evals", "run", golden, "--out", tmp_path / "esito", "--json"))

    assert found["questions"] == 3
    assert found["failed"] == ["falsa"]
    assert found["gate"] == "not_applied"
    assert found["metrics"]["right"]["k"] == 2
    assert found["metrics"]["quote_fidelity"]["value"] == 1.0
    assert found["metrics"]["figure_fidelity"]["value"] == 1.0
    header = json.loads((tmp_path / "esito" / "report.json").read_text(encoding="utf-8"))["header"]
    assert header["release"] == published
    assert len((tmp_path / "esito" / "questions.jsonl").read_text(encoding="utf-8").splitlines()) == 3


FILES = ("manca.pdf", "manca.yaml", "manca.txt", "vuoto.txt", "finto.pdf", "immagini", "rotte.yaml", "rotte.jsonl")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Things that can't be read, each for its own reason."""
    (tmp_path / "vuoto.txt").write_text("")
    (tmp_path / "finto.pdf").write_text("non sono un PDF")
    (tmp_path / "immagini").mkdir()
    (tmp_path / "immagini" / "foto.png").write_bytes(b"\x89PNG")
    (tmp_path / "rotte.yaml").write_text("questions: [{id: a, kind: forse, question: Chi}]")
    (tmp_path / "rotte.jsonl").write_text("{\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["ingest", "manca.pdf"], "manca.pdf"),
        (["ingest", "vuoto.txt"], "vuoto.txt"),
        (["ingest", "finto.pdf"], "finto.pdf"),
        (["ingest", "immagini"], "immagini"),
        (["ingest", "--fresh"], "--fresh"),
        (["ask", ""], "domanda"),
        (["ask", "?" * 10_000], "10000"),
        (["ask", "Che cos'è il PUMS?", "--release", "r_inventata"], "r_inventata"),
        (["ask", "--batch", "rotte.jsonl"], "rotte.jsonl"),
        (["search", " "], "cercare"),
        (["show", "r_inventata"], "r_inventata"),
        (["publish", "r_inventata"], "r_inventata"),
        (["evals", "run", "manca.yaml"], "manca.yaml"),
        (["evals", "run", "rotte.yaml"], "forse"),
        (["evals", "extraction", "finto.pdf", "--source", "manca.txt"], "finto.pdf"),
        (["evals", "retrieval", "immagini"], "corpus.jsonl"),
        (["ask", "--piace"], "--piace"),
        (["consulta"], "consulta"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
@pytest.mark.shared
def test_a_mistake_is_one_line_and_status_2(
    bussola: Bussola, published: str, folder: Path, arguments: list[str], named: str
) -> None:
    """The line names what is wrong; nothing is built by it."""
    real = [str(folder / part) if part in FILES else part for part in arguments]
    before = data(bussola("releases", "--json")) if arguments[0] == "ingest" else None

    ran = bussola(*real)

    assert ran.returncode == 2, ran.stderr
    assert ran.stdout == ""
    assert ran.stderr.startswith("bussola: ")
    assert ran.stderr.count("\n") == 1
    assert named in ran.stderr
    assert before is None or data(bussola("releases", "--json")) == before


def test_nothing_published_is_said_with_the_remedy(bussola: Bussola, tmp_path: Path) -> None:
    ran = bussola("ask", AFOL, BUSSOLA_HOME=str(tmp_path))

    assert ran.returncode == 2
    assert "bussola ingest" in ran.stderr or "bussola publish" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_wrong_setting_names_its_variable(bussola: Bussola) -> None:
    ran = bussola("releases", BUSSOLA_MAX_QUESTION_CHARS="tanti")

    assert ran.returncode == 2
    assert "BUSSOLA_MAX_QUESTION_CHARS" in ran.stderr


def test_help_is_read_by_anyone(bussola: Bussola) -> None:
    ran = bussola("--help")

    assert ran.returncode == 0
    assert "Piano strategico" in ran.stdout
    for name in ("ask", "search", "ingest", "publish", "evals", "serve"):
        assert f"  {name} " in ran.stdout


@pytest.fixture(autouse=True, scope="module")
def _nothing_left_behind(home: Path) -> Iterator[None]:
    """No command leaves a half-built release."""
    yield
    left = [entry.name for entry in (home / "releases").glob("*") if not entry.name.startswith("r_")]
    assert left == []
