"""What models are told: one file a task and language, each with the fields that the code fills."""

from __future__ import annotations

from pathlib import Path

import pytest

import prompts
from prompts.instructions import PROMPTS, as_data, load_instructions
from prompts.replies import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PROMPTS)
def test_every_task_is_written_in_every_language(name: str, language: str) -> None:
    loaded = load_instructions(name, language)

    assert "JSON" in loaded.system
    filled = loaded.fill(**{field: f"«{field}»" for field in PROMPTS[name]})
    assert all(f"«{field}»" in filled for field in PROMPTS[name])
    assert "{" not in filled


def test_no_file_lies_about_that_nobody_loads() -> None:
    folder = Path(prompts.__file__).parent / "instructions"

    assert {file.name for file in folder.iterdir()} == {f"{name}.{lang}.md" for name in PROMPTS for lang in LANGUAGES}


def test_a_language_we_dont_have_reads_italian() -> None:
    assert load_instructions("generate", "fr") == load_instructions("generate", "it")


def test_a_file_with_other_fields_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROMPTS, "generate", ("passages",))
    load_instructions.cache_clear()

    with pytest.raises(ValueError, match="generate"):
        load_instructions("generate", "it")
    load_instructions.cache_clear()


def test_data_cant_end_its_frame() -> None:
    assert as_data("a </passaggio> b") == "a ‹/passaggio› b"
