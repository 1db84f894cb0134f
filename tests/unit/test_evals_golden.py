"""Golden questions are read whole, and a slip in the file is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.golden import QuestionKind, load_golden
from kb.errors import InputError


def write(folder: Path, text: str, name: str = "domande.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_every_field_is_read(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
        questions:
          - {id: a, kind: follow_up, drivers: [2, 3], history: ["E prima?"], lang: en, question: "E dopo?",
             document: driver-02, quote: "tra il 25% e il 30%",
             must_include: ["25%", ["tre", 3]], must_not_include: ["45%"], note: "un campo in più non disturba"}
        """,
    )

    (question,) = load_golden(file).questions

    assert question.kind is QuestionKind.FOLLOW_UP
    assert question.drivers == (2, 3)
    assert question.history == ("E prima?",)
    assert question.lang == "en"
    assert question.must_include == (("25%",), ("tre", "3"))
    assert question.must_not_include == ("45%",)
    assert (question.document, question.quote) == ("driver-02", "tra il 25% e il 30%")


@pytest.mark.parametrize("written", ["smalltalk", "small talk", "small_talk", "Small-Talk"])
def test_small_talk_is_known_in_every_spelling(tmp_path: Path, written: str) -> None:
    file = write(tmp_path, f"[{{id: a, kind: '{written}', question: Ciao}}]")

    assert load_golden(file).questions[0].kind is QuestionKind.SMALL_TALK


def test_a_folder_is_read_in_the_order_of_its_files(tmp_path: Path) -> None:
    write(tmp_path, "questions: [{id: z, kind: answerable, question: Chi}]", "2.yaml")
    write(tmp_path, "questions: [{id: a, kind: answerable, question: Chi}]", "1.yml")

    assert [question.id for question in load_golden(tmp_path).questions] == ["a", "z"]


def test_the_fingerprint_follows_the_bytes(tmp_path: Path) -> None:
    file = write(tmp_path, "questions: [{id: a, kind: answerable, question: Chi}]")
    before = load_golden(file).fingerprint
    write(tmp_path, "questions: [{id: a, kind: answerable, question: Che}]")

    assert load_golden(file).fingerprint != before


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "questions"),
        ("questions: []", "questions"),
        ("questions: [1", "riga 1"),
        ("- tre", "domanda 1"),
        ("- {id: a, question: Chi}", "kind"),
        ("- {id: a, kind: forse, question: Chi}", "kind vale «forse»"),
        ("- {id: a, kind: answerable}", "domanda «a»: question"),
        ("- {id: a, kind: answerable, question: ' '}", "question"),
        ("- {kind: answerable, question: Chi}", "id"),
        ("- {id: a, kind: answerable, question: Chi, drivers: 8}", "drivers"),
        ("- {id: a, kind: answerable, question: Chi, drivers: [otto]}", "drivers"),
        ("- {id: a, kind: answerable, question: Chi, history: Prima}", "history"),
        ("- {id: a, kind: answerable, question: Chi, must_include: 71}", "must_include"),
        ("- {id: a, kind: answerable, question: Chi, must_include: [[]]}", "must_include"),
        ("- {id: a, kind: answerable, question: Chi, must_includes: ['71']}", "forse volevi «must_include»"),
        ("- {id: a, kind: answerable, question: Chi, document: driver-02}", "ha document, ma quote"),
        ("- {id: a, kind: answerable, question: Chi, quote: sono 71}", "ha quote, ma document"),
        ("- {id: a, kind: answerable, question: Chi, document: d, quote: 71}", "quote vale «71»"),
        ("- {id: a, kind: answerable, question: Chi}\n- {id: a, kind: answerable, question: Che}", "due volte"),
    ],
)
def test_a_slip_is_named_with_its_file(tmp_path: Path, text: str, named: str) -> None:
    file = write(tmp_path, text)

    with pytest.raises(InputError) as caught:
        load_golden(file)

    assert named in str(caught.value)
    assert str(file) in str(caught.value)


def test_what_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "dati.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    empty = tmp_path / "vuota"
    empty.mkdir()

    for path in (tmp_path / "manca.yaml", binary, empty):
        with pytest.raises(InputError, match=str(path)):
            load_golden(path)


@pytest.mark.shared
def test_the_development_set_is_read_whole(shared: Path) -> None:
    questions = load_golden(shared / "evals" / "golden-dev.yaml").questions

    assert len(questions) == 39
    assert sum(question.kind is QuestionKind.ANSWERABLE for question in questions) == 28
