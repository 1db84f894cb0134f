"""Progress is drawn for a person who watches, and only for what takes long."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from ingest import progress


class Terminal(io.StringIO):
    """A terminal that keeps what is written to it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("quiet_s", "stream", "drawn"), [(0.0, Terminal, True), (60.0, Terminal, False), (0.0, io.StringIO, False)]
)
def test_bars(monkeypatch: pytest.MonkeyPatch, quiet_s: float, stream: type[io.StringIO], drawn: bool) -> None:
    written = stream()
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(progress, "QUIET_S", quiet_s)
    with progress.show_progress() as show:
        show("lettura dei documenti", 1, 2)
        show("lettura dei documenti", 2, 2)

    assert bool(written.getvalue()) is drawn


def test_who_asks_elsewhere_reads_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written = Terminal()
    told = tmp_path / "progress.json"
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(progress, "QUIET_S", 0.0)
    monkeypatch.setattr(progress, "TOLD_EVERY_S", 3600.0)
    monkeypatch.setenv(progress.FILE, str(told))
    with progress.show_progress() as show:
        for done in range(3):
            show("pagine", done, 400)
        assert json.loads(told.read_text()) == [["pagine", 0, 400]]
        show("vettori", 7, 7)

    assert json.loads(told.read_text()) == [["pagine", 2, 400], ["vettori", 7, 7]]
    assert written.getvalue() == ""
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]


def test_a_file_that_can_not_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(progress.FILE, str(tmp_path / "nowhere" / "progress.json"))
    with progress.show_progress() as show:
        show("pagine", 1, 1)
