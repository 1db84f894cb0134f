"""Driver records: their form, and the messages that refuse a broken one."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
import yaml

from kb.corpus.records import MAY_BE_EMPTY, Mention, Target, load_drivers, parse_record, shipped_records
from kb.errors import InputError

SCHEMA = json.loads((files("kb.corpus") / "driver.schema.json").read_text(encoding="utf-8"))


def small_record(**changes: object) -> dict[str, Any]:
    """The smallest whole record, changed field by field."""
    fields: dict[str, Any] = {"number": 3, "title": "Prova", "aim": ["Il Driver 3 prova una scheda."]}
    fields["not_stated"] = {name: "Il testo non lo dice." for name in MAY_BE_EMPTY if name != "aim"}
    return {**fields, **changes}


def as_yaml(record: object) -> str:
    return yaml.safe_dump(record, allow_unicode=True)


@pytest.mark.parametrize("file", shipped_records(), ids=lambda file: file.name)
def test_every_shipped_record_keeps_the_schema(file: Any) -> None:
    jsonschema.validate(yaml.safe_load(file.read_text(encoding="utf-8")), SCHEMA)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_ten_drivers_are_shipped_in_order() -> None:
    assert [record.number for record in load_drivers()] == list(range(1, 11))


def test_shipped_records_name_the_edition_and_leave_the_missions_empty() -> None:
    """The plan shows each Driver's missions in a picture only, so none may be filled in."""
    for record in load_drivers():
        assert record.edition == "2022-2024"
        assert record.subtitle
        assert record.pnrr_missions == ()
        assert record.not_stated["pnrr_missions"]


def test_pages_follow_the_two_that_are_printed() -> None:
    """Labels 107 and 109 stand in the plan's text; the others are counted from them and say so."""
    for record in load_drivers():
        assert record.plan_pages == (str(104 + 2 * record.number), str(105 + 2 * record.number))
        assert record.plan_pages_source == ("printed" if record.number <= 2 else "inferred")


def test_a_figure_stands_in_its_own_sentence() -> None:
    """A target's sentence can be shown alone, so each number of its value is in it."""
    for record in load_drivers():
        for target in record.targets:
            for part in target.value.replace("%", "").split("-"):
                assert part in target.sentence, (record.number, target)


def test_no_sentence_is_said_twice_in_a_record() -> None:
    for record in load_drivers():
        mentions = (*record.actors, *record.instruments, *record.laws, *record.programmes)
        said = [*record.aim, *record.actions, *record.working_style]
        said += [each.sentence for each in (*record.targets, *mentions)]
        assert len(said) == len(set(said))


EMPTY = ("actions", "actors", "instruments", "programmes", "working_style")


def test_a_record_is_read_whole() -> None:
    record = parse_record(
        as_yaml(
            small_record(
                targets=[{"value": "71", "unit": "Comuni", "what": "aderiscono", "sentence": "Aderiscono 71 Comuni."}],
                laws=[{"name": "LR 1/2020", "sentence": "La LR 1/2020 vale.", "acronym": "LR"}],
                pnrr_missions=["M1", "M5"],
                plan_pages={"labels": ["7"], "source": "printed"},
                not_stated=dict.fromkeys(
                    ("actions", "actors", "instruments", "programmes", "working_style"), "Il testo non lo dice."
                ),
            )
        ),
        "prova.yaml",
    )

    assert record.targets == (Target("71", "Comuni", "aderiscono", "Aderiscono 71 Comuni."),)
    assert record.laws == (Mention("LR 1/2020", "La LR 1/2020 vale.", "LR"),)
    assert (record.pnrr_missions, record.plan_pages, record.plan_pages_source) == (("M1", "M5"), ("7",), "printed")


TARGET = {"value": 71, "unit": "Comuni", "what": "aderiscono", "sentence": "Aderiscono 71 Comuni."}
BROKEN = {
    "number": small_record(number="tre"),
    "title": small_record(title=" "),
    "aim[0]": small_record(aim=["Frase senza punto"]),
    "actions": small_record(actions="Una frase sola."),
    "targets[0].value": small_record(targets=[TARGET]),
    "targets[0]": small_record(targets=["71 Comuni"]),
    "actors[0].sentence": small_record(actors=[{"name": "ENEA"}]),
    "laws[0].anno": small_record(laws=[{"name": "LR 1/2020", "sentence": "La LR vale.", "anno": "2020"}]),
    "pnrr_missions": small_record(pnrr_missions=["M7"]),
    "plan_pages.source": small_record(plan_pages={"labels": ["7"], "source": "a occhio"}),
    "plan_pages.labels": small_record(plan_pages={"labels": [], "source": "printed"}),
    "plan_pages": small_record(plan_pages=["7"]),
    "not_stated.titolo": small_record(not_stated={"titolo": "Manca."}),
    "budget": small_record(budget="mille"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_record_is_refused_by_file_and_field(name: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_record(as_yaml(BROKEN[name]), "mia.yaml")

    assert "mia.yaml" in str(refusal.value)
    assert f"«{name}»" in str(refusal.value)


@pytest.mark.parametrize("name", BROKEN)
def test_the_schema_refuses_what_the_loader_refuses(name: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(BROKEN[name], SCHEMA)


def test_an_empty_field_needs_its_reason_and_a_filled_one_none() -> None:
    with pytest.raises(InputError, match="«aim»: è vuoto"):
        parse_record(as_yaml(small_record(aim=[])), "mia.yaml")
    with pytest.raises(InputError, match=r"«not_stated\.actions»"):
        parse_record(as_yaml(small_record(actions=["Il Driver 3 agisce."])), "mia.yaml")


@pytest.mark.parametrize(
    ("text", "why"),
    [("a: [", "non è YAML valido"), ("- a", "non contiene i campi"), ("", "non contiene i campi"), ("\0", "YAML")],
)
def test_a_file_that_is_no_record_is_refused_in_one_line(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as refusal:
        parse_record(text, "mia.yaml")

    assert "\n" not in str(refusal.value)
