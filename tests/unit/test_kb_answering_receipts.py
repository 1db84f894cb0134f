"""Every answer leaves a receipt without personal data, and no answer is lost for its sake."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.answering.assistant import Assistant
from kb.answering.guard import MASK
from kb.answering.receipts import ReceiptBook, receipt_of, settings_of
from kb.answering.serialize import answer_to_json
from kb.ledger import Ledger, Receipt, ledger_url
from kb.ledger.database import QUICK
from kb.records import Answer
from kb.releases.build import build_release
from kb.releases.opened import OpenRelease
from kb.releases.store import ReleaseStore
from kb.settings import Settings
from kb.testing import FakeAssistant, FakeEmbedder, fake_parts, intake_of, sample_release
from kb.wiring import open_receipts

PERSONAL = {
    "codice fiscale": "RSSMRA85T10A562S",
    "codice fiscale minuscolo": "rssmra85t10a562s",
    "IBAN": "IT60X0542811101000000123456",
    "IBAN a gruppi": "IT60 X054 2811 1010 0000 0123 456",
    "telefono": "333 1234567",
    "telefono con prefisso": "+39 02 7740 2345",
    "e-mail": "mario.rossi@esempio.it",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def book(settings: Settings) -> Iterator[ReceiptBook]:
    book = open_receipts(settings)
    yield book
    book.close()


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url(settings.home))
    yield ledger
    ledger.close()


@pytest.fixture
def assistant(tmp_path: Path, settings: Settings) -> Iterator[Assistant]:
    """The real steps over a small release with indexes that scan exactly."""
    store = ReleaseStore(tmp_path / "releases-home", parts=fake_parts)
    texts = ["L'Agenzia per la formazione riunisce 71 Comuni del territorio.", "Il PUMS riguarda la mobilità."]
    manifest = build_release(intake_of({"d": texts}), store=store, embedder=FakeEmbedder())
    release = OpenRelease.open(store.folder(manifest.id), parts=fake_parts())
    yield Assistant(release, FakeEmbedder(), settings)
    release.close()


def ask() -> Answer:
    return FakeAssistant(sample_release()).ask("Quanti Comuni riunisce l'Agenzia?", history=["E prima?"])


def in_the_files(home: Path, text: str) -> bool:
    return any(text.encode() in file.read_bytes() for file in home.rglob("*") if file.is_file())


def test_a_receipt_says_what_was_asked_answered_and_how(settings: Settings) -> None:
    answer = ask()

    receipt = receipt_of(answer, settings_of(settings), channel="cli")

    assert (receipt.answer, receipt.release, receipt.status, receipt.channel) == (
        "ans_prova",
        "r_prova",
        "answered",
        "cli",
    )
    assert receipt.body["answer"] == answer_to_json(answer)
    assert receipt.body["history"] == ["E prima?"]
    assert receipt.body["settings"]["contact"] == settings.contact
    assert receipt.body["settings"]["version"]


def test_the_settings_of_a_receipt_hold_no_key_and_no_folder() -> None:
    settings = Settings(
        embed_model="/home/mario/modelli/e5", llm_key="segreta", llm_gguf="/home/mario/qwen.gguf", llm_url="http://h"
    )

    kept = settings_of(settings)

    assert (kept["embed_model"], kept["llm_model"]) == ("e5", "qwen.gguf")
    assert "mario" not in repr(kept)
    assert "segreta" not in repr(kept)


@pytest.mark.parametrize("kind", PERSONAL)
def test_personal_data_of_a_question_reaches_no_file(
    kind: str, assistant: Assistant, book: ReceiptBook, ledger: Ledger, settings: Settings
) -> None:
    assistant.on_answer = lambda answer: book.keep(answer, channel="cli")

    answer = assistant.ask(
        f"Quanti Comuni riunisce l'Agenzia? Scrivimi: {PERSONAL[kind]}",
        history=[f"Sono {PERSONAL[kind]}, che cos'è l'Agenzia?"],
    )

    receipt = ledger.receipt(answer.id)
    assert MASK in receipt.body["answer"]["question"]
    assert MASK in receipt.body["history"][0]
    assert not in_the_files(settings.home, PERSONAL[kind])


@pytest.mark.parametrize("kind", PERSONAL)
def test_the_receipt_masks_also_what_nobody_masked_before(kind: str, settings: Settings) -> None:
    asked = FakeAssistant(sample_release()).ask(f"Sono {PERSONAL[kind]}", history=[f"Sono {PERSONAL[kind]}"])

    receipt = receipt_of(asked, settings_of(settings))

    assert PERSONAL[kind] not in repr(receipt)


def test_a_ledger_that_cannot_be_written_costs_no_answer(
    assistant: Assistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    book = open_receipts(Settings(home=tmp_path / "file" / "home"))
    assistant.on_answer = lambda answer: book.keep(answer, channel="cli")

    with caplog.at_level(logging.WARNING, "bussola.receipts"):
        answers = [assistant.ask("Quanti Comuni riunisce l'Agenzia?") for _ in range(3)]

    assert all(answer.text for answer in answers)
    assert book.lost == 3
    (line,) = [record.getMessage() for record in caplog.records]
    assert "non è stata conservata" in line
    assert "Comuni" not in line, "no question enters the log"


def test_a_ledger_held_by_another_keeps_nobody_waiting(
    book: ReceiptBook, settings: Settings, patient_ledger: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever else is written waits two minutes here: a receipt alone gives up at once."""
    monkeypatch.setattr("kb.ledger.book.QUICK", QUICK)
    assert book.keep(ask(), channel="cli")
    holder = sqlite3.connect(settings.home / "ledger.sqlite3", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        began = time.monotonic()
        assert book.keep(ask(), channel="cli") is False
        assert time.monotonic() - began < 60
    finally:
        holder.close()
    assert book.keep(ask(), channel="cli")
    assert book.lost == 1


def test_a_receipt_that_is_no_json_is_a_lost_one(book: ReceiptBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.answering.receipts.answer_to_json", lambda answer: {"question": "", "x": object()})

    assert book.keep(ask(), channel="cli") is False
    assert book.lost == 1


def test_old_receipts_and_ratings_go_once_a_day(settings: Settings, ledger: Ledger) -> None:
    def on(days_ago: int) -> str:
        return (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(timespec="seconds")

    ledger.keep(Receipt("ans_old", "r_1", "answered", {"text": "antichissimo"}, created_at=on(91)))
    ledger.keep(Receipt("ans_new", "r_1", "answered", {}, created_at=on(80)))
    ledger.add_feedback("ans_old", -1, comment="giudizio recente")
    with ledger.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO feedback (answer, release, verdict, channel, at) VALUES (?,?,?,?,?)",
            ("ans_new", "r_1", 1, "api", on(120)),
        )

    book = ReceiptBook(ledger, settings)
    book.keep(ask(), channel="cli")

    assert [receipt.answer for receipt in ledger.receipts()] == ["ans_prova", "ans_new"]
    assert [line.answer for line in ledger.feedback_since()] == ["ans_old"]
    assert not in_the_files(settings.home, "antichissimo"), "erased also in the file"

    ledger.keep(Receipt("ans_old", "r_1", "answered", {}, created_at=on(91)))
    ReceiptBook(ledger, settings).keep(ask(), channel="cli")
    assert "ans_old" in [receipt.answer for receipt in ledger.receipts()], "not twice a day"
    assert ledger.expire_daily(days=90, now=datetime.now(UTC) + timedelta(days=1, seconds=1)) == 1


@pytest.mark.usefixtures("patient_ledger")
def test_many_threads_and_books_keep_every_receipt(settings: Settings, ledger: Ledger) -> None:
    books = [open_receipts(settings) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda at: books[at % 4].keep(ask(), channel="api"), range(80)))

    assert all(kept)
    assert ledger.receipt("ans_prova").times == 80
    for book in books:
        book.close()


def test_a_receipt_is_cheap(book: ReceiptBook) -> None:
    """Under 3 ms by the clock of the processor, the best of ten rounds: what else runs makes some dearer."""
    answer = ask()
    book.keep(answer, channel="cli")

    costs_s = []
    for _ in range(10):
        began = sum(os.times()[:2])
        for _ in range(20):
            assert book.keep(answer, channel="cli")
        costs_s.append((sum(os.times()[:2]) - began) / 20)

    assert min(costs_s) < 0.003


def test_the_ledger_holds_one_line_of_json_an_answer(book: ReceiptBook, settings: Settings) -> None:
    book.keep(ask(), channel="bot")
    with sqlite3.connect(settings.home / "ledger.sqlite3") as connection:
        ((channel, body),) = connection.execute("SELECT channel, body FROM receipts").fetchall()
    connection.close()

    assert channel == "bot"
    assert set(json.loads(body)) == {"answer", "history", "settings"}
