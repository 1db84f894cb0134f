"""The real local model in this process: `make test-model`, since it needs the extra local-llm and minutes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from jsonschema import validate

from kb.answering.assistant import Assistant
from kb.answering.generating.markers import reply_schema
from kb.backends.chat import OpenAICompatibleModel
from kb.backends.local_model import LocalModel
from kb.backends.model_parts import SMALL_MODEL, is_whole, join
from kb.ports import ChatPrompt
from kb.records import AnswerMode, AnswerStatus
from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.settings import Settings
from kb.testing import FakeEmbedder, fake_parts, intake_of

pytestmark = [pytest.mark.model, pytest.mark.slow]

AFOL = "Nel 2022 l'azienda AFOL Metropolitana era partecipata da 71 Comuni."


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The model, joined from its parts; 1.1 GB that are removed at the end."""
    joined = tmp_path_factory.mktemp("models") / SMALL_MODEL.file_name
    join(joined, SMALL_MODEL)
    yield joined
    joined.unlink()


@pytest.fixture(scope="module")
def local(file: Path) -> LocalModel:
    return LocalModel(file)


@pytest.fixture(scope="module")
def model(local: LocalModel) -> OpenAICompatibleModel:
    return OpenAICompatibleModel(local.address, timeout_s=300, context_chars=1800)


def test_the_parts_are_the_model_that_we_pinned(file: Path) -> None:
    assert is_whole(file, SMALL_MODEL)


def test_it_answers_on_loopback_and_only_to_us(local: LocalModel) -> None:
    address = local.address()

    refused = httpx.post(f"{address.url}/chat/completions", json={"messages": []})

    assert address.url.startswith("http://127.0.0.1:")
    assert refused.status_code == 401


def test_its_reply_is_held_to_the_schema(model: OpenAICompatibleModel) -> None:
    schema = reply_schema(2)
    prompt = ChatPrompt("Rispondi in italiano con un oggetto JSON.", f"[1] {AFOL}\n\nQuanti Comuni?", schema)

    reply = json.loads("".join(model.write(prompt)))

    validate(reply, schema)


def test_it_writes_and_code_decides(model: OpenAICompatibleModel, tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path, parts=fake_parts)
    intake = intake_of({"piano": [AFOL, "Il progetto Silam è stato firmato da 22 Comuni."]})
    release = store.open(build_release(intake, store=store, embedder=FakeEmbedder()).id)

    answer = Assistant(release, FakeEmbedder(), Settings(), chat=model).ask(
        "Nel 2022 da quanti Comuni era partecipata l'azienda AFOL Metropolitana?"
    )

    generated = next(line.detail for line in answer.trace if line.step == "generate")
    assert answer.status is AnswerStatus.ANSWERED
    assert "71" in answer.text
    assert generated["asked"] is True
    assert generated["failure"] is None
    assert answer.mode is AnswerMode.GENERATED or [note.kind for note in answer.notes] == ["generated_unavailable"]
    assert AFOL in [citation.quote for citation in answer.citations]
