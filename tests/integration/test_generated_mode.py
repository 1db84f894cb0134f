"""Generated mode over real HTTP: an OpenAI-compatible server of ours that answers well, badly, slowly or not at all."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kb.answering.assistant import Assistant
from kb.answering.generating.markers import reply_schema
from kb.backends.chat import LONGEST_REPLY, Address, OpenAICompatibleModel, named_address
from kb.errors import ModelError, ModelPaused, ModelReplyError, ModelSlow
from kb.ports import ChatPrompt
from kb.records import AnswerMode, SentenceEvent
from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.settings import Settings
from kb.testing import FakeEmbedder, fake_parts, intake_of

AFOL = "Nel 2022 l'azienda AFOL Metropolitana era partecipata da 71 Comuni."
WRITTEN = "L'azienda AFOL Metropolitana nel 2022 era partecipata da 71 Comuni."
REPLY = json.dumps({"sentences": [{"text": WRITTEN, "passages": [1]}]})
QUESTION = "Nel 2022 da quanti Comuni era partecipata l'azienda AFOL Metropolitana?"
PROMPT = ChatPrompt("Istruzioni.", "<domanda>Quanti?</domanda>", reply_schema(1))
SHORT_S = 1.0
"""The time limit where the server is slow without end: it is reached however fast the machine."""
LONG_S = 120.0
"""The time limit where it is not: it is not reached however slow the machine."""

Behaviour = Callable[["Handler", dict[str, Any]], None]


@dataclass
class Server:
    """What the fake server does, and what it was asked."""

    behaviour: Behaviour
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)  # a slow server stops being slow


class Handler(BaseHTTPRequestHandler):
    server_version = "Finto/1"

    def do_POST(self) -> None:
        state: Server = self.server.state  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        state.asked.append(body)
        state.keys.append(self.headers["Authorization"])
        with contextlib.suppress(OSError):  # the client goes away, as it should
            state.behaviour(self, body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def send(self, body: bytes, *, type: str = "application/json", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def is_over(self, pause_s: float) -> bool:
        """False after the pause, True as soon as the test is over."""
        state: Server = self.server.state  # type: ignore[attr-defined]
        return state.over.wait(pause_s)

    def stream(self, pieces: Iterator[str] | list[str], *, end: bool = True) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(event(piece))
            self.wfile.flush()
        if end:
            self.wfile.write(b"data: [DONE]\n\n")


def event(text: str) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "finto", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def completion(text: str | None) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return json.dumps({"id": "c", "object": "chat.completion", "created": 1, "choices": [choice]}).encode()


def streams(handler: Handler, _body: dict[str, Any]) -> None:
    handler.stream([REPLY[at : at + 7] for at in range(0, len(REPLY), 7)])


def answers_whole(handler: Handler, _body: dict[str, Any]) -> None:
    handler.send(completion(REPLY))


def refuses_schemas(handler: Handler, body: dict[str, Any]) -> None:
    if "response_format" in body:
        handler.send(b'{"error": {"message": "unknown field response_format"}}', status=400)
    else:
        streams(handler, body)


def sends(body: bytes, type: str = "application/json", status: int = 200) -> Behaviour:
    return lambda handler, _body: handler.send(body, type=type, status=status)


def says(text: str) -> Behaviour:
    return lambda handler, _body: handler.stream([text[at : at + 500] for at in range(0, len(text), 500)])


def trickles_headers(handler: Handler, _body: dict[str, Any]) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.is_over(0.1):
        handler.wfile.write(b"X-1: x\r\n")
        handler.wfile.flush()


def trickles_forever(handler: Handler, _body: dict[str, Any]) -> None:
    handler.stream(" " for _ in iter(lambda: handler.is_over(0.1), True))


def says_comments_forever(handler: Handler, _body: dict[str, Any]) -> None:
    """A server's "still here", which is no reply."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    while not handler.is_over(0.1):
        handler.wfile.write(b": ping\n\n")
        handler.wfile.flush()


def never_answers(handler: Handler, _body: dict[str, Any]) -> None:
    handler.is_over(600)


def hangs_up(handler: Handler, _body: dict[str, Any]) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def breaks_off(handler: Handler, _body: dict[str, Any]) -> None:
    handler.stream([REPLY[:40]], end=False)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server(streams)
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.state = state  # type: ignore[attr-defined]
    state.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield state
    state.over.set()
    http.shutdown()
    http.server_close()
    thread.join()


def model_at(url: str, **options: Any) -> OpenAICompatibleModel:
    bounds = {"timeout_s": LONG_S, "context_chars": 2000} | options
    return OpenAICompatibleModel(named_address(url, "finto", "segreta"), **bounds)


def read(model: OpenAICompatibleModel) -> str:
    return "".join(model.write(PROMPT))


@pytest.mark.parametrize("behaviour", [streams, answers_whole, refuses_schemas])
def test_any_compatible_server_is_understood(server: Server, behaviour: Behaviour) -> None:
    server.behaviour = behaviour

    assert read(model_at(server.url)) == REPLY
    assert server.keys[-1] == "Bearer segreta"
    assert server.asked[-1]["messages"] == [
        {"role": "system", "content": PROMPT.instructions},
        {"role": "user", "content": PROMPT.text},
    ]


def test_the_reply_is_held_to_a_schema_where_the_server_takes_one(server: Server) -> None:
    model = model_at(server.url)
    read(model)
    assert server.asked[0]["response_format"]["json_schema"]["schema"] == PROMPT.schema

    server.behaviour = refuses_schemas
    read(model)
    read(model)
    assert ["response_format" in body for body in server.asked[1:]] == [True, False, False], "asked once, remembered"


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (sends(b"{}", status=500), ModelError),
        (sends(b"no", status=401), ModelError),
        (sends(b"no", status=404), ModelError),
        (hangs_up, ModelError),
        (sends(b"<html>benvenuto</html>", "text/html"), ModelError),
        (sends(b""), ModelError),
        (sends(b'{"choices": []}'), ModelError),
        (sends(b"[1, 2"), ModelError),
        (sends(b"data: {rotto\n\n", "text/event-stream"), ModelError),
        (sends(b'data: {"choices": 3}\n\n', "text/event-stream"), ModelError),
        (sends(b'data: {"error": {"message": "piena"}}\n\n', "text/event-stream"), ModelError),
        (sends(b"x" * 3_000_000), ModelError),
        (says("a" * 50_000), ModelReplyError),
        (sends(completion("a" * 50_000)), ModelReplyError),
        (never_answers, ModelSlow),
        (trickles_headers, ModelSlow),
        (trickles_forever, ModelSlow),
        (says_comments_forever, ModelSlow),
    ],
)
def test_every_failure_is_ours_and_costs_at_most_the_time_limit(
    server: Server, behaviour: Behaviour, error: type[ModelError]
) -> None:
    """A slow server goes on for as long as the test: that it ends is the time limit's doing."""
    server.behaviour = behaviour
    model = model_at(server.url, timeout_s=SHORT_S if error is ModelSlow else LONG_S)

    with pytest.raises(ModelError) as raised:
        read(model)

    assert isinstance(raised.value, error)
    assert "segreta" not in str(raised.value)


def test_a_model_that_loads_for_long_costs_the_time_limit_and_is_there_afterwards(server: Server) -> None:
    is_loaded, address = threading.Event(), named_address(server.url, "finto", "segreta")

    def loads() -> Address:
        assert is_loaded.wait(60)
        return address()

    model = OpenAICompatibleModel(loads, timeout_s=SHORT_S, context_chars=2000, pause_s=0)
    with pytest.raises(ModelSlow):
        read(model)

    is_loaded.set()
    model._timeout_s = LONG_S
    assert read(model) == REPLY


def test_a_model_that_cannot_be_loaded_is_told() -> None:
    def fails() -> Address:
        raise ModelError("il modello non si carica")

    with pytest.raises(ModelError, match="non si carica"):
        read(OpenAICompatibleModel(fails, timeout_s=LONG_S, context_chars=2000))


def test_a_refused_connection_is_ours() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"

        with pytest.raises(ModelError, match="BUSSOLA_LLM_URL"):
            read(model_at(url))


def test_a_model_that_keeps_failing_is_left_alone_for_a_while(server: Server) -> None:
    server.behaviour = sends(b"{}", status=500)
    model = model_at(server.url, failures=2, pause_s=600)

    for _ in range(2):
        with pytest.raises(ModelError):
            read(model)
    with pytest.raises(ModelPaused):
        read(model)
    assert len(server.asked) == 2

    model._breaker.reset_timeout = 0  # the pause is over
    server.behaviour = streams
    assert read(model) == REPLY


def test_a_reply_of_no_use_counts_as_a_failure_and_one_cut_short_does_not(server: Server) -> None:
    model = model_at(server.url, failures=2, pause_s=60)
    for _ in range(3):
        pieces = model.write(PROMPT)
        next(pieces)
        pieces.close()
    for _ in range(2):
        pieces = model.write(PROMPT)
        next(pieces)
        with pytest.raises(ModelReplyError):
            pieces.throw(ModelReplyError("non è nella forma chiesta"))

    with pytest.raises(ModelPaused):
        read(model)


@pytest.mark.parametrize(("url", "model"), [("127.0.0.1:8080", "m"), ("ftp://x", "m"), ("http://x/v1", "")])
def test_settings_that_name_no_model_are_told(url: str, model: str) -> None:
    with pytest.raises(ModelError, match="BUSSOLA_LLM_"):
        named_address(url, model, "")


Open = Callable[..., Assistant]


@pytest.fixture
def open_at(tmp_path: Path) -> Open:
    store = ReleaseStore(tmp_path, parts=fake_parts)
    intake = intake_of({"piano": [AFOL, "Il progetto Silam è stato firmato da 22 Comuni."]})
    release = store.open(build_release(intake, store=store, embedder=FakeEmbedder()).id)
    return lambda url, **options: Assistant(release, FakeEmbedder(), Settings(), chat=model_at(url, **options))


def test_a_question_goes_to_the_model_and_its_verified_sentence_comes_back(server: Server, open_at: Open) -> None:
    answer = open_at(server.url).ask(QUESTION)

    assert (answer.mode, answer.text) == (AnswerMode.GENERATED, WRITTEN)
    assert [citation.quote for citation in answer.citations] == [AFOL]


LIE = WRITTEN.replace("71", "85")


@pytest.mark.parametrize(
    "behaviour",
    [
        sends(b"{}", status=500),
        sends(completion(None)),
        hangs_up,
        breaks_off,
        never_answers,
        trickles_forever,
        says("a" * 50_000),
        says("Boh."),
        says("<b>71</b> Comuni, vedi https://esempio.it [1]"),
        says(REPLY[:-20]),
        says(json.dumps({"answer": WRITTEN})),
        says(json.dumps({"sentences": []})),
        says(REPLY.replace("71", "85")),
        says(REPLY.replace("[1]", "[7]")),
        says(f"{LIE} [1]"),
        says((f"{LIE} [1] " * 2000)[: LONGEST_REPLY * 3]),
    ],
)
def test_whatever_a_model_does_the_documents_answer_in_time_and_say_so(
    server: Server, open_at: Open, behaviour: Behaviour
) -> None:
    server.behaviour = behaviour
    assistant = open_at(server.url, timeout_s=SHORT_S if behaviour in (never_answers, trickles_forever) else LONG_S)

    answer = assistant.ask(QUESTION)

    assert (answer.mode, answer.text) == (AnswerMode.EXTRACTIVE, AFOL)
    assert [note.kind for note in answer.notes] == ["generated_unavailable"]


def test_a_verified_sentence_reaches_the_person_while_the_model_still_writes(server: Server, open_at: Open) -> None:
    second = {"text": "Il progetto Silam è stato firmato da 22 Comuni.", "passages": [2]}
    reply = json.dumps({"sentences": [{"text": WRITTEN, "passages": [1]}, second]})
    half = reply.index("}") + 1
    has_first, was_in_time = threading.Event(), list[bool]()

    def pauses(handler: Handler, _body: dict[str, Any]) -> None:
        def pieces() -> Iterator[str]:
            yield reply[:half]
            was_in_time.append(has_first.wait(60))
            yield reply[half:]

        handler.stream(pieces())

    server.behaviour = pauses
    assistant = open_at(server.url)
    events = assistant.stream(QUESTION)

    first = next(events)
    has_first.set()
    *_, answer = events

    assert isinstance(first, SentenceEvent)
    assert first.sentence.text == WRITTEN
    assert was_in_time == [True]
    assert getattr(answer, "text", "") == assistant.ask(QUESTION).text
