"""`bussola doctor`: what it finds, the remedy it names, and that it never tells a secret."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

from kb import wiring
from kb.checkup import machine, services
from kb.checkup.examination import CHECKS, examine
from kb.checkup.finding import State
from kb.commands.doctor import doctor
from kb.ledger import Ledger, ledger_url
from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.settings import Settings
from kb.testing import FakeEmbedder, fake_parts, intake_of
from kb.testing_servers import free_port

SECRET = "7654321:AAsegretissimo"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with a published release, and parts that load nothing."""
    monkeypatch.setattr(wiring, "index_parts", lambda *_url: fake_parts())
    monkeypatch.setattr(wiring, "make_embedder", lambda _settings, **_: FakeEmbedder())
    home = tmp_path / "home"
    store = ReleaseStore(home, parts=fake_parts)
    store.publish(build_release(intake_of({"a": ["testo"]}), store=store, embedder=FakeEmbedder()).id)
    return Settings(home=home)


class Service(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), type("Own", (Service,), {}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url_of(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_a_plain_installation_is_well(settings: Settings) -> None:
    states = {finding.name: finding.state for finding in examine(settings)}

    assert len(states) == len(CHECKS)
    assert State.BROKEN not in states.values()
    assert states["base di conoscenza"] is states["registro"] is states["programma"] is State.GOOD
    assert states["server Chroma"] is states["indice delle parole"] is states["Telegram"] is State.OFF


def test_every_bad_finding_names_a_remedy_and_no_secret_is_told(settings: Settings) -> None:
    away = f"127.0.0.1:{free_port()}"
    wrong = Settings(
        home=settings.home,
        chroma_url=f"http://anna:{SECRET}@{away}",
        database_url=f"postgresql://anna:{SECRET}@{away}/x",
        lexical_url=f"postgresql://anna:{SECRET}@{away}/x?password={SECRET}",
        llm_url=f"http://{away}/v1",
        llm_key=SECRET,
        telegram_token=SECRET,
        telegram_api_url=f"http://{away}",
        api_url=f"http://{away}",
    )
    found = {check.__name__: check(wrong) for check in CHECKS if check is not machine.check_release}

    bad = {name for name, finding in found.items() if finding.state is State.BROKEN}
    assert bad == {"check_chroma", "check_words", "check_ledger", "check_telegram", "check_api"}
    assert found["check_chat_model"].state is State.WARNING
    assert all(f.remedy for f in found.values() if f.state in (State.BROKEN, State.WARNING))
    assert SECRET not in repr(found)


@pytest.mark.parametrize(("status", "state"), [(200, State.GOOD), (401, State.BROKEN), (500, State.BROKEN)])
def test_services_that_answer_are_believed_only_with_200(service: HTTPServer, status: int, state: State) -> None:
    service.RequestHandlerClass.status = status  # type: ignore[attr-defined]
    settings = Settings(
        telegram_token="1:a", telegram_api_url=url_of(service), api_url=url_of(service), llm_url=url_of(service)
    )

    assert services.check_telegram(settings).state is state
    assert services.check_api(settings).state is state
    expected = State.GOOD if status == 200 else State.WARNING
    assert services.check_chat_model(settings).state is expected
    assert str(status) in services.check_api(settings).seen or status == 200


def test_a_damaged_release_is_found(settings: Settings) -> None:
    store = ReleaseStore(settings.home, parts=fake_parts)
    (store.folder(str(store.published())) / "pages.jsonl").write_text("altro")

    finding = machine.check_release(settings)
    assert finding.state is State.BROKEN
    assert "pages.jsonl" in finding.seen


def test_without_a_release_the_way_to_one_is_told(tmp_path: Path) -> None:
    finding = machine.check_release(Settings(home=tmp_path / "nuova"))

    assert finding.state is State.BROKEN
    assert "bussola ingest" in finding.remedy
    assert not (tmp_path / "nuova").exists()


def test_a_home_that_can_not_be_written_is_found(tmp_path: Path) -> None:
    assert machine.check_home(Settings(home=Path("/proc/bussola"))).state is State.BROKEN
    assert machine.check_home(Settings(home=tmp_path / "non" / "ancora")).state is State.GOOD


@pytest.mark.parametrize(("free", "state"), [(10**11, State.GOOD), (10**9, State.WARNING), (10**7, State.BROKEN)])
def test_little_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: State) -> None:
    class Usage:
        pass

    usage = Usage()
    usage.free = free  # type: ignore[attr-defined]
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)

    assert machine.check_room(Settings(home=tmp_path)).state is state


def test_a_release_of_another_model_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "make_embedder", lambda _settings, **_: FakeEmbedder(7))

    assert machine.check_embedder(settings).state is State.BROKEN


def test_a_missing_package_is_named() -> None:
    assert machine._missing(Requirement("nessun-pacchetto-cosi>=1")) == "nessun-pacchetto-cosi"
    assert machine._missing(Requirement("click>=1000")).startswith("click ")
    assert machine._missing(Requirement("click>=1")) == ""


def test_tesseract_without_italian_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho eng\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert machine.check_tesseract(Settings()).state is State.WARNING
    monkeypatch.setenv("PATH", str(tmp_path / "nulla"))
    assert machine.check_tesseract(Settings()).state is State.OFF


def test_a_ledger_of_a_newer_program_is_told(settings: Settings) -> None:
    ledger = Ledger(ledger_url(settings.home))
    with ledger.transaction() as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version = 99")
    ledger.close()

    assert services.check_ledger(settings).state is State.BROKEN


def test_the_command_exits_with_1_when_something_is_broken(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BUSSOLA_HOME", str(settings.home))
    well = CliRunner().invoke(doctor, ["--json"])
    monkeypatch.setenv("BUSSOLA_API_URL", f"http://127.0.0.1:{free_port()}")
    ill, said = CliRunner().invoke(doctor, ["--json"]), CliRunner().invoke(doctor, [])

    assert (well.exit_code, json.loads(well.stdout)["well"]) == (0, True)
    assert (ill.exit_code, json.loads(ill.stdout)["well"], said.exit_code) == (1, False, 1)
    assert "✗ API del bot" in said.stdout
    assert {"name", "state", "seen", "remedy"} == set(json.loads(ill.stdout)["findings"][0])
