"""Progress: drawn for a person who watches, once something has taken two seconds; in a file for who asks elsewhere."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kb.ports import Progress

QUIET_S = 2.0
"""Seconds before a bar appears; shorter work shows nothing."""

FILE = "BUSSOLA_PROGRESS_FILE"
"""No setting: who runs a command on another's behalf names here the file in which it says how far it is."""

TOLD_EVERY_S = 0.5


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


class _Told:
    """The last of each thing that is done, in a file: [[what, done, total], …], the newest last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told_at_s = 0.0
        self._tasks: dict[str, tuple[int, int]] = {}

    def show(self, what: str, done: int, total: int) -> None:
        self._tasks[what] = (done, total)
        now_s = time.monotonic()
        if done < total and now_s - self._told_at_s < TOLD_EVERY_S:
            return
        self._told_at_s = now_s
        half = self._path.with_name(f"{self._path.name}.half")
        with suppress(OSError):  # a full disk stops the work, not the telling of it
            half.write_text(json.dumps([[name, *at] for name, at in self._tasks.items()]), encoding="utf-8")
            half.replace(self._path)

    def close(self) -> None:
        """What was told last stays: the work may go on with something that is not counted."""


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
    """A Progress that draws bars on standard error, and leaves no trace when it ends; or tells FILE."""
    shown = _Told(Path(path)) if (path := os.environ.get(FILE)) else _Bars()
    try:
        yield shown.show
    finally:
        shown.close()
