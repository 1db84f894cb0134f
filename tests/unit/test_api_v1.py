"""The API over a fake assistant: contracts, bad input, headers, and nothing that leaks."""

from __future__ import annotations

import errno
import json
import logging
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import desk
from api.app import MOST_BODY_BYTES, create_app
from kb.errors import BussolaError, EmbedderError, ModelError, NotFound, ReleaseError, StoreError
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release, wait_until

AGENCY = "Quanti Comuni riunisce l'Agenzia per la formazione?"
SECRET = "domandasegretissima"
TAGS = (
    *("Domande e ricerca", "Documenti", "Driver", "Versioni", "Risposte date"),
    *("Per altri programmi", "Stato del servizio"),
)


def start(assistant: Any, **options: Any) -> TestClient:
    """A client whose desk is open, or has said why it can't be."""
    client = TestClient(create_app(lambda: assistant, Settings(**options)), raise_server_exceptions=False)
    client.__enter__()
    wait_until(lambda: client.get("/readyz").status_code == 200)
    return client


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant(sample_release())


@pytest.fixture
def client(assistant: FakeAssistant) -> Iterator[TestClient]:
    opened = start(assistant)
    yield opened
    opened.__exit__(None, None, None)


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
def test_a_bad_question_is_refused_by_its_field(client: TestClient, body: Any, field: str) -> None:
    sent = json.dumps(body)
    response = client.post("/v1/ask", content=sent, headers={"Content-Type": "application/json"})

    told = check_problem(response, 422)
    assert told["errors"][0]["field"] == field
    assert told["errors"][0]["remedy"]
    assert field in told["detail"]


@pytest.mark.parametrize("sent", [b'{"question":', b"", b"{'question': 'a'}"], ids=["cut", "empty", "quotes"])
def test_what_is_no_json_is_refused(client: TestClient, sent: bytes) -> None:
    told = check_problem(client.post("/v1/ask", content=sent, headers={"Content-Type": "application/json"}), 422)

    assert told["errors"][0]["field"] == "body"


@pytest.mark.parametrize(
    "sent", [b'{"question": "\xff\xfe"}', b"[" * 50_000, b'{"question": ' + b"9" * 5000 + b"}"], ids=str
)
def test_bytes_that_no_reader_takes_are_refused(client: TestClient, sent: bytes) -> None:
    response = client.post("/v1/ask", content=sent, headers={"Content-Type": "application/json"})

    assert check_problem(response, response.status_code)["status"] in (400, 422)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_format_is_refused(client: TestClient, kind: str) -> None:
    response = client.post("/v1/ask", content=b'{"question": "ok"}', headers={"Content-Type": kind})

    assert kind in check_problem(response, 415)["detail"]


def test_a_body_too_large_is_refused_whether_its_length_is_told_or_not(client: TestClient) -> None:
    large = b'{"question": "' + b"a" * MOST_BODY_BYTES + b'"}'
    headers = {"Content-Type": "application/json"}

    def in_pieces() -> Iterator[bytes]:
        yield large

    check_problem(client.post("/v1/ask", content=large, headers=headers), 413)
    check_problem(client.post("/v1/ask", content=in_pieces(), headers=headers), 413)


def test_the_longest_question_is_a_setting(assistant: FakeAssistant) -> None:
    client = start(assistant, max_question_chars=50)

    told = check_problem(client.post("/v1/ask", json={"question": "a" * 51}), 422)

    assert "51" in told["detail"]
    assert "50" in told["detail"]
    client.__exit__(None, None, None)


def test_a_wrong_method_is_said(client: TestClient) -> None:
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


def test_a_fault_of_the_assistant_is_one_line(client: TestClient, assistant: FakeAssistant) -> None:
    refuse(assistant, ModelError("il modello non risponde: riprova."))

    response = client.post("/v1/ask", json={"question": SECRET})

    assert check_problem(response, 503)["detail"] == "Il modello non risponde: riprova."
    assert response.headers["retry-after"]


def test_a_defect_is_a_500_that_tells_and_logs_nothing_of_the_question(
    client: TestClient, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    refuse(assistant, RuntimeError(SECRET))

    with caplog.at_level(logging.DEBUG):
        response = client.post("/v1/ask", json={"question": SECRET})
        page = client.get("/", params={"q": SECRET}, headers={"Accept": "text/html"})

    told = check_problem(response, 500)
    ours = "\n".join(our_lines(caplog))
    assert told["request_id"] in told["detail"]
    assert told["request_id"] in ours
    assert page.status_code == 500
    shown = page.text.replace(f"/en/?q={SECRET}", "")  # the same page in English: the person's own address
    for text in (response.text, shown, ours):
        assert SECRET not in text
        assert "Traceback" not in text


def test_a_full_disk_is_a_503_and_its_place_is_for_the_log(
    client: TestClient, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    refuse(assistant, OSError(errno.ENOSPC, "No space left on device", "/srv/bussola/segreto"))

    with caplog.at_level(logging.DEBUG):
        response = client.post("/v1/ask", json={"question": AGENCY})
        page = client.get("/", params={"q": AGENCY}, headers={"Accept": "text/html"})

    check_problem(response, 503)
    for answer in (response, page):
        assert answer.status_code == 503
        assert "riprova tra qualche minuto" in answer.text
        assert "/srv/bussola" not in answer.text
    assert len([line for line in our_lines(caplog) if "/srv/bussola/segreto" in line]) == 2


def test_a_fault_of_the_system_that_is_not_the_disks_is_a_defect(client: TestClient, assistant: FakeAssistant) -> None:
    refuse(assistant, ConnectionResetError(errno.ECONNRESET, "reset"))

    check_problem(client.post("/v1/ask", json={"question": AGENCY}), 500)


def test_questions_never_enter_the_logs(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="bussola"):
        client.post("/v1/ask", json={"question": SECRET})
        client.get("/v1/search", params={"q": SECRET})
        client.get("/", params={"q": SECRET})
        client.post("/v1/ask", json={"question": SECRET, SECRET: SECRET})

    assert len(our_lines(caplog)) == 4
    assert not [line for line in our_lines(caplog) if SECRET in line]


def test_a_service_that_is_opening_says_so() -> None:
    gate = threading.Event()

    def open_slowly() -> Any:
        gate.wait(120)
        return FakeAssistant(sample_release())

    with TestClient(create_app(open_slowly, Settings())) as client:
        assert client.get("/healthz").status_code == 200
        assert "avviando" in check_problem(client.get("/readyz"), 503)["detail"]
        response = client.post("/v1/ask", json={"question": "ok"})
        check_problem(response, 503)
        assert response.headers["retry-after"]
        gate.set()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotFound, "nessuna versione dei documenti è in servizio"),
        (ReleaseError, "la versione dei documenti non si apre"),
        (EmbedderError, "il modello dei significati non si carica"),
        (ModelError, "il modello di conversazione non si carica"),
        (StoreError, "i dati del servizio non si leggono"),
        (RuntimeError, "errore interno all'apertura"),
    ],
)
def test_why_it_does_not_open_is_told_and_where_is_for_the_log(
    error: type[Exception], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    failures: list[BaseException] = []

    def fail() -> Any:
        raise error("la cartella «/srv/bussola/segreta» è danneggiata: ricostruiscila.")

    with TestClient(create_app(fail, Settings(), on_failure=failures.append)) as client:
        wait_until(lambda: failures)
        for path in ("/readyz", "/v1/documents"):
            told = check_problem(client.get(path), 503)["detail"]
            assert reason in told
            assert "/srv" not in told
    assert ("/srv/bussola/segreta" in caplog.text) == issubclass(error, BussolaError)


@pytest.mark.parametrize(
    "error",
    [
        EmbedderError("il modello in «/altrove/modelli» è danneggiato: cancellalo."),
        NotFound("la versione r_1 non c'è più in {home}/releases: pubblicane un'altra."),
    ],
)
def test_no_fault_tells_a_citizen_where_things_lie(
    client: TestClient, assistant: FakeAssistant, error: BussolaError
) -> None:
    refuse(assistant, type(error)(str(error).format(home=client.app.state.settings.home)))  # type: ignore[attr-defined]

    told = client.post("/v1/ask", json={"question": AGENCY}).json()["detail"]

    assert "riprova tra qualche minuto" in told
    assert "/altrove" not in told
    assert "releases" not in told


def test_an_answer_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, assistant: FakeAssistant) -> None:
    monkeypatch.setattr("api.app.MARGIN_S", 0.05)
    client = start(assistant, llm_timeout_s=0.05)
    gate = threading.Event()
    assistant.ask = lambda *_, **__: gate.wait(120)  # type: ignore[method-assign, assignment, return-value]

    check_problem(client.post("/v1/ask", json={"question": "ok"}), 504)
    gate.set()
    client.__exit__(None, None, None)


def test_the_event_loop_answers_while_every_thread_is_busy(client: TestClient, assistant: FakeAssistant) -> None:
    """Health is told while questions wait, and one more than may wait is sent away."""
    gate, taken = threading.Event(), threading.Semaphore(0)

    def hold(*_: Any, **__: Any) -> Any:
        taken.release()
        gate.wait(120)
        raise ModelError("finito.")

    assistant.ask = hold  # type: ignore[method-assign]
    most = desk.THREADS + desk.MOST_WAITING

    def ask() -> None:
        client.post("/v1/ask", json={"question": "ok"})

    askers = [threading.Thread(target=ask) for _ in range(most)]
    for asker in askers:
        asker.start()
    for _ in range(desk.THREADS):
        assert taken.acquire(timeout=120)
    under_way = f"bussola_work_under_way {most}.0\n".encode()
    wait_until(lambda: under_way in client.app.state.measures.tell())  # type: ignore[attr-defined]

    assert client.get("/healthz").status_code == 200
    assert client.post("/v1/ask", json={"question": "ok"}).status_code == 503
    gate.set()
    for asker in askers:
        asker.join(120)


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


def our_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What our own code logged; the test's own client logs its addresses too."""
    return [record.getMessage() for record in caplog.records if record.name.startswith("bussola")]


def refuse(assistant: FakeAssistant, error: Exception) -> None:
    """Make the assistant fail from now on."""

    def ask(*_: Any, **__: Any) -> Any:
        raise error

    assistant.ask = ask  # type: ignore[method-assign]


def find_values(tree: Any, name: str) -> list[str]:
    """Every value under that name, at any depth."""
    if isinstance(tree, dict):
        own = [tree[name]] if isinstance(tree.get(name), str) else []
        return own + [value for inner in tree.values() for value in find_values(inner, name)]
    return [value for inner in tree for value in find_values(inner, name)] if isinstance(tree, list) else []


def check_problem(response: Any, status: int) -> dict[str, Any]:
    """The problem, after checking its form."""
    told: dict[str, Any] = response.json()
    assert response.status_code == status, told
    assert response.headers["content-type"] == "application/problem+json"
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert told["request_id"] == response.headers["x-request-id"]
    return told
