from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.errors import NotFound, StoreError
from kb.ledger import Ledger, Receipt, ledger_url
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
    with pytest.raises(StoreError, match=r"ledger\.sqlite3 non si può usare"):
        Ledger(ledger_url(tmp_path)).publications()


@pytest.mark.parametrize("url", ["nonsense", "oracle://u:segreta@h/x", "no-such-engine://u:segreta@h/x"])
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
