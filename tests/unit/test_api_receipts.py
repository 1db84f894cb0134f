"""Answers of the API leave receipts; the question that warms it up leaves none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.unkept import MOST, Unkept
from kb.ledger import Ledger, ledger_url
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release, wait_until

AGENCY = "Quanti Comuni riunisce l'Agenzia per la formazione?"


def open_client(home: Path) -> TestClient:
    app = create_app(lambda: FakeAssistant(sample_release()), Settings(home=home))  # type: ignore[arg-type, return-value]
    client = TestClient(app, raise_server_exceptions=False)
    client.__enter__()
    wait_until(lambda: client.get("/readyz").status_code == 200)
    return client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    opened = open_client(tmp_path)
    yield opened
    opened.__exit__(None, None, None)


def test_each_answer_is_kept_and_the_warm_up_is_not(client: TestClient, tmp_path: Path) -> None:
    ledger = Ledger(ledger_url(tmp_path))
    assert ledger.receipts() == []

    body = {"question": f"{AGENCY} Sono RSSMRA85T10A562S", "history": ["Chiama il 333 1234567"]}
    answer = client.post("/v1/ask", json=body).json()
    (receipt,) = ledger.receipts()
    assert (receipt.answer, receipt.channel, receipt.times) == (answer["id"], "api", 1)
    assert "RSSMRA" not in repr(receipt)
    assert "333 1234567" not in repr(receipt)

    client.get("/", params={"q": AGENCY})
    assert ledger.receipt(answer["id"]).times == 2
    ledger.close()


def test_a_ledger_that_cannot_be_written_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    client = open_client(tmp_path / "file" / "home")

    assert client.post("/v1/ask", json={"question": AGENCY}).json()["status"] == "answered"
    client.__exit__(None, None, None)


def test_an_answer_that_was_not_kept_has_no_address_and_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    client = open_client(tmp_path / "file" / "home")
    asked: dict[str, Any] = {"url": "/", "params": {"q": AGENCY}}

    whole, streamed = client.get(**asked).text, client.get(**asked, headers={"Accept": "text/event-stream"}).text

    for page in (whole, streamed):
        assert "71 Comuni" in page
        assert "Questa risposta non è stata conservata" in page
        assert "/risposte/" not in page
    client.__exit__(None, None, None)


def test_an_answer_that_is_kept_after_all_has_its_address(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "keep", lambda *_: 1 / 0)
        assert "/risposte/" not in client.get("/", params={"q": AGENCY}).text

    page = client.get("/", params={"q": AGENCY}).text

    assert 'href="/risposte/ans_prova"' in page
    assert "non è stata conservata" not in page
    assert client.get("/risposte/ans_prova").status_code == 200


def test_only_the_last_answers_that_were_not_kept_are_remembered() -> None:
    unkept = Unkept()
    for number in range(MOST + 1):
        unkept.note(f"ans_{number}", kept=False)

    assert "ans_0" not in unkept
    assert f"ans_{MOST}" in unkept
    unkept.note(f"ans_{MOST}", kept=True)
    assert f"ans_{MOST}" not in unkept
