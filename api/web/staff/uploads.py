"""Files that staff send: named without tricks, of a format that is read, not too large; whole on disk or not at all."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from kb.errors import InputError

MOST_BYTES = 64 * 1024 * 1024
"""A whole upload; the archive's own limits are ingest.archives'."""

MOST_FILES = 20
LONGEST_NAME_CHARS = 150


async def save_uploads(files: Sequence[UploadFile], folder: Path) -> list[Path]:
    """
    The files as they lie in the folder, in the order sent.

    Raises:
        InputError: there is none, or one has no usable name, an unknown format, nothing in it, or another's name.
    """
    sent = [one for one in files if one.filename]
    if not sent:
        raise InputError("scegli almeno un file da caricare.")
    saved: list[Path] = []
    for one in sent:
        target = folder / check_name(one.filename or "")
        if target in saved:
            raise InputError(f"due file si chiamano «{target.name}»: rinominane uno.")
        await run_in_threadpool(_copy, one, target)
        saved.append(target)
    return saved


def check_name(given: str) -> str:
    """
    The file's own name, for a folder of ours.

    Raises:
        InputError: it is a path, is hidden, holds odd characters, is too long or is of a format that is not read.
    """
    from ingest.gathering import FORMATS
    from ingest.readers.table import is_supported

    name = unicodedata.normalize("NFC", given)
    shown = "".join(letter if letter.isprintable() else "�" for letter in name[:80])
    is_path = PurePosixPath(name).name != name or PureWindowsPath(name).name != name
    if is_path or name.startswith(".") or name.startswith("-") or not name.isprintable():
        raise InputError(f"il nome «{shown}» non va bene per un file: usa lettere, cifre, spazi, trattini e il punto.")
    if len(name.encode()) > LONGEST_NAME_CHARS:
        raise InputError(f"il nome «{shown}…» è troppo lungo: usane uno di al più {LONGEST_NAME_CHARS} caratteri.")
    if not name.lower().endswith(".zip") and not is_supported(Path(name)):
        raise InputError(f"il formato di «{shown}» non si legge: carica file {', '.join(FORMATS)}.")
    return name


def _copy(sent: UploadFile, target: Path) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(sent.file, file)
    if target.stat().st_size == 0:
        raise InputError(f"il file «{target.name}» è vuoto: controlla l'originale.")
