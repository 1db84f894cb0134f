"""`bussola ingest` as a person runs it, on a release store with fake indexes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import bussola
import kb.wiring
from kb.ports import Progress, no_progress
from kb.releases.build import Intake, build_release
from kb.releases.manifest import Manifest
from kb.releases.store import ReleaseStore
from kb.settings import Settings
from kb.testing import FakeEmbedder, fake_parts


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseStore:
    store = ReleaseStore(tmp_path / "home", parts=fake_parts())

    def build(settings: Settings, intake: Intake, progress: Progress = no_progress) -> Manifest:
        return build_release(intake, store=store, embedder=FakeEmbedder(), progress=progress, parts=fake_parts())

    monkeypatch.setattr(kb.wiring, "release_store", lambda _settings: store)
    monkeypatch.setattr(kb.wiring, "build", build)
    return store


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "piano.txt"
    file.write_text("5. Agenda\n\nI Comuni partecipa-\nno in 71.\f Pagina due.\n", encoding="utf-8")
    return file


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["bussola", *arguments])
    with pytest.raises(SystemExit) as ended:
        bussola.main()
    return int(ended.value.code or 0)


def test_the_report_ends_with_the_next_step(
    store: ReleaseStore, plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "ingest", str(plan), "--kind", "plan") == 0
    out = capsys.readouterr().out

    assert "piano: «5. Agenda» (nuovo), 2 pagine" in out
    assert "parole riunite a fine riga: 1" in out
    assert out.rstrip().endswith(f"bussola publish {store.ids()[0]}")


def test_json_is_one_object(
    store: ReleaseStore, plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "ingest", str(plan), "--fresh", "--json") == 0
    report = json.loads(capsys.readouterr().out)

    assert report["release"] == store.ids()[0]
    (document,) = report["documents"]
    assert (document["document"], document["pages"], document["unreadable_pages"]) == ("piano", 2, [])
    assert document["passages"] > 0 and document["screened"] == 0
    assert report["next"] == f"bussola publish {report['release']}"


def test_without_paths_the_shipped_corpus_is_built_at_first(
    store: ReleaseStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "ingest", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["documents"]) >= 10


@pytest.mark.parametrize(
    "arguments",
    [
        ("manca.txt",),
        ("--fresh",),
        ("{plan}", "--kind", "piano"),
        ("{plan}", "--date", "ieri"),
        ("{plan}", "--status", "boh"),
        ("{plan}", "--remove", "pums"),
        ("--boh",),
    ],
)
def test_bad_input_is_one_line_status_2_and_nothing_written(
    store: ReleaseStore,
    plan: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    assert run(monkeypatch, "ingest", *(each.format(plan=plan) for each in arguments)) == 2
    streams = capsys.readouterr()

    assert streams.out == ""
    assert streams.err.startswith("bussola: ") and len(streams.err.splitlines()) == 1
    assert store.ids() == []
    assert not store.releases.exists()
