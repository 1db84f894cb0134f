"""The ledger on a real PostgreSQL: the same as on SQLite, and several machines at once."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sql

from kb.errors import InputError, NotFound, ReleaseError, StoreError
from kb.keys import KeyRing, Role
from kb.ledger import Ledger, Receipt
from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.testing import FakeEmbedder, fake_parts, intake_of
from kb.testing_servers import free_port, postgresql_server

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def url(server: str) -> str:
    """An empty database for this test."""
    name = f"t{next(NUMBERS)}"
    engine = sql.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server.rpartition("/")[0] + f"/{name}"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with closing(Ledger(url)) as ledger:
        yield ledger


def test_publications_receipts_and_ratings_are_kept(ledger: Ledger) -> None:
    ledger.add_publication("r_1", previous=None, kind="publish", who="anna")
    ledger.add_publication("r_2", previous="r_1", kind="publish", why="urgente", gate="failed")
    ledger.keep(Receipt("ans_1", "r_2", "answered", {"perché": "né città"}))
    ledger.keep(Receipt("ans_1", "r_2", "not_found", {"citations": [1]}))
    ledger.add_feedback("ans_1", -1, reason="wrong", key="k", channel="api")
    ledger.add_feedback("ans_1", 1, key="k", channel="api")

    assert [line.release for line in ledger.publications()] == ["r_2", "r_1"]
    assert ledger.published_before("r_2") == "r_1"
    assert (ledger.receipt("ans_1").status, ledger.receipt("ans_1").times) == ("not_found", 2)
    assert [line.verdict for line in ledger.feedback("ans_1")] == [1]
    with pytest.raises(NotFound):
        ledger.receipt("ans_2")
    with pytest.raises(InputError):
        ledger.add_feedback("ans_1", 0)


def test_what_is_old_is_erased_once_a_day(ledger: Ledger) -> None:
    ledger.keep(Receipt("ans_old", "r_1", "answered", {}, created_at="2020-01-01T00:00:00+00:00"))
    ledger.keep(Receipt("ans_new", "r_1", "answered", {}))

    assert ledger.expire_daily(days=90) == 1
    assert ledger.expire_daily(days=90) is None
    assert ledger.expire_daily(days=90, now=datetime.now(UTC) + timedelta(days=2)) == 0
    assert [receipt.answer for receipt in ledger.receipts()] == ["ans_new"]


def test_many_processes_may_start_on_an_empty_database_at_once(url: str) -> None:
    """Each makes the tables or waits for who does, those of the keys too."""
    program = (
        "import sys; from kb.ledger import Ledger, Receipt; from kb.keys import KeyRing, Role\n"
        "ledger = Ledger(sys.argv[1]); KeyRing(ledger).add(sys.argv[2], Role.STAFF, days=1)\n"
        "ledger.keep(Receipt('ans_' + sys.argv[2], 'r_1', 'answered', {}))\n"
    )
    started = [subprocess.Popen([sys.executable, "-c", program, url, str(number)]) for number in range(6)]

    assert [process.wait(300) for process in started] == [0] * 6
    with closing(Ledger(url)) as ledger:
        assert len(ledger.receipts()) == 6
        assert {key.role for key in KeyRing(ledger).listed()} == {Role.STAFF}


def test_threads_may_start_on_an_empty_database_at_once(url: str) -> None:
    def write(number: int) -> None:
        with closing(Ledger(url)) as own:
            own.keep(Receipt(f"ans_{number}", "r_1", "answered", {}))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(16)))

    with closing(Ledger(url)) as ledger:
        assert len(ledger.receipts()) == 16


def test_of_two_that_publish_at_once_one_is_told(url: str, tmp_path: Path) -> None:
    """Two machines, each with its copy of the releases: the file locks differ, the database is one."""
    stores = [ReleaseStore(tmp_path / home, database_url=url, parts=fake_parts) for home in ("one", "other")]
    ids = [build_release(intake_of({"a": ["testo"]}), store=s, embedder=FakeEmbedder()).id for s in stores]

    with closing(Ledger(url)) as ledger, ledger.publishing_alone(busy="occupata"):
        with pytest.raises(ReleaseError, match="un'altra pubblicazione è in corso"):
            stores[1].publish(ids[1])
        assert stores[1].published() is None

    assert stores[1].publish(ids[1]).published == ids[1]
    with closing(Ledger(url)) as ledger:
        assert [line.release for line in ledger.publications()] == [ids[1]]


def test_publishing_and_rolling_back_are_written_there(url: str, tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path, database_url=url, parts=fake_parts)
    first, second = (
        build_release(intake_of({"a": [text]}), store=store, embedder=FakeEmbedder()).id for text in ("prima", "dopo")
    )
    store.publish(first)
    store.publish(second)

    assert store.rollback().published == first
    with closing(Ledger(url)) as ledger:
        assert [line.kind for line in ledger.publications()] == ["rollback", "publish", "publish"]
    assert not (tmp_path / "ledger.sqlite3").exists()


def test_a_connection_that_the_server_cut_is_made_anew(ledger: Ledger, url: str) -> None:
    ledger.keep(Receipt("ans_1", "r_1", "answered", {}))
    engine = sql.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    engine.dispose()

    assert ledger.receipt("ans_1").release == "r_1"


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    ledger = Ledger(f"postgresql://anna:segreta@127.0.0.1:{free_port()}/bussola")

    with pytest.raises(StoreError) as told:
        ledger.publications()

    assert "BUSSOLA_DATABASE_URL" in str(told.value)
    assert "segreta" not in str(told.value)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(StoreError, match="BUSSOLA_DATABASE_URL"):
        Ledger("postgres è qui").publications()
