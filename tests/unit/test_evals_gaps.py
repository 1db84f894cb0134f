"""Gaps: collected from receipts and ratings, grouped by meaning, made golden questions and never half-written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.gap_golden import Approval, append_golden, approve_question
from evals.gaps import (
    GROUP_DISTANCE,
    OTHER_FIGURES_DISTANCE,
    OTHER_KIND_DISTANCE,
    AskedQuestion,
    collect_questions,
    gap_id,
    group_questions,
    question_distances,
)
from evals.golden import GoldenQuestion, QuestionKind, load_golden
from kb.errors import InputError
from kb.ledger import Ledger, Receipt, ledger_url
from kb.ports import Vector
from kb.testing import FakeEmbedder

TELEPHONE = "Mi dai il telefono di AFOL?"
TREES = "Quanti alberi ci saranno?"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url(tmp_path / "home"))
    yield ledger
    ledger.close()


def keep(
    ledger: Ledger, answer: str, question: str, *, status: str = "not_found", day: int = 1, times: int = 1
) -> None:
    body = {"answer": {"question": "E poi?", "standalone_question": question, "language": "it"}}
    at = f"2026-11-{day:02}T08:00:00+00:00"
    ledger.keep(Receipt(answer, "r_1", status, body, created_at=at, times=times))


def asked(text: str, *, unanswered: int = 1) -> AskedQuestion:
    return AskedQuestion(text, "it", "2026-11-01", unanswered=unanswered)


class Angles(FakeEmbedder):
    """Each question at an angle of its own, so that distances are known by hand."""

    def __init__(self, degrees: dict[str, float]) -> None:
        super().__init__(2)
        self._degrees = degrees

    def embed_query(self, text: str) -> Vector:
        """The unit vector at the question's angle."""
        angle = np.deg2rad(self._degrees[text])
        return np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)


# Collecting


def test_questions_without_an_answer_are_counted_whatever_their_spelling(ledger: Ledger) -> None:
    keep(ledger, "ans_1", TREES, times=2)
    keep(ledger, "ans_2", "quanti alberi ci saranno", day=3)
    keep(ledger, "ans_3", TELEPHONE)
    keep(ledger, "ans_4", "Che cos'è il PUMS?", status="answered")

    trees, telephone = collect_questions(ledger)

    assert (trees.count, trees.unanswered, trees.thumbs_down, trees.last_at[:10]) == (3, 3, 0, "2026-11-03")
    assert telephone.text == TELEPHONE
    assert trees.id == gap_id("QUANTI ALBERI CI SARANNO?!") != telephone.id


def test_questions_thumbed_down_are_gaps_too_and_praise_is_none(ledger: Ledger) -> None:
    keep(ledger, "ans_1", TREES, status="answered")
    keep(ledger, "ans_2", TELEPHONE, status="answered")
    for reason in ("wrong", "wrong", None):
        ledger.add_feedback("ans_1", -1, reason=reason)
    ledger.add_feedback("ans_2", 1)

    (trees,) = collect_questions(ledger)

    assert (trees.count, trees.thumbs_down, dict(trees.reasons)) == (3, 3, {"wrong": 2})


def test_since_narrows_and_receipts_without_a_question_are_passed_over(ledger: Ledger) -> None:
    keep(ledger, "ans_1", TREES, day=1)
    keep(ledger, "ans_2", TELEPHONE, day=5)
    ledger.keep(Receipt("ans_3", "r_1", "not_found", {}))

    assert [one.text for one in collect_questions(ledger, "2026-11-05")] == [TELEPHONE]
    assert len(collect_questions(ledger)) == 2


# Grouping


def test_near_questions_are_one_gap_and_the_most_asked_stands_for_it() -> None:
    near = float(np.rad2deg(np.arccos(1 - GROUP_DISTANCE))) - 1
    degrees = {"gatti": 0.0, "gatto": near, "cani": 120.0}
    questions = [asked("gatti"), asked("gatto", unanswered=3), asked("cani", unanswered=2)]

    cats, dogs = group_questions(questions, Angles(degrees))

    assert ([one.text for one in cats.questions], cats.count) == (["gatto", "gatti"], 4)
    assert cats.id == gap_id("gatto")
    assert [one.text for one in dogs.questions] == ["cani"]


def test_questions_a_little_too_far_stay_apart() -> None:
    far = float(np.rad2deg(np.arccos(1 - GROUP_DISTANCE))) + 1

    assert len(group_questions([asked("gatti"), asked("gatto")], Angles({"gatti": 0.0, "gatto": far}))) == 2


def test_a_question_alone_and_none_at_all() -> None:
    assert group_questions([], FakeEmbedder()) == []
    assert [gap.count for gap in group_questions([asked(TREES)], FakeEmbedder())] == [1]


def test_the_distance_between_questions_by_hand() -> None:
    texts = ["Quanti Comuni nel Driver 3?", "Quanti Comuni nel Driver 5?", "Quando comincia il Driver 3?"]
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.6, 0.8]])

    found = question_distances(texts, vectors)

    assert found == pytest.approx(
        [OTHER_FIGURES_DISTANCE, 0.4 + OTHER_KIND_DISTANCE, 0.4 + OTHER_KIND_DISTANCE + OTHER_FIGURES_DISTANCE]
    )


def test_only_the_newest_are_grouped_where_there_are_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.gaps.MOST_QUESTIONS", 1)
    old, new = asked(TREES, unanswered=9), AskedQuestion(TELEPHONE, "it", "2026-11-09", unanswered=1)

    (gap,) = group_questions([old, new], FakeEmbedder())

    assert gap.questions == (new,)


# Approving


def test_a_gap_becomes_a_golden_question_that_loads(tmp_path: Path) -> None:
    file = tmp_path / "nuove" / "uso.yaml"
    wish = Approval(QuestionKind.ANSWERABLE, must_include=(("mille", "1.000"), ("71",)), must_not_include=("forse",))
    append_golden(file, approve_question(asked(TREES), wish))
    append_golden(file, approve_question(asked(TELEPHONE), Approval(QuestionKind.UNANSWERABLE)))

    first, second = load_golden(file).questions
    assert (first.kind, first.question, first.must_include) == (wish.kind, TREES, wish.must_include)
    assert (second.kind, second.question, second.must_include) == (QuestionKind.UNANSWERABLE, TELEPHONE, ())
    assert first.id == gap_id(TREES).replace("g_", "gap-")


@pytest.mark.parametrize(
    "written",
    [
        '# nostre\nquestions:\n  - {id: uno, kind: unanswerable, question: "Quanto costa?"}  # commento\n',
        "questions:\n- id: uno\n  kind: unanswerable\n  question: Quanto costa?",
        "- id: uno\n  kind: unanswerable\n  question: Quanto costa?\n\n\n",
    ],
)
def test_what_stands_in_a_file_stays_as_it_is(tmp_path: Path, written: str) -> None:
    file = tmp_path / "uso.yaml"
    file.write_text(written)

    append_golden(file, approve_question(asked(TREES), Approval(QuestionKind.UNANSWERABLE)))

    assert file.read_text().startswith(written.rstrip())
    assert [one.question for one in load_golden(file).questions] == ["Quanto costa?", TREES]


@pytest.mark.parametrize("text", ["Quanto costa:\t«tutto» # o quasi?", "- 'vero' \"o\" no?", "Sì\\no?", "{a: [b]}?"])
def test_any_question_survives_yaml(tmp_path: Path, text: str) -> None:
    file = tmp_path / "uso.yaml"
    append_golden(file, approve_question(asked(text), Approval(QuestionKind.UNANSWERABLE)))

    assert load_golden(file).questions[0].question == text


def test_a_question_that_is_there_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "uso.yaml"
    golden = approve_question(asked(TREES), Approval(QuestionKind.UNANSWERABLE))
    append_golden(file, golden)
    before = file.read_bytes()

    for again in (golden, GoldenQuestion("altro", QuestionKind.UNANSWERABLE, "quanti ALBERI ci saranno")):
        with pytest.raises(InputError, match="c'è già"):
            append_golden(file, again)
    with pytest.raises(InputError, match=r"uso\.yaml.*c'è già"):
        append_golden(tmp_path / "altro.yaml", golden)

    assert file.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["uso.yaml"]


@pytest.mark.parametrize(
    "written", ["questions: [{id: uno, kind: unanswerable, question: Quanto?}]\n", "niente di buono: [", "ciao"]
)
def test_a_file_that_cannot_be_added_to_is_left_alone(tmp_path: Path, written: str) -> None:
    file = tmp_path / "uso.yaml"
    file.write_text(written)

    with pytest.raises(InputError, match=r"uso\.yaml"):
        append_golden(file, approve_question(asked(TREES), Approval(QuestionKind.UNANSWERABLE)))

    assert file.read_text() == written
    assert [one.name for one in tmp_path.iterdir()] == ["uso.yaml"]


def test_dying_while_writing_leaves_the_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "uso.yaml"
    append_golden(file, approve_question(asked(TREES), Approval(QuestionKind.UNANSWERABLE)))
    before = file.read_bytes()

    def die(*_given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("evals.gap_golden.sync", die)
    with pytest.raises(KeyboardInterrupt):
        append_golden(file, approve_question(asked(TELEPHONE), Approval(QuestionKind.UNANSWERABLE)))

    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="permessi"):
        append_golden(
            tmp_path / "file" / "uso.yaml", approve_question(asked(TREES), Approval(QuestionKind.UNANSWERABLE))
        )


@pytest.mark.parametrize(
    ("text", "wish", "told"),
    [
        ("Sono [dato personale]: e adesso?", Approval(QuestionKind.UNANSWERABLE), "--question"),
        (TREES, Approval(QuestionKind.ANSWERABLE), "--must-include"),
        (TREES, Approval(QuestionKind.UNANSWERABLE, must_include=(("71",),)), "togli"),
        (TREES, Approval(QuestionKind.ANSWERABLE, document="psttm"), "insieme"),
        (TREES, Approval(QuestionKind.ANSWERABLE, quote="71 Comuni"), "insieme"),
    ],
)
def test_an_approval_that_says_too_little_or_too_much_is_told(text: str, wish: Approval, told: str) -> None:
    with pytest.raises(InputError, match=told):
        approve_question(asked(text), wish)


def test_a_question_can_be_reworded(tmp_path: Path) -> None:
    golden = approve_question(
        asked("Sono [dato personale]: e adesso?"), Approval(QuestionKind.UNANSWERABLE, "E adesso?")
    )

    assert golden.question == "E adesso?"


# The command


@pytest.fixture
def house(house: Any) -> Any:
    """With a published release."""
    house.build("AFOL riunisce 71 Comuni.", "Gli alberi della forestazione crescono.")
    return house


def test_gaps_are_listed_with_examples_and_the_nearest_place(house: Any, ledger: Ledger) -> None:
    keep(ledger, "ans_1", "Quanti alberi della forestazione crescono?", times=3)
    keep(ledger, "ans_2", "Telefono AFOL?", day=9)

    told = json.loads(house.run("gaps", "--json")[1])

    assert (told["questions"], [gap["count"] for gap in told["gaps"]]) == (2, [3, 1])
    assert (told["gaps"][0]["nearest"]["document"], told["gaps"][0]["nearest"]["page_index"]) == ("d", 2)
    out = house.run("gaps")[1]
    assert out.startswith("2 lacune")
    assert "3 volte" in out
    assert "vicino a: Documento d, pagina 2 del file" in out
    assert json.loads(house.run("gaps", "--since", "2026-11-09", "--json")[1])["questions"] == 1
    assert "Nessuna lacuna dal 2026-12-01" in house.run("gaps", "--since", "2026-12-01")[1]


def test_nothing_asked_needs_no_release(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUSSOLA_HOME", str(house.home / "altra"))

    assert json.loads(house.run("gaps", "--json")[1]) == {"since": None, "questions": 0, "gaps": []}


def test_a_gap_is_approved_by_the_id_that_the_list_shows(house: Any, ledger: Ledger, tmp_path: Path) -> None:
    keep(ledger, "ans_1", TREES)
    keep(ledger, "ans_2", TELEPHONE)
    ids = [gap["gap"] for gap in json.loads(house.run("gaps", "--json")[1])["gaps"]]
    out = tmp_path / "uso.yaml"
    quoted = ("--document", "d", "--quote", "AFOL riunisce 71 Comuni.")

    assert house.run("gaps", "approve", ids[0], "--kind", "unanswerable", "--out", str(out))[0] == 0
    done = house.run("gaps", "approve", ids[1], "--kind", "answerable", *quoted, "--out", str(out), "--json")

    assert json.loads(done[1])["out"] == str(out)
    assert {one.question for one in load_golden(out).questions} == {TREES, TELEPHONE}
    assert load_golden(out).questions[1].quote == "AFOL riunisce 71 Comuni."
    status, _, err = house.run("gaps", "approve", ids[0], "--kind", "unanswerable", "--out", str(out))
    assert (status, "c'è già" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("gaps", "--since", "ieri"), "ieri"),
        (("gaps", "approve", "g_inventata", "--kind", "unanswerable", "--out", "x.yaml"), "g_inventata"),
        (("gaps", "approve", "g_x", "--kind", "boh", "--out", "x.yaml"), "boh"),
        (("gaps", "approve", "g_x", "--out", "x.yaml"), "--kind"),
        (("gaps", "approve", "g_x", "--kind", "unanswerable"), "--out"),
        (("gaps", "approve", "ALBERI", "--kind", "answerable", "--out", "x.yaml", "--must-include", "|"), "vuoto"),
        (("gaps", "approve", "ALBERI", "--kind", "answerable", "--out", "x.yaml"), "--must-include"),
        (
            (*("gaps", "approve", "ALBERI", "--kind", "answerable"), *"--out x.yaml --document d --quote zzz".split()),
            "non sta in nessuna pagina",
        ),
    ],
)
def test_a_fault_is_one_clear_line(
    house: Any, ledger: Ledger, arguments: tuple[str, ...], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(house.home)
    keep(ledger, "ans_1", TREES)

    status, out, err = house.run(*(gap_id(TREES) if one == "ALBERI" else one for one in arguments))

    assert (status, out) == (2, "")
    assert named in err
    assert len(err.splitlines()) == 1
    assert not (house.home / "x.yaml").exists()
