"""Folders and files that appear whole or not at all, whatever moment the process dies."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kb.errors import BussolaError, ReleaseError

BUILDING = ".building-"

IN_USE = ".in-use.lock"
"""Held, by as many as like, while a service works on a home."""

Discard = Callable[[Path], None]


def nothing(_folder: Path) -> None:
    """Discard nothing: all that there is lies in the folder."""


@contextmanager
def building_folder(parent: Path, *, discard: Discard = nothing) -> Iterator[Path]:
    """
    A folder to build in, locked while it lives and removed at the end unless it was renamed.

    Args: discard removes what the folder keeps elsewhere; where it can't, the folder stays for the next sweep.

    The lock, not the process number in the name, tells a live build from a dead one: numbers are
    reused, and mean nothing to a process in another container.
    """
    parent.mkdir(parents=True, exist_ok=True)
    folder, lock = _claim(parent)
    try:
        yield folder
    finally:
        _remove(folder, discard)
        os.close(lock)


def sweep(parent: Path, *, discard: Discard = nothing) -> int:
    """How many folders of dead builds were removed; discard as for building_folder."""
    swept = 0
    for folder in parent.glob(f"{BUILDING}*"):
        lock = _lock(folder)
        if lock is not None:
            swept += _remove(folder, discard)
            os.close(lock)
    return swept


def _remove(folder: Path, discard: Discard) -> bool:
    if folder.is_dir():
        try:
            discard(folder)
        except BussolaError:  # a server that is down: the name of what it keeps must not be lost
            return False
        shutil.rmtree(folder, ignore_errors=True)
    return True


def settle(folder: Path, target: Path) -> None:
    """
    Give a finished folder its name, after everything in it is on disk.

    Raises:
        FileExistsError: the target is there already.
    """
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)
    try:
        folder.rename(target)
    except OSError as error:
        if target.exists():
            raise FileExistsError(str(target)) from error
        raise
    sync(target.parent)


def set_aside(folder: Path) -> None:
    """Take a folder out of the way under a name that the next sweep removes."""
    folder.rename(folder.with_name(f"{BUILDING}aside-{folder.name}-{secrets.token_hex(4)}"))


def replace_file(path: Path, text: str) -> None:
    """
    Put a text in a file's place; a reader finds the old text or the new, never a part.

    One writer at a time: what a killed one left behind is written over by the next.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_text(text, encoding="utf-8")
        sync(temporary)
        temporary.replace(path)  # os.replace: atomic within one folder
    finally:
        temporary.unlink(missing_ok=True)
    sync(path.parent)


def keep_first(path: Path, data: bytes) -> None:
    """
    Make a file of those bytes, for its owner alone, unless there is one; whole and on disk, or not at all.

    Of several that make one at once the first to name it wins: read the file to know what it holds.
    """
    with _beside(path, data, mode=0o600) as half, suppress(FileExistsError):
        os.link(half, path)
    sync(path.parent)


def put_file(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """
    Put those bytes in a file's place, whole and on disk, or not at all.

    Of several that write one at once the last to name it wins: for files whose content follows from their name.
    """
    with _beside(path, data, mode=mode) as half:
        half.replace(path)
    sync(path.parent)


@contextmanager
def _beside(path: Path, data: bytes, *, mode: int) -> Iterator[Path]:
    """A file of those bytes under a name of its own, on disk, in the folder of a path; gone where the block ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}-{secrets.token_hex(8)}.new")  # a name that backups pass over
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
        sync(half)
        yield half
    finally:
        half.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def only_one(lock_file: Path, *, busy: str) -> Iterator[None]:
    """
    Hold a lock that one process at a time can have; the system frees it when the process dies.

    Raises:
        ReleaseError: another process holds it; the text is `busy`.
    """
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReleaseError(busy) from None
        yield
    finally:
        os.close(handle)


@contextmanager
def in_use(home: Path) -> Iterator[None]:
    """
    While the block runs nothing is restored into a home: a service would go on with a ledger that was set aside.

    Raises:
        ReleaseError: something is being restored.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(home / IN_USE, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:  # where no file can be made nothing can be restored either
        yield
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReleaseError(f"in {home} è in corso un ripristino: attendi che finisca.") from None
        yield
    finally:
        os.close(handle)


def _claim(parent: Path) -> tuple[Path, int]:
    while True:
        folder = parent / f"{BUILDING}{os.getpid()}-{secrets.token_hex(4)}"
        folder.mkdir()
        lock = _lock(folder)
        # Between mkdir and the lock a sweep may have taken the folder for a dead one: then take another.
        if lock is not None:
            if folder.exists():
                return folder, lock
            os.close(lock)


def _lock(folder: Path) -> int | None:
    with suppress(FileNotFoundError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle
    return None
