"""Backups of a ledger that lies in a database of its own: its rows whole or not at all, wherever they are put back."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from kb.backup.contents import ROWS_NAME
from kb.backup.ledger_rows import rows_put_back
from kb.backup.restoring import restore
from kb.backup.saving import save
from kb.errors import InputError
from kb.keys import KeyRing, Role
from kb.ledger import Ledger, Receipt, ledger_url
from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.testing import FakeEmbedder, fake_parts, intake_of


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """One release, published."""
    store = ReleaseStore(tmp_path / "home", parts=fake_parts)
    texts = {"afol": ["I Comuni che partecipano ad AFOL sono 71."]}
    store.publish(build_release(intake_of(texts), store=store, embedder=FakeEmbedder()).id)
    return store.home


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a ledger that is no file of the home: a publication, a receipt given twice, a rating, a key."""
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    fill(url)
    return url


def fill(url: str) -> None:
    with closing(Ledger(url)) as ledger:
        ledger.add_publication("r_1", previous=None, kind="publish", who="anna", why="perché sì")
        for _ in range(2):
            ledger.keep(Receipt("ans_1", "r_1", "answered", {"question": "né «città» né \u2028 altro"}))
        ledger.add_feedback("ans_1", -1, reason="wrong", comment="è «sbagliata»", channel="web")
        KeyRing(ledger).add("Ufficio", Role.STAFF, days=3)


def told_by(url: str) -> object:
    with closing(Ledger(url)) as ledger:
        return ledger.publications(), list(ledger.receipts()), ledger.feedback("ans_1"), KeyRing(ledger).listed()


@pytest.mark.parametrize("is_elsewhere", [True, False])
def test_a_ledger_elsewhere_is_saved_and_put_back_wherever_it_belongs(
    home: Path, tmp_path: Path, database: str, is_elsewhere: bool
) -> None:
    contents = save(home, tmp_path / "copia.tar.gz", database_url=database)
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}" if is_elsewhere else ""

    done = restore(tmp_path / "copia.tar.gz", tmp_path / "other", database_url=url)

    assert ROWS_NAME in contents.files
    assert done.rows == 4
    assert told_by(url or ledger_url(tmp_path / "other")) == told_by(database)
    assert not (tmp_path / "other" / ROWS_NAME).exists()
    assert ReleaseStore(tmp_path / "other", parts=fake_parts).open().id == contents.published


def test_a_ledger_of_the_home_can_move_to_a_database(home: Path, tmp_path: Path) -> None:
    fill(ledger_url(home))
    save(home, tmp_path / "copia.tar.gz")
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"

    restore(tmp_path / "copia.tar.gz", tmp_path / "other", database_url=url)

    assert told_by(url) == told_by(ledger_url(home))


def test_a_numbered_table_goes_on_counting(home: Path, tmp_path: Path, database: str) -> None:
    save(home, tmp_path / "copia.tar.gz", database_url=database)
    restore(tmp_path / "copia.tar.gz", tmp_path / "other")

    with closing(Ledger(ledger_url(tmp_path / "other"))) as ledger:
        ledger.add_publication("r_2", previous="r_1", kind="publish")
        assert [line.number for line in ledger.publications()] == [2, 1]


def test_a_database_in_use_is_replaced_only_when_told_to(home: Path, tmp_path: Path, database: str) -> None:
    save(home, tmp_path / "copia.tar.gz", database_url=database)
    target = f"sqlite:///{tmp_path / 'used.sqlite3'}"
    with closing(Ledger(target)) as ledger:
        ledger.add_publication("r_9", previous=None, kind="publish")

    with pytest.raises(InputError, match="non è vuoto"):
        restore(tmp_path / "copia.tar.gz", tmp_path / "other", database_url=target)
    assert not (tmp_path / "other" / "releases").exists(), "nothing was touched"

    done = restore(tmp_path / "copia.tar.gz", tmp_path / "other", database_url=target, force=True)
    assert told_by(target) == told_by(database)
    assert done.set_aside
    assert '"r_9"' in (done.set_aside / ROWS_NAME).read_text()


def test_when_the_home_can_not_be_switched_the_database_stays_as_it_was(
    home: Path, tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    save(home, tmp_path / "copia.tar.gz", database_url=database)
    target = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    monkeypatch.setattr("kb.backup.restoring._switch", fail)

    with pytest.raises(InputError, match="No space left"):
        restore(tmp_path / "copia.tar.gz", tmp_path / "other", database_url=target)
    with closing(Ledger(target)) as ledger:
        assert ledger.publications() == []


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "{}",
        '{"ledger": 2}\n{"table": "receipts", "row": {"answer": "a"}}\n',
        '{"ledger": 2}\n{"rows": 3}\n',
        '{"ledger": 2}\n{"table": "users", "row": {}}\n{"rows": 1}\n',
        '{"ledger": 2}\n{"table": "chores", "row": {"name": "a", "colour": "b"}}\n{"rows": 1}\n',
        '{"ledger": 2}\n{"table": "chores", "row": {"name": "a", "at": ["b"]}}\n{"rows": 1}\n',
        '{"ledger": 2}\n{"table": "chores", "row": []}\n{"rows": 1}\n',
    ],
)
def test_rows_that_are_not_a_ledgers_are_refused_whole(tmp_path: Path, lines: str) -> None:
    file, url = tmp_path / ROWS_NAME, f"sqlite:///{tmp_path / 'new.sqlite3'}"
    file.write_text(lines)

    with pytest.raises(InputError, match="non si leggono"), rows_put_back(file, url, aside=tmp_path / "aside"):
        pass
    assert not (tmp_path / "aside").exists()


def test_rows_of_a_newer_program_are_refused(tmp_path: Path) -> None:
    file = tmp_path / ROWS_NAME
    file.write_text('{"ledger": 99}\n{"rows": 0}\n')

    with (
        pytest.raises(InputError, match="aggiorna Bussola"),
        rows_put_back(file, f"sqlite:///{tmp_path / 'new.sqlite3'}", aside=tmp_path / "aside"),
    ):
        pass


def test_a_backup_without_rows_is_one_that_older_programs_read(home: Path, tmp_path: Path, database: str) -> None:
    plain, full = save(home, tmp_path / "a.tar.gz"), save(home, tmp_path / "b.tar.gz", database_url=database)

    assert json.loads(plain.to_text())["format"] == 1
    assert json.loads(full.to_text())["format"] == 2
