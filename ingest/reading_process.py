"""Reads files in a process that can be killed: a page or file that takes too long is reported, the rest is read."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO

from ingest.readers.document import Wish
from ingest.readers.reading import PageStep, Reading, no_step
from ingest.worker import Message, receive, send
from kb.errors import UnreadableFile

GIB = 1024**3
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # each thread reserves memory, which is bounded


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost."""

    page_s: float = 60.0  # between two signs of life; a dense page takes 0.1 to 2 seconds
    page_ocr_s: float = 120.0
    each_page_s: float = 0.05  # more for every page of the document: headers are looked for on all of them at the end
    whole_s: float = 3600.0
    memory_bytes: int = 4 * GIB
    file_bytes: int = 2 * GIB
    skipped_pages: int = 10  # pages that may stop the process before the whole document is given up


@dataclass(slots=True)
class _Attempt:
    """How far the reading of a file got."""

    page: int = 0
    pages: int = 0


class ReadingProcess:
    """A process that reads, started when the first file comes and again after it had to be killed; use as a context."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._worker: _Worker | None = None

    def __enter__(self) -> ReadingProcess:
        """Nothing is started yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The process ends, whatever it was doing."""
        self._kill()

    def start(self) -> None:
        """Have the process ready where it is not yet, so that it loads while something else is done."""
        self._worker = self._worker or _Worker(self.limits.memory_bytes)

    def read(self, path: Path, wish: Wish, on_page: PageStep = no_step) -> Reading:
        """
        The reading of a file; a PDF page that can't be read within the limits is left out and says why.

        Raises:
            InputError, UnreadableFile: as ingest.readers.document.read_document, or the file is beyond the limits.
        """
        self._check_size(path)
        skip = dict(wish.skip)
        until_s = time.monotonic() + self.limits.whole_s
        while True:
            attempt = _Attempt()
            kind, content = self._try(path, replace(wish, skip=dict(skip)), on_page, attempt)
            if kind == "read":
                assert isinstance(content, Reading)
                return content
            if kind == "refused":
                raise content
            if attempt.page in (0, *skip) or len(skip) >= self.limits.skipped_pages or time.monotonic() > until_s:
                raise UnreadableFile(f"«{path.name}»: {content}; verifica il file o chiedine un'altra copia.")
            skip[attempt.page] = f"pagina non letta: {content}"

    def _check_size(self, path: Path) -> None:
        size = path.stat().st_size if path.is_file() else 0
        if size > self.limits.file_bytes:
            most = self.limits.file_bytes / GIB
            raise UnreadableFile(
                f"«{path.name}» è troppo grande ({size / GIB:.1f} GB, al massimo {most:.0f}): dividilo."
            )

    def _try(self, path: Path, wish: Wish, on_page: PageStep, attempt: _Attempt) -> Message:
        """The worker's last word; after "broken" the worker is gone, and the attempt knows the page."""
        self.start()
        assert self._worker is not None
        try:
            self._worker.ask((path, wish))
            message = self._wait(self._worker, wish, on_page, attempt)
        except queue.Empty:
            message = "broken", "la lettura supera il tempo ammesso"
        except OSError:
            message = "broken", "il processo di lettura si è interrotto"
        if message[0] == "broken":
            self._kill()
        return message

    def _wait(self, worker: _Worker, wish: Wish, on_page: PageStep, attempt: _Attempt) -> Message:
        step_s = self.limits.page_ocr_s if wish.ocr else self.limits.page_s
        while True:
            kind, content = worker.answer(step_s + self.limits.each_page_s * attempt.pages)
            if kind != "page":
                return kind, content
            attempt.page, attempt.pages = content
            on_page(attempt.page, attempt.pages)

    def _kill(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()


class _Worker:
    """A running `python -m ingest.worker`; a thread takes its answers, so that waiting for them can end."""

    def __init__(self, memory_bytes: int) -> None:
        # What it writes on the way lies here, and goes with it however it ends.
        self._folder = tempfile.TemporaryDirectory(prefix="bussola-read-")
        root = str(Path(__file__).resolve().parent.parent)
        paths = os.pathsep.join([root, os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else [root])
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ingest.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": paths, "TMPDIR": self._folder.name},
            start_new_session=True,  # its own group: a Tesseract that it starts goes with it
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._requests = self._process.stdin
        self._answers: queue.Queue[Message] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self._listener.start()
        self.ask(memory_bytes)

    def ask(self, request: object) -> None:
        """
        Send a request.

        Raises:
            BrokenPipeError: the process is gone.
        """
        send(self._requests, request)

    def answer(self, timeout_s: float) -> Message:
        """
        The next message; ("broken", why) when the process has ended.

        Raises:
            queue.Empty: none came in time.
        """
        return self._answers.get(timeout=timeout_s)

    def kill(self) -> None:
        """End the process and what it started."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what was still to be sent has nobody to go to
                if stream is not None:
                    stream.close()
        self._folder.cleanup()

    def _listen(self, stream: IO[bytes]) -> None:
        try:
            while True:
                self._answers.put(receive(stream))
        except (EOFError, OSError, ValueError):
            self._answers.put(("broken", "il processo di lettura si è interrotto"))
