"""The API over a fake assistant: contracts, bad input, headers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import MOST_BODY_BYTES
from kb.testing import FakeAssistant

AGENCY = "Quanti Comuni riunisce l'Agenzia per la formazione?"
TAGS = (
    *("Domande e ricerca", "Documenti", "Driver", "Versioni", "Risposte date"),
    *("Per altri programmi", "Stato del servizio"),
)


def test_an_answer_is_the_contract_with_a_quote_that_slices_its_page(client: TestClient) -> None:
    answer = client.post("/v1/ask", json={"question": AGENCY}).json()

    assert list(answer) == [
        *("id", "question", "standalone_question", "language", "status", "mode", "text", "sentences", "citations"),
        *("notes", "suggestions", "release", "timings_ms", "trace"),
    ]
    assert answer["status"] == "answered"
    cited = answer["citations"][0]
    page = client.get(f"/v1/documents/{cited['document']}/pages/{cited['page_index']}").json()
    assert page["text"][cited["start"] : cited["end"]] == cited["quote"]
    assert page["label"] == cited["page_label"] == "120"


def test_not_found_is_an_answer(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "xyz?"})

    assert (response.status_code, response.json()["status"]) == (200, "not_found")


def test_examples_are_told_with_the_release_that_answers_them(client: TestClient, assistant: FakeAssistant) -> None:
    assistant.examples = lambda wished, language: tuple(wished[:2])  # type: ignore[method-assign]

    italian, english = client.get("/v1/examples").json(), client.get("/v1/examples?language=en").json()

    assert italian["release"] == assistant.release.id
    assert italian["questions"] == ["Che cos'è l'Agenda strategica?", "Quali sono i dieci Driver?"]
    assert english["questions"][0] == "What is the strategic agenda?"
    assert client.get("/v1/examples?language=fr").status_code == 422


def test_history_and_mode_reach_the_assistant(client: TestClient) -> None:
    asked = {"question": "E Prova?", "history": [" ", "Primo?"], "mode": "generated"}
    answer = client.post("/v1/ask", json=asked).json()

    assert answer["mode"] == "generated"


BAD_ASKS: list[tuple[Any, str]] = [
    ({}, "question"),
    ({"question": ""}, "question"),
    ({"question": " \n\t"}, "question"),
    ({"question": "\u0000\u001f"}, "question"),
    ({"question": "\u200b\ufeff \u2028"}, "question"),
    ({"question": 71}, "question"),
    ({"question": None}, "question"),
    ({"question": ["a"]}, "question"),
    ({"question": {"a": 1}}, "question"),
    ({"question": True}, "question"),
    ({"question": "a" * 1001}, "question"),
    ({"question": "\ud800"}, "question"),
    ({"question": "ok", "history": "ieri"}, "history"),
    ({"question": "ok", "history": [1]}, "history.0"),
    ({"question": "ok", "history": None}, "history"),
    ({"question": "ok", "history": ["a"] * 21}, "history"),
    ({"question": "ok", "history": ["a" * 1001]}, "history.0"),
    ({"question": "ok", "history": ["\udfff"]}, "history.0"),
    ({"question": "ok", "mode": "magic"}, "mode"),
    ({"question": "ok", "mode": 3}, "mode"),
    ({"question": "ok", "temperature": 1}, "temperature"),
    ({"question": "ok", "\ud800": "\ud800"}, "body"),
    (["question"], "body"),
    ("question", "body"),
    (None, "body"),
]


@pytest.mark.parametrize(("body", "field"), BAD_ASKS, ids=[str(at) for at in range(len(BAD_ASKS))])
def test_a_bad_question_is_refused_by_its_field(client: TestClient, body: Any, field: str, check_problem: Any) -> None:
    sent = json.dumps(body)
    response = client.post("/v1/ask", content=sent, headers={"Content-Type": "application/json"})

    told = check_problem(response, 422)
    assert told["errors"][0]["field"] == field
    assert told["errors"][0]["remedy"]
    assert field in told["detail"]


@pytest.mark.parametrize("sent", [b'{"question":', b"", b"{'question': 'a'}"], ids=["cut", "empty", "quotes"])
def test_what_is_no_json_is_refused(client: TestClient, sent: bytes, check_problem: Any) -> None:
    told = check_problem(client.post("/v1/ask", content=sent, headers={"Content-Type": "application/json"}), 422)

    assert told["errors"][0]["field"] == "body"


@pytest.mark.parametrize(
    "sent", [b'{"question": "\xff\xfe"}', b"[" * 50_000, b'{"question": ' + b"9" * 5000 + b"}"], ids=str
)
def test_bytes_that_no_reader_takes_are_refused(client: TestClient, sent: bytes, check_problem: Any) -> None:
    response = client.post("/v1/ask", content=sent, headers={"Content-Type": "application/json"})

    assert check_problem(response, response.status_code)["status"] in (400, 422)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_format_is_refused(client: TestClient, kind: str, check_problem: Any) -> None:
    response = client.post("/v1/ask", content=b'{"question": "ok"}', headers={"Content-Type": kind})

    assert kind in check_problem(response, 415)["detail"]


def test_a_body_too_large_is_refused_whether_its_length_is_told_or_not(client: TestClient, check_problem: Any) -> None:
    large = b'{"question": "' + b"a" * MOST_BODY_BYTES + b'"}'
    headers = {"Content-Type": "application/json"}

    def in_pieces() -> Iterator[bytes]:
        yield large

    check_problem(client.post("/v1/ask", content=large, headers=headers), 413)
    check_problem(client.post("/v1/ask", content=in_pieces(), headers=headers), 413)


def test_the_longest_question_is_a_setting(assistant: FakeAssistant, check_problem: Any, open_client: Any) -> None:
    client = open_client(assistant, max_question_chars=50)

    told = check_problem(client.post("/v1/ask", json={"question": "a" * 51}), 422)

    assert "51" in told["detail"]
    assert "50" in told["detail"]


def test_a_wrong_method_is_said(client: TestClient, check_problem: Any) -> None:
    response = client.get("/v1/ask")

    check_problem(response, 405)
    assert response.headers["allow"] == "POST"
    assert client.get("/v1/feedback").headers["allow"] == "DELETE, POST"


def test_the_ten_drivers_are_data(client: TestClient) -> None:
    drivers = client.get("/v1/drivers").json()["drivers"]

    assert [driver["number"] for driver in drivers] == list(range(1, 11))


def test_every_response_has_an_id_and_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/healthz", "/v1/nulla", "/static/bussola.css", "/docs"):
        headers = client.get(path).headers
        assert len(headers["x-request-id"]) == 32
        assert "'unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_a_given_request_id_is_kept_unless_it_is_odd(client: TestClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/healthz", headers={"X-Request-ID": "a b"}).headers["x-request-id"] != "a b"


def test_other_sites_are_not_let_in(client: TestClient) -> None:
    """No CORS header, neither on a request nor on its preflight."""
    away = {"Origin": "https://esempio.it", "Access-Control-Request-Method": "POST"}

    for response in (client.get("/v1/documents", headers=away), client.options("/v1/ask", headers=away)):
        assert not [name for name in response.headers if name.startswith("access-control")]


def test_the_openapi_schema_is_whole_and_in_italian(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()

    named = set(schema["components"]["schemas"])
    pointed = {ref.rpartition("/")[2] for ref in find_values(schema, "$ref")}
    assert pointed <= named
    for path, methods in schema["paths"].items():
        for told in methods.values():
            assert told["summary"], path
            assert not re.search(r"\b(the|every|says)\b", told["description"], re.IGNORECASE), path
            assert told["tags"][0] in TAGS


def find_values(tree: Any, name: str) -> list[str]:
    """Every value under that name, at any depth."""
    if isinstance(tree, dict):
        own = [tree[name]] if isinstance(tree.get(name), str) else []
        return own + [value for inner in tree.values() for value in find_values(inner, name)]
    return [value for inner in tree for value in find_values(inner, name)] if isinstance(tree, list) else []
