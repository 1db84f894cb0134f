"""`bussola step`: every step runs alone and in batch, by the way of the product, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kb.answering.assistant import STEPS

QUESTION = "Quanti Comuni riunisce l'Agenzia per la formazione?"
NAMES = [name for name, _ in STEPS]


@pytest.fixture
def house(house: Any) -> Any:
    """With a published release."""
    house.build("L'Agenzia per la formazione riunisce 71 Comuni del territorio.", "Il PUMS riguarda la mobilità.")
    return house


@pytest.mark.parametrize("name", NAMES)
def test_every_step_tells_what_the_whole_way_tells(house: Any, name: str) -> None:
    whole = json.loads(house.run("ask", QUESTION, "--json")[1])
    told = json.loads(house.run("step", name, QUESTION, "--json")[1])

    reached = [line["step"] for line in whole["trace"]]
    assert told["step"] == (name if name in reached else reached[-1])
    assert told["reached"] == (name in reached)
    line = next(line for line in whole["trace"] if line["step"] == told["step"])
    assert told["detail"] == {key: value for key, value in line.items() if key not in ("step", "ms")}
    assert told["state"]["question"] == whole["question"]


def test_the_last_step_has_the_answer(house: Any) -> None:
    whole = json.loads(house.run("ask", QUESTION, "--json")[1])
    told = json.loads(house.run("step", NAMES[-1], QUESTION, "--json")[1])

    assert (told["status"], told["state"]["text"]) == (whole["status"], whole["text"])


def test_a_batch_is_a_line_a_question_in_order(house: Any, tmp_path: Path) -> None:
    batch = tmp_path / "domande.jsonl"
    rows = [
        {"id": 7, "question": QUESTION},
        {"id": "b", "question": "   "},
        {"id": "c", "question": "E del PUMS?", "history": [QUESTION]},
        {"id": "d", "question": "Ciao!"},
    ]
    batch.write_text("\n".join(json.dumps(row) for row in rows))

    status, out, _ = house.run("step", "condense", "--batch", str(batch))

    told = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [line["question_id"] for line in told] == [7, "b", "c", "d"]
    assert "vuota" in told[1]["error"]
    assert "PUMS" in told[2]["detail"]["standalone"]
    assert told[2]["detail"]["standalone"] != "E del PUMS?"
    assert (told[3]["step"], told[3]["reached"], told[3]["status"]) == ("route", False, "small_talk")


def test_nothing_is_left_behind(house: Any) -> None:
    before = {file: file.read_bytes() for file in house.home.rglob("*") if file.is_file()}
    house.run("step", NAMES[-1], QUESTION)

    assert {file: file.read_bytes() for file in house.home.rglob("*") if file.is_file()} == before


def test_personal_data_is_masked_from_the_first_step_on(house: Any) -> None:
    out = house.run("step", "guard", f"{QUESTION} Scrivi a mario@esempio.it")[1]

    assert "mario@esempio.it" not in out
    assert "[dato personale]" in out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("step", "nuota", QUESTION), "guard, route"),
        (("step", "nuota", "--batch", "x.jsonl"), "guard, route"),
        (("step", "guard"), "manca la domanda"),
        (("step", "guard", "--batch", "assente.jsonl"), "assente.jsonl"),
        (("step", "guard", QUESTION, "--batch", "assente.jsonl"), "togli"),
        (("step", "guard", QUESTION, "--release", "r_inventata"), "r_inventata"),
        (("step", "guard", "?" * 10_000), "10000"),
    ],
)
def test_a_fault_is_one_clear_line(house: Any, arguments: tuple[str, ...], named: str) -> None:
    status, out, err = house.run(*arguments)

    assert (status, out) == (2, "")
    assert named in err
    assert len(err.splitlines()) == 1


def test_a_history_that_is_no_list_is_told(house: Any, tmp_path: Path) -> None:
    batch = tmp_path / "domande.jsonl"
    batch.write_text(json.dumps({"id": 1, "question": QUESTION, "history": "Che cos'è il PUMS?"}))

    for command in (("step", "guard"), ("ask",)):
        status, out, err = house.run(*command, "--batch", str(batch))
        assert (status, out) == (2, "")
        assert "history" in err


def test_without_a_name_the_steps_are_listed(house: Any) -> None:
    assert house.run("step")[1].split() == NAMES
    assert json.loads(house.run("step", "--json")[1]) == {"steps": NAMES}


def test_a_step_reads_well_in_the_terminal(house: Any) -> None:
    out = house.run("step", "retrieve", QUESTION)[1]

    assert out.startswith("retrieve: ")
    assert "standalone: " in out
    assert "non serve" in house.run("step", "verify", "Ciao!")[1]
