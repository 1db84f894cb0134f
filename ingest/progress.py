"""Progress on standard error, for a person who watches, once something has taken two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kb.ports import Progress

QUIET_S = 2.0
"""Seconds before a bar appears; shorter work shows nothing."""


class _Bars:
    """One bar for each thing that is done, made when it is first needed."""

    def __init__(self) -> None:
        self._started_s = time.monotonic()
        self._rich: Any = None
        self._tasks: dict[str, Any] = {}

    def show(self, what: str, done: int, total: int) -> None:
        if self._rich is None:
            if not sys.stderr.isatty() or time.monotonic() - self._started_s < QUIET_S:
                return
            self._rich = _open_bars()
        if what not in self._tasks:
            self._tasks[what] = self._rich.add_task(what, total=total)
        self._rich.update(self._tasks[what], completed=done, total=total)

    def close(self) -> None:
        if self._rich is not None:
            self._rich.stop()


def _open_bars() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bars = RichProgress(*columns, console=Console(file=sys.stderr), transient=True)
    bars.start()
    return bars


@contextmanager
def show_progress() -> Iterator[Progress]:
    """A Progress that draws bars on standard error, and leaves no trace when it ends."""
    bars = _Bars()
    try:
        yield bars.show
    finally:
        bars.close()
