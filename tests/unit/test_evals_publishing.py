"""Publishing goes through the gate; what it says, records and leaves behind, with parts that load nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import evals.candidate
from evals.evaluation_log import read_evaluations
from evals.report_folder import report_checksum
from kb.ledger import Ledger, ledger_url
from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.testing import FakeTokenEmbedder, fake_parts, intake_of

TEXT = "Il programma riduce il consumo di suolo del 25% entro il 2031. Le scuole curano le aiuole del quartiere."
GOLDEN = """questions:
  - {id: ciao, kind: small_talk, question: "Ciao!"}
  - id: suolo
    kind: answerable
    question: Di quanto si riduce il consumo di suolo?
    must_include: ["25%"]
    document: piano
    quote: consumo di suolo del 25%
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseStore:
    monkeypatch.setattr("kb.wiring.index_parts", fake_parts)
    monkeypatch.setattr("kb.wiring.make_embedder", lambda settings: FakeTokenEmbedder())
    (tmp_path / "domande.yaml").write_text(GOLDEN, encoding="utf-8")
    monkeypatch.setenv("BUSSOLA_GOLDEN", str(tmp_path / "domande.yaml"))
    return ReleaseStore(tmp_path / "home", parts=fake_parts)


def build(store: ReleaseStore, text: str, *, name: str = "piano") -> str:
    return build_release(intake_of({name: [text]}), store=store, embedder=FakeTokenEmbedder()).id


def test_a_refusal_says_why_where_to_read_and_what_to_do(run: Run, store: ReleaseStore) -> None:
    one, two = build(store, TEXT), build(store, TEXT.replace("25%", "27%"))
    run("publish", one)

    status, out, err = run("publish", two)

    assert (status, out) == (2, "")
    lines = err.splitlines()
    assert any("25% → 27%" in line for line in lines)
    assert any("[domande: suolo]" in line for line in lines)
    assert f"la versione {two} non è stata pubblicata" in lines[-1]
    assert f"resta in uso {one}" in lines[-1]
    assert f"bussola publish {two} --override MOTIVO" in lines[-1]
    assert store.published() == one


def test_a_refusal_as_json_is_one_object(run: Run, store: ReleaseStore) -> None:
    one, two = build(store, TEXT), build(store, TEXT.replace("25%", "27%"))
    run("publish", one)

    status, out, _ = run("publish", two, "--json")

    said = json.loads(out)
    assert status == 2
    assert (said["published"], said["previous"], said["gate"]) == (one, one, "failed")
    assert {reason["rule"] for reason in said["reasons"]} >= {"figure_changed", "golden_quote"}
    assert Path(said["report"]).is_file()


def test_an_override_keeps_who_when_and_why(run: Run, store: ReleaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "rossi")
    one, two = build(store, TEXT), build(store, TEXT.replace("25%", "27%"))
    run("publish", one)

    status, out, _ = run("publish", two, "--override", "Errata corrige")

    assert status == 0
    assert "per decisione motivata" in out
    ledger = Ledger(ledger_url(store.home))
    line = ledger.publications()[0]
    assert (line.release, line.gate, line.why, line.who) == (two, "overridden", "Errata corrige", "rossi")
    ledger.close()


def test_a_reason_for_what_passes_is_not_kept(run: Run, store: ReleaseStore) -> None:
    """Nothing was overridden, so nothing may be shown as if it had been."""
    one = build(store, TEXT)

    assert json.loads(run("publish", one, "--override", "per sicurezza", "--json")[1])["gate"] == "passed"
    ledger = Ledger(ledger_url(store.home))
    assert (ledger.publications()[0].gate, ledger.publications()[0].why) == ("passed", None)
    ledger.close()


def test_evaluating_publishes_nothing(run: Run, store: ReleaseStore) -> None:
    one, two = build(store, TEXT), build(store, TEXT.replace("25%", "27%"))

    assert run("evaluate", one)[0] == 0
    assert store.published() is None
    run("publish", one)
    status, out, _ = run("evaluate", two)

    assert status == 1, "for continuous integration"
    assert "25% → 27%" in out
    assert store.published() == one


def test_the_report_s_checksum_is_in_the_ledger(run: Run, store: ReleaseStore) -> None:
    one = build(store, TEXT)
    report = Path(json.loads(run("evaluate", one, "--json")[1])["report"])

    ledger = Ledger(ledger_url(store.home))
    line = read_evaluations(ledger, one)[0]
    ledger.close()
    assert line.sha256 == report_checksum(report.parent)
    assert (line.gate, line.against) == ("passed", None)
    assert report.parent == store.home / "reports" / one


def test_questions_are_asked_once_while_nothing_changes(
    run: Run, store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = build(store, TEXT)

    assert "2 domande di prova" in run("evaluate", one)[2]
    assert "domande di prova" not in run("evaluate", one)[2]
    monkeypatch.setattr("evals.runner.code_fingerprint", lambda: "un altro programma")
    assert "2 domande di prova" in run("evaluate", one)[2]


def test_other_questions_are_asked_again(run: Run, store: ReleaseStore, tmp_path: Path) -> None:
    one = build(store, TEXT)
    run("evaluate", one)

    (tmp_path / "domande.yaml").write_text(GOLDEN.replace("Ciao!", "Buongiorno!"), encoding="utf-8")

    assert "2 domande di prova" in run("evaluate", one)[2]


def test_a_spoilt_kept_run_is_made_again(run: Run, store: ReleaseStore) -> None:
    one = build(store, TEXT)
    run("evaluate", one)
    (store.home / "cache" / "runs" / one / "questions.jsonl").write_text("{")

    assert "2 domande di prova" in run("evaluate", one)[2]


def test_a_document_that_goes_is_a_loss_not_a_question_less(run: Run, store: ReleaseStore) -> None:
    one, two = build(store, TEXT), build(store, "Gli sportelli orientano chi cerca lavoro.", name="altro")
    run("publish", one)

    said = json.loads(run("publish", two, "--json")[1])

    assert "suolo" in said["failed"]
    assert "document_lost" in {reason["rule"] for reason in said["reasons"]}


def test_a_damaged_published_release_does_not_stop_the_one_that_mends_it(run: Run, store: ReleaseStore) -> None:
    one, two = build(store, TEXT), build(store, TEXT.replace("aiuole", "piante"))
    run("publish", one)
    (store.folder(one) / "pages.jsonl").write_text("{")

    status, out, err = run("publish", two, "--json")

    assert status == 0, err
    assert json.loads(out)["gate"] == "passed"


def test_a_spoilt_pointer_is_mended_by_publishing(run: Run, store: ReleaseStore) -> None:
    one = build(store, TEXT)
    (store.home / "published").write_text("?")

    status, _, err = run("publish", one)

    assert status == 0, err
    assert store.published() == one


def test_a_damaged_candidate_is_refused_in_one_line(run: Run, store: ReleaseStore) -> None:
    one = build(store, TEXT)
    (store.folder(one) / "passages.jsonl").write_text("{")

    status, _, err = run("publish", one)

    assert status == 2
    assert "danneggiata" in err
    assert err.count("\n") == 1


def test_a_ledger_that_cannot_be_used_stops_it_before_a_question_is_asked(run: Run, store: ReleaseStore) -> None:
    one = build(store, TEXT)
    (store.home / "ledger.sqlite3").write_bytes(b"no database, and long enough to be seen as one " * 30)

    status, _, err = run("publish", one)

    assert status == 2
    assert err.splitlines() == [err.strip()], "one line, and no question asked before it"
    assert "ledger.sqlite3 è danneggiato" in err
    assert store.published() is None


def test_golden_questions_that_cannot_be_read_stop_it(run: Run, store: ReleaseStore, tmp_path: Path) -> None:
    one = build(store, TEXT)
    (tmp_path / "domande.yaml").write_text("questions: [{id: a}]")

    status, _, err = run("publish", one)

    assert status == 2
    assert "domande.yaml" in err
    assert store.published() is None


def test_a_difference_is_told_page_and_all(run: Run, store: ReleaseStore, tmp_path: Path) -> None:
    one, two = build(store, TEXT), build(store, TEXT.replace("25%", "27%"))
    page = tmp_path / "confronto.html"

    told = run("diff", one, two, "--receipts", "--html", str(page))
    data = json.loads(run("diff", one, two, "--answers", "--json")[1])

    assert told[0] == 0
    assert "25% → 27%" in told[1]
    assert "ripeti con --answers" in told[1]
    assert "Risposte già date: 0 ripetute" in told[1]
    assert "25% → 27%" in page.read_text(encoding="utf-8")
    assert [change["id"] for change in data["answers"]] == ["suolo"]
    assert data["receipts"] is None


def test_a_page_that_cannot_be_written_is_named(run: Run, store: ReleaseStore, tmp_path: Path) -> None:
    one = build(store, TEXT)

    status, _, err = run("diff", one, one, "--html", str(tmp_path / "manca" / "x.html"))

    assert status == 2
    assert "x.html" in err


def test_a_document_without_golden_questions_is_probed(run: Run, store: ReleaseStore, tmp_path: Path) -> None:
    """The probes' own kind is in the report, which has no share of right answers for it."""
    from dataclasses import replace

    intake = intake_of({"piano": [TEXT], "altro": ["Gli sportelli orientano chi cerca lavoro."]})
    passages = [replace(one, section=("Sportelli del lavoro",)) for one in intake.passages]
    built = build_release(replace(intake, passages=passages), store=store, embedder=FakeTokenEmbedder())

    status, out, err = run("evaluate", built.id, "--json")

    assert status == 0, err
    assert "3 domande di prova" in err
    assert "Sportelli del lavoro" in Path(json.loads(out)["report"]).with_name("questions.jsonl").read_text("utf-8")


def test_a_verdict_against_what_no_longer_serves_publishes_nothing(
    run: Run, store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two publishers at once: the slower one is told, and must hold its candidate against the faster one's."""
    one, two = build(store, TEXT), build(store, TEXT.replace("aiuole", "piante"))
    real = evals.candidate.evaluate_release

    def slow(*arguments: Any, **named: Any) -> Any:
        found = real(*arguments, **named)
        store.publish(one)
        return found

    monkeypatch.setattr("evals.candidate.evaluate_release", slow)
    status, _, err = run("publish", two)

    assert status == 2
    assert f"ora è {one}" in err
    assert store.published() == one
