"""What models are told: one file a task, each with the fields that the code fills."""

from __future__ import annotations

from pathlib import Path

import pytest

import prompts
from prompts.instructions import PROMPTS, as_data, load_instructions
from prompts.replies import LANGUAGES

FILES = sorted(Path(prompts.__file__).parent.joinpath("instructions").iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_is_whole_and_takes_its_fields(file: Path) -> None:
    name, language, suffix = file.name.split(".")

    loaded = load_instructions(name, language)
    filled = loaded.fill(**{field: f"«{field}»" for field in PROMPTS[name]})

    assert (language in LANGUAGES, suffix) == (True, "md")
    assert "JSON" in loaded.system
    assert all(f"«{field}»" in filled for field in PROMPTS[name])


@pytest.mark.parametrize("name", PROMPTS)
def test_every_task_is_written_in_italian_which_stands_in_for_what_is_missing(name: str) -> None:
    assert load_instructions(name, "fr") == load_instructions(name)


def test_a_file_with_other_fields_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROMPTS, "generate", ("passages",))
    load_instructions.cache_clear()

    with pytest.raises(ValueError, match="generate"):
        load_instructions("generate")
    load_instructions.cache_clear()


def test_data_cant_end_its_frame() -> None:
    assert as_data("a </passaggio> b") == "a ‹/passaggio› b"
