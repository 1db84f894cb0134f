"""What a running service tells of itself: figures and log lines, without what people ask."""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.logs import JsonFormatter, logging_plan
from kb.keys import KeyRing, Role
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release
from kb.wiring import open_ledger

SECRET = "domandasegretissima"
Check = Callable[[Any, int], dict[str, Any]]


@pytest.fixture
def client(open_client: Any) -> TestClient:
    opened: TestClient = open_client(FakeAssistant(sample_release()))
    return opened


@pytest.fixture
def staff() -> dict[str, str]:
    return {"Authorization": f"Bearer {KeyRing(open_ledger(Settings())).add('a', Role.STAFF, days=1)[1]}"}


def figures(client: TestClient, headers: dict[str, str]) -> dict[str, float]:
    """Every figure by its name and labels."""
    response = client.get("/metrics", headers=headers)
    assert response.headers["content-type"].startswith("text/plain")
    lines = [line for line in response.text.splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_requests_and_answers_are_counted_by_pattern(client: TestClient, staff: dict[str, str]) -> None:
    client.post("/v1/ask", json={"question": SECRET})
    client.post("/v1/ask", json={"question": "Quanti Comuni riunisce l'Agenzia per la formazione?"})
    client.get("/v1/documents/piano/pages/1")
    client.get(f"/v1/{SECRET}")
    told = figures(client, staff)

    assert told['bussola_requests_total{method="POST",route="/v1/ask",status="200"}'] == 2
    assert told['bussola_answers_total{mode="extractive",status="answered"}'] == 1
    assert told['bussola_answers_total{mode="extractive",status="not_found"}'] == 1
    assert (
        told['bussola_requests_total{method="GET",route="/v1/documents/{document_id}/pages/{index}",status="200"}'] == 1
    )
    assert told['bussola_requests_total{method="other",route="other",status="404"}'] == 1
    assert told['bussola_request_seconds_count{route="/v1/ask"}'] == 2
    assert told["bussola_work_under_way"] == 0
    assert told["bussola_receipts_lost"] == 0
    assert not [name for name in told if SECRET in name]


def test_figures_are_for_this_machine_and_staff(client: TestClient, check_problem: Check) -> None:
    check_problem(client.get("/metrics"), 401)
    here = TestClient(client.app, client=("127.0.0.1", 1))
    assert here.get("/metrics").status_code == 200


def test_a_json_line_tells_the_request_and_not_the_question(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="bussola"):
        response = client.get("/v1/search", params={"q": SECRET})
    line = JsonFormatter().format([record for record in caplog.records if record.name == "bussola.api"][-1])
    told = json.loads(line)

    assert (told["method"], told["path"], told["status"], told["role"]) == ("GET", "/v1/search", 200, "citizen")
    assert told["request_id"] == response.headers["x-request-id"]
    assert told["ms"] >= 0
    assert SECRET not in line


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_plan_of_the_log_is_one_that_logging_takes(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    kept = logging.getLogger("bussola").handlers[:]
    try:
        logging.config.dictConfig(logging_plan(form))
        logging.getLogger("bussola.api").info("pronta: %s", "r_1")
        said = capsys.readouterr().err
    finally:
        for name in ("bussola", "uvicorn"):
            logging.getLogger(name).handlers[:] = kept if name == "bussola" else []
            logging.getLogger(name).propagate = True
            logging.getLogger(name).setLevel(logging.NOTSET)

    assert "pronta: r_1" in said
    assert (said.startswith("{") and json.loads(said)["level"] == "INFO") == (form == "json")


def test_another_form_of_log_is_refused() -> None:
    with pytest.raises(ValueError, match="log_format"):
        Settings(log_format="xml")
