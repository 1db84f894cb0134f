"""Progress is drawn for a person who watches, and only for what takes long."""

from __future__ import annotations

import io
import sys

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
