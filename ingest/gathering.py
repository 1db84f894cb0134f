"""Files of the paths that a person gives: folders are walked, archives opened, what can't be read is told apart."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest import archives
from ingest.documents import Found
from ingest.readers.table import READERS, is_supported
from kb.errors import InputError, UnreadableFile

FORMATS = (*READERS, archives.SUFFIX)


@dataclass(slots=True)
class Files:
    """What was found under the paths."""

    named: list[Found] = field(default_factory=list)  # given one by one: each must be readable
    walked: list[Found] = field(default_factory=list)  # found in folders and archives: one that can't be read is told
    unsupported: list[str] = field(default_factory=list)  # files in folders of no known format
    unreadable: list[tuple[str, str]] = field(default_factory=list)  # what can't even be taken out, and why


@contextmanager
def find_files(paths: Sequence[Path]) -> Iterator[Files]:
    """
    The files under the paths, folders in alphabetical order; hidden files and folders are skipped.

    What archives hold lies in a temporary folder while the context lasts.

    Raises:
        UnreadableFile: a path does not exist, a file given by name has no reader, or an archive can't be opened.
        InputError: a folder or archive holds no file that can be read.
    """
    files = Files()
    with ExitStack() as stack:
        for path in paths:
            if path.is_dir():
                _walk(path, files, stack)
            elif _is_archive(path):
                _open_archive(path, Path(), files, stack)
            else:
                files.named.append(_named(path))
        yield files


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == archives.SUFFIX and path.is_file()


def _named(path: Path) -> Found:
    if not path.exists():
        raise UnreadableFile(f"«{path}» non esiste: controlla il percorso.")
    if not path.is_file():
        raise UnreadableFile(f"«{path}» non è un file né una cartella: indica un documento.")
    if not is_supported(path):
        kind = path.suffix or "senza estensione"
        raise UnreadableFile(f"«{path.name}»: il formato «{kind}» non si legge; usa {', '.join(FORMATS)}.")
    return Found(path, Path(path.name))


def _open_archive(path: Path, under: Path, files: Files, stack: ExitStack) -> None:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bussola-zip-")))
    found = archives.unpack(path, folder)
    files.walked += [Found(where, under / inside) for where, inside in sorted(found.files, key=_inside)]
    files.unreadable += found.refused
    files.unsupported += found.unsupported
    if not found.files:
        raise InputError(f"«{path}» non contiene alcun documento leggibile: mettici file {', '.join(READERS)}.")


def _inside(file: tuple[Path, Path]) -> Path:
    return file[1]


def _walk(folder: Path, files: Files, stack: ExitStack) -> None:
    before = len(files.walked)
    try:
        for root, folders, names in os.walk(folder, onerror=_refuse):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                _take(Path(root) / name, folder, files, stack)
    except OSError as error:
        raise UnreadableFile(f"«{error.filename}» non si apre ({error.strerror}): controlla i permessi.") from None
    if len(files.walked) == before:
        why = f" (il primo non letto: {files.unreadable[0][1]})" if files.unreadable else ""
        raise InputError(f"«{folder}» non contiene alcun documento leggibile{why}: metti file {', '.join(FORMATS)}.")


def _refuse(error: OSError) -> None:
    raise error


def _take(path: Path, folder: Path, files: Files, stack: ExitStack) -> None:
    if path.name.startswith(".") or not path.is_file():
        return
    inside = path.relative_to(folder)
    if _is_archive(path):
        try:
            _open_archive(path, inside.with_suffix(""), files, stack)
        except InputError as error:
            files.unreadable.append((inside.as_posix(), str(error)))
    elif is_supported(path):
        files.walked.append(Found(path, inside))
    else:
        files.unsupported.append(inside.as_posix())
