"""Making a backup: every file with its checksum, databases as they were at one moment, in one file or none."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import quote

from kb.backup.contents import LIST_NAME, POINTER, ROWS_NAME, Contents, files_of
from kb.errors import InputError, ReleaseError
from kb.ports import Progress, no_progress
from kb.releases.folders import sync

PRIVATE = 0o600
"""The file holds what people asked: only its owner reads it."""

SQLITE = ".sqlite3"


def save(
    home: Path,
    target: Path,
    *,
    database_url: str = "",
    with_cache: bool = False,
    progress: Progress = no_progress,
) -> Contents:
    """
    What the backup holds; the target is there whole or not at all.

    Caches are left out unless asked for. A ledger that lies at an address goes in as its rows. Others may go on writing
    meanwhile.

    Raises:
        InputError: there is no home, or the target is there already, inside the home, or can't be written.
        ReleaseError: what is published is damaged, or changed while it was read.
        StoreError: the ledger's database can't be used.
    """
    _check_target(home, target)
    try:
        with _part_of(target) as (part, path), _rows_of(database_url) as rows:
            contents = _write(home, part, rows=rows, with_cache=with_cache, progress=progress)
            part.flush()
            os.fsync(part.fileno())
            path.replace(target)
        sync(target.parent)
    except OSError as error:
        raise InputError(
            f"non riesco a scrivere {target} ({error.strerror or error}): controlla spazio e permessi."
        ) from error
    return contents


def _check_target(home: Path, target: Path) -> None:
    if not home.is_dir():
        raise InputError(f"la cartella {home} non c'è: controlla BUSSOLA_HOME.")
    if target.exists():
        raise InputError(f"il file {target} c'è già: scegli un altro nome.")
    if target.absolute().is_relative_to(home.absolute()):
        raise InputError(f"{target} è dentro la cartella da salvare: mettilo altrove, meglio se su un altro disco.")
    if not target.parent.is_dir():
        raise InputError(f"la cartella {target.parent} non c'è: creala o scegline un'altra.")


@contextmanager
def _part_of(target: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A file beside the target to write in, and its path; what a killed backup left there is written over."""
    path = target.with_name(f".{target.name}.part")
    handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    with open(handle, "wb") as part:  # noqa: PTH123 - a descriptor, opened with its mode
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"un'altra copia sta scrivendo {target}: attendi che finisca.") from None
        os.ftruncate(handle, 0)
        try:
            yield part, path
        except BaseException:
            path.unlink(missing_ok=True)
            raise


@contextmanager
def _rows_of(database_url: str) -> Iterator[IO[bytes] | None]:
    """The rows of the ledger at that address; read first, so that the files hold whatever they tell of."""
    if not database_url:
        yield None
        return
    from kb.backup.ledger_rows import write_rows

    with tempfile.TemporaryFile(prefix="bussola-registro-") as rows:
        write_rows(database_url, rows)
        yield rows


def _write(home: Path, part: IO[bytes], *, rows: IO[bytes] | None, with_cache: bool, progress: Progress) -> Contents:
    digests: dict[str, str] = {}
    pointer = home / POINTER
    published = pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else None
    paths = list(files_of(home, with_cache=with_cache))
    with tarfile.open(fileobj=part, mode="w:gz", compresslevel=6) as archive:
        for done, path in enumerate(paths, start=1):
            name = path.relative_to(home).as_posix()
            if (digest := _add(archive, path, name)) is not None:
                digests[name] = digest
            progress("copia", done, len(paths))
        if rows is not None:
            digests[ROWS_NAME] = _add_open(archive, rows, ROWS_NAME, at=time.time())
        _check_published(home, published, digests)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        contents = Contents(now, importlib.metadata.version("bussola"), published, digests)
        _add_bytes(archive, LIST_NAME, contents.to_text().encode())
    return contents


def _add(archive: tarfile.TarFile, path: Path, name: str) -> str | None:
    """The SHA-256 of what went in; None for a file that went away meanwhile."""
    try:
        with _steady(path) as file:
            return _add_open(archive, file, name, at=path.stat().st_mtime)
    except FileNotFoundError:
        return None


def _add_open(archive: tarfile.TarFile, file: IO[bytes], name: str, *, at: float) -> str:
    """The SHA-256 of what went in."""
    file.seek(0)
    about = tarfile.TarInfo(name)
    about.size = os.fstat(file.fileno()).st_size
    about.mtime, about.mode = int(at), PRIVATE
    reader = _Digesting(file, about.size)
    archive.addfile(about, reader)
    return reader.digest.hexdigest()


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode = len(data), PRIVATE
    archive.addfile(about, io.BytesIO(data))


@contextmanager
def _steady(path: Path) -> Iterator[IO[bytes]]:
    """The file, open; a SQLite database as it was at one moment, whoever writes in it."""
    if path.suffix != SQLITE:
        with path.open("rb") as file:
            yield file
        return
    with tempfile.NamedTemporaryFile(prefix="bussola-copia-", suffix=SQLITE) as copy:
        try:
            source, target = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True), sqlite3.connect(copy.name)
            with closing(source), closing(target):
                source.backup(target)
        except sqlite3.Error as error:
            raise InputError(
                f"il database {path} non si può copiare ({error}): è danneggiato, o di un altro utente."
            ) from error
        with Path(copy.name).open("rb") as file:
            yield file


class _Digesting(io.RawIOBase):
    """A file read once, for the archive and for its checksum."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.digest = hashlib.sha256()
        self._file, self._left = file, size

    def read(self, size: int = -1) -> bytes:
        """The next bytes, no more than the file had when it was opened: a log may grow meanwhile."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self.digest.update(data)
        return data


def _check_published(home: Path, published: str | None, digests: Mapping[str, str]) -> None:
    """A backup of which the published release does not open is none."""
    if published is None:
        return
    folder = f"releases/{published}"
    try:
        told = json.loads((home / folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        told = {"manifest.json": ""}
    changed = [name for name, digest in told.items() if digests.get(f"{folder}/{name}") != digest]
    if changed:
        raise ReleaseError(
            f"la versione pubblicata {published} è danneggiata ({changed[0]}), la copia non servirebbe: controlla con "
            "«bussola doctor» e ricostruisci con «bussola ingest»."
        )
