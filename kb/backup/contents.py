"""What a backup holds: the list that stands at its end, and which files of the home folder are in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kb.errors import InputError

LIST_NAME = "bussola-backup.json"
FORMAT = 2
"""1 is without the rows of a ledger that lies on a server; what holds none is written as 1, for older programs."""

ROWS_NAME = "ledger.jsonl"
"""The file of a backup that holds those rows; no file of the home folder."""

CACHE = "cache"
POINTER = "published"
_PASSING = re.compile(
    r"\.building-.*|\.publishing|\.restoring-.*|\.before-restore-.*|\..*\.new|.*-(wal|shm|journal)|.*\.lock"
)
"""What lives for a moment: builds, locks, half-written files; SQLite's side files are in the copy of the database."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The list at the end of a backup."""

    created_at: str  # ISO 8601, UTC
    version: str  # of the program that made it
    published: str | None
    files: Mapping[str, str]  # path from the home folder, SHA-256

    def to_text(self) -> str:
        """As it is written."""
        told = {
            "format": FORMAT if ROWS_NAME in self.files else 1,
            "created_at": self.created_at,
            "version": self.version,
            "published": self.published,
            "files": dict(self.files),
        }
        return json.dumps(told, ensure_ascii=False, indent=1)


def contents_from(text: bytes) -> Contents:
    """
    The list that was written.

    Raises:
        InputError: it is none, or of a newer program.
    """
    try:
        told = json.loads(text)
        found = Contents(told["created_at"], told["version"], told["published"], dict(told["files"]))
        written_as = int(told["format"])
    except (ValueError, KeyError, TypeError):
        raise InputError(f"l'elenco {LIST_NAME} della copia non si legge: usa un'altra copia.") from None
    if written_as > FORMAT:
        raise InputError(f"la copia è di un formato più nuovo ({written_as}): aggiorna Bussola.")
    return found


def files_of(home: Path, *, with_cache: bool) -> Iterator[Path]:
    """
    The files that a backup holds, the pointer to what is published first.

    In that order what it points at is in the folders listed after it, also where someone publishes meanwhile.
    """
    if (home / POINTER).is_file():
        yield home / POINTER
    yield from _below(home, home, with_cache)


def refuse_name(name: str) -> str | None:
    """Why a file of that name may not be unpacked; None when it may."""
    path = PurePosixPath(name)
    if path.is_absolute() or "\\" in name or "\0" in name or re.match(r"[A-Za-z]:", name):
        return "non è un percorso relativo"
    if not path.parts or ".." in path.parts or str(path) != name:
        return "esce dalla cartella"
    return None


def _below(folder: Path, home: Path, with_cache: bool) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if _PASSING.fullmatch(path.name) or path.is_symlink() or path == home / POINTER:
            continue
        if path.is_dir():
            if with_cache or path != home / CACHE:
                yield from _below(path, home, with_cache)
        elif path.is_file():
            yield path
