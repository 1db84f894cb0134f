"""Settings: a variable that can't be used is one line in Italian, with the value and what it is by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import InputError
from kb.settings import PROBLEMS, Settings, default_home, load_settings


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("max_question_chars", "molti", "non è un numero intero"),
        ("max_question_chars", "10", "è meno di 50"),
        ("retention_days", "99999", "è più di 3650"),
        ("telegram_messages_per_second", "0", "non è più di 0"),
        ("llm_timeout_s", "presto", "non è un numero"),
        ("llm_timeout_s", "inf", "non è un numero finito"),
        ("telegram_chat_pause_s", "nan", "non è un numero finito"),
        ("api_limit_citizen", "tanto", "ha un'altra forma"),
        ("telegram_api_url", "api.telegram.org", "ha un'altra forma"),
    ],
)
def test_a_value_that_can_t_be_used_is_one_line(
    monkeypatch: pytest.MonkeyPatch, field: str, value: str, said: str
) -> None:
    name = f"BUSSOLA_{field.upper()}"
    monkeypatch.setenv(name, value)

    with pytest.raises(InputError) as caught:
        load_settings()

    default = Settings.model_fields[field].default
    assert str(caught.value) == (
        f"{name} vale «{value}», che {said}: correggi la variabile d'ambiente (il valore predefinito è «{default}»)."
    )


def test_every_rule_of_a_number_has_its_words() -> None:
    rules = {type(rule).__name__ for field in Settings.model_fields.values() for rule in field.metadata}

    assert rules <= {"Ge", "Gt", "Le", "_PydanticGeneralMetadata"}
    assert {"greater_than_equal", "greater_than", "less_than_equal"} <= set(PROBLEMS)


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.setenv(f"BUSSOLA_{field.upper()}", "")

    found = load_settings()

    assert found.home == default_home()
    assert (found.llm_timeout_s, found.contact) == (20.0, Settings.model_fields["contact"].default)


def test_a_home_that_is_a_file_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BUSSOLA_HOME", str(tmp_path / "file"))

    with pytest.raises(InputError, match=r"BUSSOLA_HOME vale «.*file», che non è una cartella"):
        load_settings()
