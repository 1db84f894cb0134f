"""One side of a comparison, in a process of its own: orders on standard input, replies on standard output, as JSON."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from types import TracebackType
from typing import Any

from evals.bench.machine import memory_of
from kb.errors import BussolaError, InputError

_LAST_LINES = 3


class SideFailed(BussolaError):
    """A side could not do what it was told."""


class Side:
    """
    A process that holds one object of one class and calls its methods; use as a context.

    Its memory is that of one side alone, and its start is cold.
    """

    def __init__(self, place: str, **environment: str) -> None:
        """Start the process; place is "module:Class"."""
        self._place = place
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "evals.bench.side", place],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1", "HF_HUB_OFFLINE": "1", **environment},
        )

    def __enter__(self) -> Side:
        """The side, as it is."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The process ends."""
        self._process.kill()
        self._process.communicate()
        self._log.close()

    def call(self, method: str, **given: Any) -> Any:
        """
        What a method of the object returns, through JSON.

        Raises:
            SideFailed: it raised, or the process is gone.
        """
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps({"do": method, "with": given}) + "\n")
            self._process.stdin.flush()
            told = self._process.stdout.readline()
        except OSError:
            told = ""
        reply = json.loads(told) if told else {"error": self._last_words()}
        if "error" in reply:
            raise SideFailed(f"bench: {self._place}, {method}: {reply['error']}")
        return reply["value"]

    def memory(self) -> dict[str, float]:
        """Memory of the process, see memory_of."""
        return memory_of(self._process.pid)

    def _last_words(self) -> str:
        self._process.wait()
        self._log.seek(0)
        lines = [line.strip() for line in self._log.read().splitlines() if line.strip()]
        return " / ".join(lines[-_LAST_LINES:]) or f"il processo è finito (stato {self._process.returncode})"


def check_plain_pipeline() -> None:
    """
    Nothing, when the pipeline that we are compared with is installed.

    Raises:
        InputError: it is not.
    """
    from importlib.util import find_spec

    for name in ("llama_index.vector_stores.chroma", "llama_index.embeddings.huggingface", "reportlab"):
        try:
            found = find_spec(name)
        except ModuleNotFoundError:
            found = None
        if found is None:
            raise InputError(f"per il confronto manca «{name}»: installa l'extra con «pip install 'bussola[bench]'».")


def main(place: str) -> None:
    """Do what is ordered until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever libraries print goes where it disturbs nobody
    module, _, name = place.partition(":")
    side = getattr(importlib.import_module(module), name)()
    for line in sys.stdin:
        order = json.loads(line)
        try:
            reply = {"value": getattr(side, order["do"])(**order["with"])}
        except Exception as error:  # told to the process that measures, which stops
            reply = {"error": f"{type(error).__name__}: {' '.join(str(error).split())}"}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()
    sys.stdout.flush()
    # Chroma and torch keep threads that hold up the end of a process; nothing is left to be saved.
    if threading.active_count() > 1:
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
