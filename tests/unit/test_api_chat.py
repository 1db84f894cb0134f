"""The OpenAI-compatible routes, asked by OpenAI's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import openai
import pytest
from fastapi.testclient import TestClient

from api.plain_text import write_answer
from kb.errors import BussolaError, ModelError, StoreError
from kb.keys import KeyRing, Role
from kb.records import Answer
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release
from kb.wiring import open_ledger

AGENCY = "Quanti Comuni riunisce l'Agenzia per la formazione?"
Check = Callable[[Any, int], dict[str, Any]]


@pytest.fixture
def http(assistant: FakeAssistant, open_client: Any) -> TestClient:
    opened: TestClient = open_client(assistant)
    return opened


class Bridge(httpx.BaseTransport):
    """Carries the client's requests to the application in this process."""

    def __init__(self, app: TestClient) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = self._app.request(
            request.method, str(request.url), headers=list(request.headers.items()), content=request.read()
        )
        headers = [(name, value) for name, value in sent.headers.items() if name != "content-encoding"]
        return httpx.Response(sent.status_code, headers=headers, content=sent.content)


def client_of(http: TestClient, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(
        base_url="http://testserver/v1",
        api_key=key,
        max_retries=0,
        http_client=httpx.Client(transport=Bridge(http)),
    )


def user(text: str) -> Any:
    return {"role": "user", "content": text}


def test_the_models_are_those_that_may_be_asked_for(http: TestClient) -> None:
    client = client_of(http)

    assert [one.id for one in client.models.list()] == ["bussola", "bussola-extractive", "bussola-generated"]
    assert client.models.retrieve("bussola").owned_by == "bussola"
    with pytest.raises(openai.NotFoundError, match="gpt-4"):
        client.models.retrieve("gpt-4")


def test_an_answer_has_its_sources_as_text_and_as_data(http: TestClient, assistant: FakeAssistant) -> None:
    given = client_of(http).chat.completions.create(model="bussola", messages=[user(AGENCY)], temperature=0.2)
    message: Any = given.choices[0].message

    assert message.content == write_answer(assistant.ask(AGENCY))
    assert "[1]" in message.content
    assert "Piano di prova, ed. 2022-2024, p. 120" in message.content
    cited = message.citations[0]
    page = http.get(f"/v1/documents/{cited['document']}/pages/{cited['page_index']}").json()
    assert page["text"][cited["start"] : cited["end"]] == cited["quote"]
    assert given.choices[0].finish_reason == "stop"
    assert given.model_extra is not None
    assert given.model_extra["bussola"]["status"] == "answered"


def test_pieces_joined_are_the_whole_answer(http: TestClient) -> None:
    client = client_of(http)
    whole = client.chat.completions.create(model="bussola", messages=[user(AGENCY)])
    chunks = list(
        client.chat.completions.create(
            model="bussola", messages=[user(AGENCY)], stream=True, stream_options={"include_usage": True}
        )
    )
    deltas: list[Any] = [chunk.choices[0].delta for chunk in chunks if chunk.choices]

    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    assert deltas[0].role == "assistant"
    assert deltas[-1].citations == whole.choices[0].message.citations  # type: ignore[attr-defined]
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert len({chunk.id for chunk in chunks}) == 1


def test_what_a_model_writes_is_sent_sentence_by_sentence(http: TestClient, assistant: FakeAssistant) -> None:
    class WithModel(FakeAssistant):
        class tools:  # noqa: N801
            chat = object()

    http.app.state.desk._serving.assistant = WithModel(sample_release())  # type: ignore[attr-defined]
    chunks = list(
        client_of(http).chat.completions.create(model="bussola-generated", messages=[user(AGENCY)], stream=True)
    )
    texts = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content]

    assert len(texts) == 2
    assert texts[0].endswith("[1]")
    assert texts[1].lstrip().startswith("Fonti:")


def test_a_conversation_gives_the_earlier_questions(http: TestClient, assistant: FakeAssistant) -> None:
    seen: list[dict[str, Any]] = []
    ask = assistant.ask

    def remember(question: str, **options: Any) -> Answer:
        seen.append({"question": question, **options})
        return ask(question, **options)

    assistant.ask = remember  # type: ignore[method-assign]
    client_of(http).chat.completions.create(
        model="bussola-extractive",
        messages=[
            {"role": "system", "content": "Rispondi in rima."},
            user("Primo?"),
            {"role": "assistant", "content": "Uno."},
            {"role": "user", "content": [{"type": "text", "text": "E Prova?"}]},
        ],
    )

    assert (seen[0]["question"], seen[0]["history"]) == ("E Prova?", ("Primo?",))
    assert seen[0]["mode"] == "extractive"


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        ([], "messages"),
        ([{"role": "system", "content": "Ciao"}], "messages"),
        ([{"role": "user", "content": " "}], "messages.0.content"),
        ([{"role": "user", "content": "a" * 1001}], "messages.0.content"),
        ([{"role": "user"}], "messages.0.content"),
        ([{"role": "regina", "content": "a"}], "messages.0.role"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}], "messages.0.content"),
        ("ciao", "messages"),
    ],
)
def test_a_bad_conversation_is_refused_by_its_field(
    http: TestClient, check_problem: Check, messages: Any, field: str
) -> None:
    response = http.post("/v1/chat/completions", json={"model": "bussola", "messages": messages})

    assert check_problem(response, 422)["errors"][0]["field"].startswith(field)
    with pytest.raises(openai.UnprocessableEntityError):
        client_of(http).chat.completions.create(model="bussola", messages=messages)


def test_faults_reach_the_client_as_its_own_errors(http: TestClient, assistant: FakeAssistant) -> None:
    with pytest.raises(openai.NotFoundError, match=r"gpt-4.*bussola"):
        client_of(http).chat.completions.create(model="gpt-4", messages=[user("a")])
    with pytest.raises(openai.AuthenticationError, match="chiave"):
        client_of(http, key="sk-123").chat.completions.create(model="bussola", messages=[user("a")])

    def fail(*_: Any, **__: Any) -> Any:
        raise ModelError("il modello non risponde: riprova.")

    assistant.ask = fail  # type: ignore[method-assign]
    with pytest.raises(openai.InternalServerError, match="Il modello non risponde"):
        client_of(http).chat.completions.create(model="bussola", messages=[user("a")])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModelError("il modello si è fermato: riprova."), "si è fermato"),
        (StoreError("il registro /srv/segreto non si può usare."), "non riesce a usare i suoi dati"),
    ],
)
def test_a_fault_in_the_middle_of_a_stream_is_an_error_of_the_client(
    http: TestClient, error: BussolaError, told: str
) -> None:
    class WithModel(FakeAssistant):
        class tools:  # noqa: N801
            chat = object()

        def stream(self, question: str, **options: Any) -> Iterator[Any]:
            yield next(iter(super().stream(question, **options)))
            raise error

    http.app.state.desk._serving.assistant = WithModel(sample_release())  # type: ignore[attr-defined]
    with pytest.raises(openai.APIError, match=told) as caught:
        list(client_of(http).chat.completions.create(model="bussola", messages=[user(AGENCY)], stream=True))
    assert "/srv" not in str(caught.value.body)


def test_a_key_of_ours_is_the_clients_key(http: TestClient) -> None:
    _key, text = KeyRing(open_ledger(Settings())).add("desk", Role.OFFICER, days=1)

    given = client_of(http, key=text).chat.completions.create(model="bussola", messages=[user("xyz?")])
    assert given.model_extra is not None
    assert given.model_extra["bussola"]["status"] == "not_found"
