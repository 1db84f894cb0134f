"""POST /v1/ask sentence by sentence, as server-sent events."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.errors import ModelError
from kb.testing import FakeAssistant, sample_release

AGENCY = "Quanti Comuni riunisce l'Agenzia per la formazione?"
SECRET = "domandasegretissima"


def read_events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream, in order."""
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_sentences_come_first_then_the_answer_that_ask_gives(client: TestClient) -> None:
    response = client.post("/v1/ask/stream", json={"question": AGENCY})
    events = read_events(response.text)
    whole = client.post("/v1/ask", json={"question": AGENCY}).json()

    assert response.headers["content-type"].startswith("text/event-stream")
    assert [name for name, _ in events] == ["sentence", "answer"]
    assert events[1][1] == whole
    assert events[0][1]["sentence"] == whole["sentences"][0]
    assert events[0][1]["citations"] == whole["citations"]


def test_the_accept_header_chooses_the_form(client: TestClient) -> None:
    asked = {"question": AGENCY}
    streamed = client.post("/v1/ask", json=asked, headers={"Accept": "text/event-stream"})
    plain = client.post("/v1/ask", json=asked, headers={"Accept": "*/*"})

    assert read_events(streamed.text)[-1][1] == plain.json()


def test_not_found_is_an_answer_without_sentences(client: TestClient) -> None:
    events = read_events(client.post("/v1/ask/stream", json={"question": "xyz?"}).text)

    assert [(name, data["status"]) for name, data in events] == [("answer", "not_found")]


def test_a_fault_before_the_first_event_is_a_problem(client: TestClient, assistant: FakeAssistant) -> None:
    def fail(*_: Any, **__: Any) -> Iterator[Any]:
        raise ModelError("il modello non risponde: riprova.")
        yield

    assistant.stream = fail  # type: ignore[method-assign]
    response = client.post("/v1/ask/stream", json={"question": AGENCY})

    assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json")
    assert client.post("/v1/ask/stream", json={"question": " "}).status_code == 422


@pytest.mark.parametrize(
    ("error", "status"), [(ModelError("il modello si è fermato: riprova."), 503), (RuntimeError(SECRET), 500)]
)
def test_a_fault_in_the_middle_is_the_last_event(
    client: TestClient, assistant: FakeAssistant, error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    whole = FakeAssistant(sample_release())

    def break_off(question: str, **options: Any) -> Iterator[Any]:
        yield next(iter(whole.stream(question, **options)))
        raise error

    assistant.stream = break_off  # type: ignore[method-assign]
    response = client.post("/v1/ask/stream", json={"question": AGENCY})
    events = read_events(response.text)

    assert [name for name, _ in events] == ["sentence", "error"]
    assert events[1][1]["status"] == status
    assert events[1][1]["request_id"] == response.headers["x-request-id"]
    assert SECRET not in response.text + caplog.text


def test_a_sentence_is_sent_before_the_next_is_written(open_client: Any) -> None:
    """The service does not wait for the end: the first sentence is read while the second is held back."""
    held = threading.Event()

    class Slow(FakeAssistant):
        def stream(self, question: str, **options: Any) -> Iterator[Any]:
            made = list(super().stream(question, **options))
            yield made[0]
            held.wait(120)
            yield made[1]

    from api.desk import Desk

    client = open_client(Slow(sample_release()))
    desk: Desk = client.app.state.desk

    async def read_first() -> Any:
        events = desk.stream(lambda assistant: assistant.stream(AGENCY))
        first = await anext(events)
        assert not held.is_set()
        held.set()
        return first, [event async for event in events]

    first, rest = client.portal.call(read_first)
    assert (first.sentence.citations, len(rest)) == ((1,), 1)


def test_whoever_leaves_early_ends_the_work(open_client: Any) -> None:
    ended, given_up = threading.Event(), threading.Event()

    class Endless(FakeAssistant):
        def stream(self, question: str, **options: Any) -> Iterator[Any]:
            first = next(iter(super().stream(question, **options)))
            try:
                while not given_up.wait(0.01):
                    yield first
            finally:
                ended.set()

    client = open_client(Endless(sample_release()))

    async def leave() -> None:
        events = client.app.state.desk.stream(lambda assistant: assistant.stream(AGENCY))
        await anext(events)
        await events.aclose()

    client.portal.call(leave)
    assert client.post("/v1/ask", json={"question": AGENCY}).status_code == 200
    has_ended = ended.wait(60)
    given_up.set()
    assert has_ended
