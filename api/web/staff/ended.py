"""Sessions that somebody left before their time: their cookies open nothing any more, in whatever process of a home."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from pathlib import Path
from threading import Lock

from kb.releases.folders import replace_file

logger = logging.getLogger("bussola.api")

FILE = Path("cache") / "sessions-ended"
MOST_BYTES = 64 * 1024
"""Of a longer file the lines whose time is over are left out."""


class EndedSessions:
    """What was left, a line each in one file: the session's fingerprint, and when it would have ended by itself."""

    def __init__(self, home: Path) -> None:
        self._file = home / FILE
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None  # of the file, when it was last read: time of change and size
        self._known: frozenset[str] = frozenset()

    def add(self, session: str, until: int) -> None:
        """End a session; on a disk that is full or read-only it ends in the person's browser alone, which is logged."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._lock:
                self._shorten()
                handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(f"{_fingerprint(session)} {until}\n".encode())
        except OSError as error:
            logger.warning("la sessione lasciata vale ancora per chi ne avesse il cookie (%s)", error)

    def __contains__(self, session: str) -> bool:
        with self._lock:
            try:
                about = self._file.stat()
                if self._seen != (about.st_mtime_ns, about.st_size):
                    self._known = frozenset(line.partition(" ")[0] for line in self._lines())
                    self._seen = (about.st_mtime_ns, about.st_size)
            except OSError:
                return False
            return _fingerprint(session) in self._known

    def _shorten(self) -> None:
        if not self._file.is_file() or self._file.stat().st_size < MOST_BYTES:
            return
        left = [line for line in self._lines() if line.partition(" ")[2].isdecimal()]
        kept = [line for line in left if int(line.partition(" ")[2]) > time.time()]
        replace_file(self._file, "".join(f"{line}\n" for line in kept))

    def _lines(self) -> list[str]:
        return self._file.read_text(encoding="utf-8", errors="replace").splitlines()


def _fingerprint(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
