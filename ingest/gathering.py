"""Files of the paths that a person gives: folders are walked, what can't be read is told apart."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.documents import Found
from ingest.readers.table import READERS, is_supported
from kb.errors import InputError, UnreadableFile


@dataclass(slots=True)
class Files:
    """What was found under the paths."""

    named: list[Found] = field(default_factory=list)  # given one by one: each must be readable
    walked: list[Found] = field(default_factory=list)  # found in folders: one that can't be read is reported
    unsupported: list[str] = field(default_factory=list)  # files in folders of no known format


def find_files(paths: Sequence[Path]) -> Files:
    """
    The files under the paths, folders in alphabetical order; hidden files and folders are skipped.

    Raises:
        UnreadableFile: a path does not exist, or a file given by name has no reader.
        InputError: a folder holds no file that can be read.
    """
    files = Files()
    for path in paths:
        if path.is_dir():
            _walk(path, files)
        else:
            files.named.append(_named(path))
    return files


def _named(path: Path) -> Found:
    if not path.exists():
        raise UnreadableFile(f"«{path}» non esiste: controlla il percorso.")
    if not path.is_file():
        raise UnreadableFile(f"«{path}» non è un file né una cartella: indica un documento.")
    if not is_supported(path):
        kind = path.suffix or "senza estensione"
        raise UnreadableFile(f"«{path.name}»: il formato «{kind}» non si legge; usa {', '.join(READERS)}.")
    return Found(path, Path(path.name))


def _walk(folder: Path, files: Files) -> None:
    before = len(files.walked)
    try:
        for root, folders, names in os.walk(folder, onerror=_refuse):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                _take(Path(root) / name, folder, files)
    except OSError as error:
        raise UnreadableFile(f"«{error.filename}» non si apre ({error.strerror}): controlla i permessi.") from None
    if len(files.walked) == before:
        raise InputError(f"«{folder}» non contiene alcun documento leggibile: metti file {', '.join(READERS)}.")


def _refuse(error: OSError) -> None:
    raise error


def _take(path: Path, folder: Path, files: Files) -> None:
    if path.name.startswith(".") or not path.is_file():
        return
    if is_supported(path):
        files.walked.append(Found(path, path.relative_to(folder)))
    else:
        files.unsupported.append(path.relative_to(folder).as_posix())
