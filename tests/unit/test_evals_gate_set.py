"""A candidate is asked what its documents, or those it replaces, have to do with."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.gate_set import (
    SAMPLE_EVERY,
    GateSet,
    choose_questions,
    first_sample,
    ids_of,
    is_shipped_corpus,
    load_gate_questions,
)
from evals.golden import GoldenQuestion, GoldenSet, QuestionKind
from ingest.intake import shipped_files
from ingest.readers.table import read_file
from kb.errors import InputError

ANSWERABLE, MISSING = QuestionKind.ANSWERABLE, QuestionKind.UNANSWERABLE
QUESTIONS = (
    GoldenQuestion("driver", ANSWERABLE, "?", document="driver-01", quote="q"),
    GoldenQuestion("guida", ANSWERABLE, "?", document="guida", quote="q"),
    GoldenQuestion("manca", MISSING, "?"),
    GoldenQuestion("falsa", QuestionKind.FALSE_PREMISE, "?"),
    GoldenQuestion("meteo", QuestionKind.OUT_OF_SCOPE, "?"),
    GoldenQuestion("ciao", QuestionKind.SMALL_TALK, "?"),
    GoldenQuestion("ordine", QuestionKind.INJECTION, "?", must_not_include=("SBLOCCATO",)),
    GoldenQuestion("ordine-gol", QuestionKind.INJECTION, "?", must_include=(("GOL",),)),
)
GOLDEN = GoldenSet(QUESTIONS, "f" * 64, "prova")


def asked(*documents: str) -> set[str]:
    return ids_of(choose_questions(GOLDEN, documents).golden.questions)


def test_every_question_is_asked_where_every_document_is() -> None:
    chosen = choose_questions(GOLDEN, ["driver-01", "guida", "pums"])

    assert chosen.golden.questions == QUESTIONS
    assert chosen.left_out == ()


def test_a_question_follows_its_document() -> None:
    assert "driver" in asked("driver-01")
    assert "guida" not in asked("driver-01")


def test_what_is_not_written_is_only_known_of_the_whole_set() -> None:
    """Other documents may say it, or make the premise true."""
    assert {"manca", "falsa", "ordine-gol"} & asked("driver-01") == set()


def test_other_documents_are_still_asked_what_depends_on_none() -> None:
    assert asked("regolamento-edilizio") == {"meteo", "ciao", "ordine"}


def test_what_is_left_out_is_told() -> None:
    assert choose_questions(GOLDEN, ["driver-01"]).left_out == ("guida", "manca", "falsa", "ordine-gol")


def test_the_first_sample_is_a_fifth_and_every_injection() -> None:
    many = tuple(GoldenQuestion(f"d{at}", ANSWERABLE, "?") for at in range(20)) + QUESTIONS
    sample = first_sample(GateSet(GoldenSet(many, "f", "prova")))
    ids = ids_of(sample.golden.questions)

    assert sample.sampled
    assert {f"d{at}" for at in range(0, 20, SAMPLE_EVERY)} <= ids
    assert {"ordine", "ordine-gol"} <= ids
    assert len(ids) < len(many) / 3


def test_the_shipped_corpus_is_known_by_its_files() -> None:
    import hashlib

    sums = [hashlib.sha256(found.path.read_bytes()).hexdigest() for found in shipped_files()]

    assert is_shipped_corpus(reversed(sums))
    assert not is_shipped_corpus(sums[1:])
    assert not is_shipped_corpus([*sums, "0" * 64])
    assert read_file(shipped_files()[0].path).pages


def test_the_shipped_questions_are_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert len(load_gate_questions(tmp_path).questions) >= 150


def test_the_staff_s_own_questions_are_asked_beside_the_shipped_ones(tmp_path: Path) -> None:
    shipped = load_gate_questions(tmp_path)
    (tmp_path / "golden").mkdir()
    own = tmp_path / "golden" / "nostre.yaml"
    own.write_text("questions: [{id: nostra, kind: small_talk, question: Ciao}]", encoding="utf-8")

    both = load_gate_questions(tmp_path)

    assert [question.id for question in both.questions] == [*(one.id for one in shipped.questions), "nostra"]
    assert both.fingerprint != shipped.fingerprint
    own.write_text(
        f"questions: [{{id: {shipped.questions[0].id}, kind: small_talk, question: Ciao}}]", encoding="utf-8"
    )
    with pytest.raises(InputError, match=shipped.questions[0].id):
        load_gate_questions(tmp_path)


def test_a_folder_of_the_settings_takes_the_place_of_both(tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text("questions: [{id: sola, kind: small_talk, question: Ciao}]", encoding="utf-8")

    assert ids_of(load_gate_questions(tmp_path / "home", folder=tmp_path).questions) == {"sola"}
