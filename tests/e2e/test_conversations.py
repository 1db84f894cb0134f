"""Conversations as people hold them, on the shipped corpus with the real parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import bussola
from kb.answering.assistant import Assistant
from kb.settings import Settings
from kb.wiring import release_store

pytestmark = pytest.mark.slow

CONVERSATIONS: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("conversations.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def assistant(cached_e5: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The one that answers from the shipped corpus, built by the real command."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.wiring.make_embedder", lambda settings, **_: cached_e5)
        result = CliRunner().invoke(bussola.bussola, ["ingest", "--json"], env={"BUSSOLA_HOME": str(home)})
        assert result.exit_code == 0, result.stderr or result.exception
    store = release_store(Settings(home=home))
    yield Assistant(store.open(store.ids()[0]), cached_e5, Settings(home=home))


def test_there_are_twenty_of_five_turns() -> None:
    assert sum(len(one["turns"]) >= 5 for one in CONVERSATIONS) >= 20


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda one: one["name"])
def test_a_conversation_goes_as_people_expect(assistant: Assistant, conversation: dict[str, Any]) -> None:
    history: list[str] = []
    for turn in conversation["turns"]:
        answer = assistant.ask(turn["ask"], history=history)
        said = f"{turn['ask']} → {answer.standalone_question} → {answer.status.value}: {answer.text}"
        assert answer.status.value == turn["status"], said
        assert turn.get("says", "") in answer.text, said
        history.append(turn["ask"])
