"""What goes wrong is told in one line with its remedy, and nothing leaks: no question, no place of a file."""

from __future__ import annotations

import errno
import logging
import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import desk
from api.app import create_app
from kb.errors import BussolaError, EmbedderError, ModelError, NotFound, ReleaseError, StoreError
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release, wait_until

AGENCY = "Quanti Comuni riunisce l'Agenzia per la formazione?"
SECRET = "domandasegretissima"


def our_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What our own code logged; the test's own client logs its addresses too."""
    return [record.getMessage() for record in caplog.records if record.name.startswith("bussola")]


def refuse(assistant: FakeAssistant, error: Exception) -> None:
    """Make the assistant fail from now on."""

    def ask(*_: Any, **__: Any) -> Any:
        raise error

    assistant.ask = ask  # type: ignore[method-assign]


def test_a_fault_of_the_assistant_is_one_line(client: TestClient, assistant: FakeAssistant, check_problem: Any) -> None:
    refuse(assistant, ModelError("il modello non risponde: riprova."))

    response = client.post("/v1/ask", json={"question": SECRET})

    assert check_problem(response, 503)["detail"] == "Il modello non risponde: riprova."
    assert response.headers["retry-after"]


def test_a_defect_is_a_500_that_tells_and_logs_nothing_of_the_question(
    client: TestClient, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture, check_problem: Any
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
    client: TestClient, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture, check_problem: Any
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


def test_a_fault_of_the_system_that_is_not_the_disks_is_a_defect(
    client: TestClient, assistant: FakeAssistant, check_problem: Any
) -> None:
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


def test_a_service_that_is_opening_says_so(check_problem: Any) -> None:
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
    error: type[Exception], reason: str, caplog: pytest.LogCaptureFixture, check_problem: Any
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


def test_an_answer_that_takes_too_long_is_given_up(
    monkeypatch: pytest.MonkeyPatch, assistant: FakeAssistant, check_problem: Any, open_client: Any
) -> None:
    monkeypatch.setattr("api.app.MARGIN_S", 0.05)
    client = open_client(assistant, llm_timeout_s=0.05)
    gate = threading.Event()
    assistant.ask = lambda *_, **__: gate.wait(120)  # type: ignore[method-assign, assignment, return-value]

    check_problem(client.post("/v1/ask", json={"question": "ok"}), 504)
    gate.set()


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
