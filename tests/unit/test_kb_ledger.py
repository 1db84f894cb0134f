from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kb.errors import InputError, NotFound, StoreError
from kb.ledger import FEEDBACK_REASONS, Ledger, Receipt, ledger_url
from kb.ledger.tables import MIGRATIONS


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url(tmp_path))
    yield ledger
    ledger.close()


def test_publications_come_newest_first(ledger: Ledger) -> None:
    ledger.add_publication("r_1", previous=None, kind="publish")
    ledger.add_publication("r_2", previous="r_1", kind="publish", why="urgente", gate="failed")

    newest, oldest = ledger.publications()
    assert (newest.release, newest.previous, newest.why, newest.gate) == ("r_2", "r_1", "urgente", "failed")
    assert (oldest.number, oldest.release, oldest.previous, oldest.who) == (1, "r_1", None, None)


def test_what_served_before_is_what_the_last_publishing_replaced(ledger: Ledger) -> None:
    assert ledger.published_before("r_2") is None
    ledger.add_publication("r_2", previous="r_0", kind="publish")
    ledger.add_publication("r_2", previous="r_1", kind="publish")
    ledger.add_publication("r_2", previous="r_9", kind="rollback")
    assert ledger.published_before("r_2") == "r_1"


def test_a_receipt_is_kept_replaced_and_found(ledger: Ledger) -> None:
    ledger.keep(Receipt("ans_1", "r_1", "answered", {"citations": [1]}))
    ledger.keep(Receipt("ans_1", "r_1", "not_found", {"perché": "né città"}))

    found = ledger.receipt("ans_1")
    assert (found.status, found.body) == ("not_found", {"perché": "né città"})
    assert found.created_at
    with pytest.raises(NotFound, match="ans_2"):
        ledger.receipt("ans_2")


@pytest.mark.usefixtures("patient_ledger")
def test_many_may_open_and_write_a_new_ledger_at_once(tmp_path: Path) -> None:
    def write(number: int) -> None:
        own = Ledger(ledger_url(tmp_path))
        own.keep(Receipt(f"ans_{number}", "r_1", "answered", {}))
        own.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    ledger = Ledger(ledger_url(tmp_path))
    assert {ledger.receipt(f"ans_{number}").release for number in range(24)} == {"r_1"}


def test_opening_an_up_to_date_ledger_again_keeps_what_is_there(tmp_path: Path, ledger: Ledger) -> None:
    ledger.add_publication("r_1", previous=None, kind="publish")
    ledger.close()
    assert len(Ledger(ledger_url(tmp_path)).publications()) == 1


def test_an_older_ledger_is_brought_up_step_by_step(
    tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.add_publication("r_1", previous=None, kind="publish")
    ran: list[int] = []
    monkeypatch.setattr("kb.ledger.tables.MIGRATIONS", (*MIGRATIONS, lambda _: ran.append(2), lambda _: ran.append(3)))

    newer = Ledger(ledger_url(tmp_path))
    assert len(newer.publications()) == 1
    Ledger(ledger_url(tmp_path)).publications()
    assert ran == [2, 3]


def test_a_ledger_of_a_newer_program_is_not_touched(tmp_path: Path, ledger: Ledger) -> None:
    ledger.publications()
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    with pytest.raises(StoreError, match=r"versione 99.*aggiorna Bussola"):
        Ledger(ledger_url(tmp_path)).publications()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite3").write_text("not a database, and long enough to be seen as one " * 30)
    with pytest.raises(StoreError, match=r"ledger\.sqlite3 è danneggiato.*restore"):
        Ledger(ledger_url(tmp_path)).publications()


def test_a_page_of_the_file_that_was_overwritten_is_told_with_the_same_remedy(tmp_path: Path) -> None:
    ledger = Ledger(ledger_url(tmp_path))
    for number in range(200):
        ledger.keep(Receipt(f"ans_{number}", "r_1", "answered", {"text": "x" * 500}))
    ledger.close()
    file = tmp_path / "ledger.sqlite3"
    data = file.read_bytes()
    file.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))

    with pytest.raises(StoreError, match=r"è danneggiato.*restore"):
        Ledger(ledger_url(tmp_path)).receipts()


@pytest.mark.parametrize(
    "url",
    [
        *("nonsense", "oracle://u:segreta@h/x", "no-such-engine://u:segreta@h/x"),
        *("postgresql://u:p@h:segreta/x", "postgresql://u:p@h:segreta@h/x"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_password(url: str) -> None:
    with pytest.raises(StoreError, match="BUSSOLA_DATABASE_URL") as caught:
        Ledger(url).publications()
    assert "segreta" not in str(caught.value)


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="permessi"):
        Ledger(ledger_url(tmp_path / "file" / "home")).publications()


def test_the_ledger_lies_in_the_home_folder_unless_told_otherwise(tmp_path: Path) -> None:
    assert ledger_url(tmp_path) == f"sqlite:///{tmp_path}/ledger.sqlite3"
    assert ledger_url(tmp_path, "postgresql://h/x") == "postgresql://h/x"


def test_ratings_of_an_answer_are_kept_without_personal_data(ledger: Ledger) -> None:
    ledger.keep(Receipt("ans_1", "r_1", "answered", {}))
    ledger.add_feedback("ans_1", 1)
    ledger.add_feedback("ans_1", -1, reason="wrong", comment="  Scrivimi:\n a@b.it  ", channel="api")

    up, down = ledger.feedback("ans_1")
    assert (up.verdict, up.reason, up.comment, up.release, up.channel) == (1, None, None, "r_1", "")
    assert (down.verdict, down.reason, down.comment, down.channel) == (-1, "wrong", "Scrivimi: [dato personale]", "api")
    assert up.at <= down.at
    assert ledger.feedback("ans_2") == []
    assert [one.reason for one in ledger.feedback_since(verdict=-1)] == ["wrong"]
    assert ledger.feedback_since("2999-01-01") == []


def test_a_change_of_mind_takes_the_place_of_the_first(ledger: Ledger) -> None:
    ledger.keep(Receipt("ans_1", "r_1", "answered", {}))
    for verdict, reason in ((1, None), (-1, None), (-1, "unclear")):
        ledger.add_feedback("ans_1", verdict, reason=reason, key="chiave")
    ledger.add_feedback("ans_1", 1, key="altra")

    assert sorted((one.verdict, one.reason) for one in ledger.feedback("ans_1")) == [(-1, "unclear"), (1, None)]


@pytest.mark.parametrize("verdict", [0, 2, -5])
def test_a_verdict_is_one_of_two(ledger: Ledger, verdict: int) -> None:
    ledger.keep(Receipt("ans_1", "r_1", "answered", {}))
    with pytest.raises(InputError, match="giudizio"):
        ledger.add_feedback("ans_1", verdict)


def test_a_reason_is_one_of_the_list_and_an_answer_one_that_was_given(ledger: Ledger) -> None:
    ledger.keep(Receipt("ans_1", "r_1", "answered", {}))
    for reason in FEEDBACK_REASONS:
        ledger.add_feedback("ans_1", -1, reason=reason)
    with pytest.raises(InputError, match="usa uno di irrelevant"):
        ledger.add_feedback("ans_1", -1, reason="antipatica")
    with pytest.raises(NotFound, match="ans_2"):
        ledger.add_feedback("ans_2", -1)


def test_a_long_comment_is_cut(ledger: Ledger) -> None:
    ledger.keep(Receipt("ans_1", "r_1", "answered", {}))
    ledger.add_feedback("ans_1", -1, comment="a" * 5000)

    assert len(ledger.feedback("ans_1")[0].comment or "") == 1000


def test_receipts_are_listed_newest_first_and_narrowed(ledger: Ledger) -> None:
    for day, (answer, release, status) in enumerate(
        [("ans_1", "r_1", "answered"), ("ans_2", "r_1", "not_found"), ("ans_3", "r_2", "not_found")], start=1
    ):
        ledger.keep(Receipt(answer, release, status, {}, created_at=f"2026-01-0{day}T00:00:00+00:00"))

    def listed(**narrow: Any) -> list[str]:
        return [one.answer for one in ledger.receipts(**narrow)]

    assert listed() == ["ans_3", "ans_2", "ans_1"]
    assert listed(release="r_1") == ["ans_2", "ans_1"]
    assert listed(statuses=["not_found"], since="2026-01-03") == ["ans_3"]
    assert listed(answers=["ans_1", "ans_9"]) == ["ans_1"]
    assert listed(answers=[]) == []
    assert listed(count=1) == ["ans_3"]


def test_a_ledger_of_the_first_version_keeps_its_receipts(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as connection:
        connection.executescript(
            "CREATE TABLE schema_version (version INTEGER NOT NULL); INSERT INTO schema_version VALUES (1);"
            "CREATE TABLE publications (number INTEGER PRIMARY KEY, release VARCHAR(32) NOT NULL, previous VARCHAR(32),"
            " kind VARCHAR(16) NOT NULL, at VARCHAR(32) NOT NULL, who TEXT, why TEXT, gate VARCHAR(16) NOT NULL);"
            "CREATE TABLE receipts (answer VARCHAR(64) PRIMARY KEY, release VARCHAR(32) NOT NULL,"
            " status VARCHAR(32) NOT NULL, created_at VARCHAR(32) NOT NULL, body TEXT NOT NULL);"
            "INSERT INTO receipts VALUES ('ans_1', 'r_1', 'answered', '2026-01-01', '{}');"
        )
    connection.close()
    ledger = Ledger(ledger_url(tmp_path))

    assert (ledger.receipt("ans_1").times, ledger.receipt("ans_1").channel) == (1, "")
    ledger.keep(Receipt("ans_1", "r_1", "answered", {}, channel="cli"))
    ledger.add_feedback("ans_1", 1)
    assert ledger.receipt("ans_1").times == 2
    ledger.close()
