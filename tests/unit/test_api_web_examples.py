"""The examples of the question page: only what the release answers is offered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from markupsafe import escape

from api.app import create_app
from api.web.words import EXAMPLES
from kb.errors import NotFound
from kb.settings import Settings
from kb.testing import FakeAssistant, wait_until

AS_PERSON = {"Accept": "text/html"}


@pytest.fixture
def client(assistant: FakeAssistant) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: assistant, Settings()), headers=AS_PERSON) as opened:
        wait_until(lambda: opened.get("/readyz").status_code == 200)
        yield opened


def test_only_examples_that_the_release_answers_are_shown(client: TestClient, assistant: FakeAssistant) -> None:
    known = ["Cosa significa LUM?"]
    assistant.examples = lambda wished, language: tuple(one for one in wished if one in known)  # type: ignore[method-assign]

    some = client.get("/").text
    known.clear()

    assert [one for one in EXAMPLES if escape(one) in some] == ["Cosa significa LUM?"]
    assert 'id="esempi"' not in client.get("/").text


def test_the_question_page_is_shown_before_anything_is_published() -> None:
    def nobody() -> Any:
        raise NotFound("niente di pubblicato")

    with TestClient(create_app(nobody, Settings()), headers=AS_PERSON) as opened:
        shown = opened.get("/")

    assert (shown.status_code, 'name="q"' in shown.text, 'id="esempi"' in shown.text) == (200, True, False)
