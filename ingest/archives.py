"""Zip archives of documents: what is inside as files, within bounds that a zip bomb does not pass."""

from __future__ import annotations

import errno
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ingest.readers.table import is_supported
from kb.errors import UnreadableFile

SUFFIX = ".zip"
MOST_FILES = 5_000
MOST_BYTES = 2 * 1024**3
"""Unpacked, all files of one archive and of those inside it together."""
MOST_RATIO = 200
"""Unpacked to packed bytes; text packs 3 to 15 times, long runs of one byte a thousand."""
_SMALL = 1024 * 1024  # bytes below which the ratio says nothing
_DEEPEST = 1  # archives inside the one given
_CHUNK = 1024 * 1024
_LONGEST_NAME = 120
_ENCRYPTED = 0x1
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a name must not move the cursor of the terminal that shows it


@dataclass(slots=True)
class Unpacked:
    """What an archive held."""

    files: list[tuple[Path, Path]] = field(default_factory=list)  # where each lies now, its path inside
    refused: list[tuple[str, str]] = field(default_factory=list)  # a file inside that can't be read, and why
    unsupported: list[str] = field(default_factory=list)


def unpack(archive: Path, folder: Path) -> Unpacked:
    """
    The archive's documents, written to a folder under names of our own; hidden files and links are left out.

    An archive inside is opened too, one level deep.

    Raises:
        UnreadableFile: no zip archive, a protected one, or one beyond the bounds.
    """
    unpacking = _Unpacking(folder, archive.name)
    unpacking.open(archive, Path(), depth=0)
    return unpacking.found


class _Unpacking:
    """One archive with those inside it: what was found, and the bytes written so far."""

    def __init__(self, folder: Path, name: str) -> None:
        self.found = Unpacked()
        self._folder, self._name = folder, name
        self._bytes = self._files = 0

    def open(self, archive: Path, under: Path, *, depth: int) -> None:
        try:
            with zipfile.ZipFile(archive) as opened:
                members = [member for member in opened.infolist() if _is_file(member)]
                self._check_promise(members, archive.stat().st_size)
                for member in members:
                    self._take(opened, member, under, depth)
        except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, OverflowError):
            raise UnreadableFile(f"«{self._name}» non è un archivio zip, o è danneggiato: crealo di nuovo.") from None
        except OSError as error:
            if error.filename is None and error.errno == errno.EINVAL:  # an offset inside lies before the beginning
                raise UnreadableFile(f"«{self._name}» è danneggiato: crealo di nuovo.") from None
            why = error.strerror or error
            raise UnreadableFile(f"«{self._name}» non si apre ({why}): controlla spazio e permessi.") from None

    def _check_promise(self, members: list[zipfile.ZipInfo], packed_bytes: int) -> None:
        self._files += len(members)
        promised = sum(member.file_size for member in members)
        if self._files > MOST_FILES:
            raise UnreadableFile(f"«{self._name}» contiene più di {MOST_FILES} file: dividilo.")
        if promised + self._bytes > MOST_BYTES or promised > max(_SMALL, MOST_RATIO * packed_bytes):
            raise self._bomb()

    def _bomb(self) -> UnreadableFile:
        return UnreadableFile(
            f"«{self._name}» non viene aperto: estratto occuperebbe molto più di quanto un archivio di documenti "
            "occupa (bomba zip?); estrai tu i documenti e indica la cartella."
        )

    def _take(self, opened: zipfile.ZipFile, member: zipfile.ZipInfo, under: Path, depth: int) -> None:
        inside = under / _safe_path(member)
        nested = inside.suffix.lower() == SUFFIX
        if not nested and not is_supported(inside):
            self.found.unsupported.append(inside.as_posix())
        elif member.flag_bits & _ENCRYPTED:
            self._refuse(inside, "è protetto da password; estrailo e indica il file.")
        elif nested and depth >= _DEEPEST:
            self._refuse(inside, "è un archivio troppo annidato; estrailo e indica la cartella.")
        else:
            self._write(opened, member, inside, depth)

    def _write(self, opened: zipfile.ZipFile, member: zipfile.ZipInfo, inside: Path, depth: int) -> None:
        target = self._folder / str(len(list(self._folder.iterdir()))) / inside.name
        target.parent.mkdir()
        try:
            self._copy(opened, member, target)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            self._refuse(inside, "è danneggiato dentro l'archivio; crea l'archivio di nuovo.")
            return
        if inside.suffix.lower() != SUFFIX:
            self.found.files.append((target, inside))
            return
        try:
            self.open(target, inside.with_suffix(""), depth=depth + 1)
        finally:
            target.unlink()

    def _copy(self, opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
        """Write a member, counting what really comes out: an archive may promise less than it holds."""
        written = 0
        with opened.open(member) as packed, target.open("wb") as whole:
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                self._bytes += len(chunk)
                if self._bytes > MOST_BYTES or written > max(_SMALL, MOST_RATIO * member.compress_size):
                    raise self._bomb()
                whole.write(chunk)

    def _refuse(self, inside: Path, why: str) -> None:
        self.found.refused.append((inside.as_posix(), f"«{inside.name}» {why}"))


def _is_file(member: zipfile.ZipInfo) -> bool:
    """True for a file that a person put there: no folder, no link, nothing hidden (nor macOS's own)."""
    parts = _safe_path(member).parts
    if member.is_dir() or not parts or any(part.startswith((".", "__MACOSX")) for part in parts):
        return False
    return not stat.S_ISLNK(member.external_attr >> 16)


def _safe_path(member: zipfile.ZipInfo) -> Path:
    """The member's path without roots, drives and steps upwards; the file is never written under it."""
    name = member.filename if member.flag_bits & 0x800 else _mend_name(member.filename)
    parts = PurePosixPath(_CONTROLS.sub("", name.replace("\\", "/"))).parts
    kept = [part for part in parts if part not in ("/", "..", ".") and not part.endswith(":")]
    return Path(*(_short(part) for part in kept))


def _mend_name(name: str) -> str:
    """The name where it was UTF-8 all along: many programs forget the mark that says so."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _short(part: str) -> str:
    if len(part) <= _LONGEST_NAME:
        return part
    stem, dot, suffix = part.rpartition(".")
    return f"{(stem or part)[:_LONGEST_NAME]}{dot}{suffix[:10]}"
