"""Restoring a backup: unpacked apart, every checksum compared, and only then put in place."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kb.backup.contents import LIST_NAME, POINTER, ROWS_NAME, Contents, contents_from, refuse_name
from kb.errors import InputError
from kb.ledger import ledger_url
from kb.ports import Progress, no_progress
from kb.releases.folders import IN_USE, only_one, sync

RESTORING = ".restoring-"
BEFORE = ".before-restore-"
LOCK = ".publishing"
LOCKS = (LOCK, IN_USE)
PIECE = 1 << 20
LONGEST_LIST = 1 << 26
MISSING = "il file {archive} non c'è: controlla il percorso."


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoring did."""

    contents: Contents
    set_aside: Path | None  # where what was there before lies now
    rows: int | None = None  # of the ledger, where they went to a database; None where its file came with the others


def restore(
    archive: Path, home: Path, *, database_url: str = "", force: bool = False, progress: Progress = no_progress
) -> Restored:
    """
    What was put in the home folder; what was there before is set aside in a folder beside it, never removed.

    The ledger goes to the database of that address, or else to its file in the home folder, wherever it was before.
    Nothing is touched until every file is unpacked and is what the backup's list says. The pointer to what is
    published comes last, so that a restoring that dies leaves a home that serves nothing rather than a mixture.

    Raises:
        InputError: the file is no whole backup, or the home or the database is not empty and force is not given.
        ReleaseError: someone is publishing, or a service works on this home.
        StoreError: the database can't be used.
    """
    if not archive.exists():
        raise InputError(MISSING.format(archive=archive))
    there = _entries(home)
    if there and not force:
        raise InputError(f"la cartella {home} non è vuota: usa --force per metterla da parte, o un'altra BUSSOLA_HOME.")
    try:
        home.mkdir(parents=True, exist_ok=True)
        with (
            only_one(home / IN_USE, busy=f"{home} è in uso: ferma «bussola serve», «bussola bot» e «bussola mcp»."),
            only_one(home / LOCK, busy="è in corso una pubblicazione: attendi che finisca."),
            _staging(home) as staging,
        ):
            contents, aside = _unpack(archive, staging, progress), home / f"{BEFORE}{secrets.token_hex(4)}"
            with _ledger_of(staging, database_url, aside=aside, force=force) as rows:
                _switch(home, staging, aside)
            return Restored(contents, aside if aside.exists() else None, rows)
    except OSError as error:
        raise InputError(
            f"non riesco a ripristinare in {home} ({error.strerror or error}): controlla spazio e permessi."
        ) from error


def _entries(home: Path) -> list[Path]:
    if not home.is_dir():
        return []
    return [path for path in home.iterdir() if path.name not in LOCKS and not path.name.startswith(RESTORING)]


@contextmanager
def _staging(home: Path) -> Iterator[Path]:
    """A folder on the disk of the home, which may be a disk of its own; those of dead restorings go."""
    for left in home.glob(f"{RESTORING}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = home / f"{RESTORING}{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(archive: Path, folder: Path, progress: Progress) -> Contents:
    digests: dict[str, str] = {}
    contents: Contents | None = None
    size = max(1, archive.stat().st_size) if archive.is_file() else 1
    try:
        with archive.open("rb") as file, tarfile.open(fileobj=file, mode="r|*") as members:
            for member in members:
                if contents is not None:
                    raise InputError(f"la copia {archive} ha altro dopo l'elenco: usa un'altra copia.")
                data = _checked(members, member, digests)
                if member.name == LIST_NAME:
                    contents = contents_from(data.read(LONGEST_LIST))
                else:
                    digests[member.name] = _put(data, folder / member.name)
                progress("ripristino", min(file.tell(), size), size)
    except FileNotFoundError:
        raise InputError(MISSING.format(archive=archive)) from None
    except (tarfile.TarError, EOFError, zlib.error, UnicodeError) as error:
        raise InputError(f"il file {archive} non è una copia intera di Bussola ({error}): usane un'altra.") from None
    return _compare(archive, contents, digests)


def _checked(members: tarfile.TarFile, member: tarfile.TarInfo, seen: dict[str, str]) -> IO[bytes]:
    why = "non è un file" if not member.isreg() else refuse_name(member.name)
    if why is None and member.name in seen:
        why = "compare due volte"
    data = None if why else members.extractfile(member)
    if data is None:
        raise InputError(f"la copia contiene «{member.name[:80]}», che {why}: non viene da Bussola, non la uso.")
    return data


def _put(data: IO[bytes], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("xb") as file:
        while piece := data.read(PIECE):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _compare(archive: Path, contents: Contents | None, digests: dict[str, str]) -> Contents:
    if contents is None:
        raise InputError(f"il file {archive} non è una copia intera di Bussola (manca l'elenco): usane un'altra.")
    names = sorted(set(contents.files) | set(digests))
    wrong = [name for name in names if contents.files.get(name) != digests.get(name)]
    if wrong:
        raise InputError(f"nella copia {archive} «{wrong[0]}» non è quello che fu salvato: usane un'altra.")
    return contents


@contextmanager
def _ledger_of(staging: Path, database_url: str, *, aside: Path, force: bool) -> Iterator[int | None]:
    """The ledger where it belongs: in the database at the end of the block, or in a file beside the others."""
    from kb.backup.ledger_rows import rows_put_back, write_rows

    rows, own = staging / ROWS_NAME, staging / "ledger.sqlite3"
    if database_url and own.is_file() and not rows.is_file():
        with rows.open("wb") as file:
            write_rows(ledger_url(staging), file)
    if not rows.is_file():
        yield None
        return
    own.unlink(missing_ok=True)
    target = database_url or ledger_url(staging)
    with rows_put_back(rows, target, aside=aside / ROWS_NAME, force=force) as count:
        if database_url:
            rows.unlink()
            yield count  # the home is switched before the rows are there for good
    if not database_url:
        rows.unlink()
        yield count


def _switch(home: Path, staging: Path, aside: Path) -> None:
    there = [path for path in _entries(home) if not path.name.startswith(BEFORE)]
    for path in sorted(there, key=lambda path: path.name != POINTER):
        aside.mkdir(exist_ok=True)
        path.rename(aside / path.name)
    for path in sorted(staging.iterdir(), key=lambda path: path.name == POINTER):
        path.rename(home / path.name)
    sync(home)
