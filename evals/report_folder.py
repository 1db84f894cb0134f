"""Where a release's report lies: BUSSOLA_HOME/reports/<release>/, replaced whole by the next evaluation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evals.stored import Run, load_run
from kb.errors import InputError, ReleaseError
from kb.releases.folders import building_folder, set_aside, settle, sweep

VERDICT = "verdict.json"


def report_folder(home: Path, release: str) -> Path:
    """Where the report of a release lies, or would lie."""
    return home / "reports" / release


def read_run(folder: Path) -> Run | None:
    """The run that a folder keeps; None where there is none that can be read."""
    if not folder.is_dir():
        return None
    try:
        return load_run(folder)
    except InputError:
        return None  # a spoilt one is made anew


def read_verdict(home: Path, release: str) -> Mapping[str, Any] | None:
    """The verdict kept of a release, as Verdict.to_json gave it; None where there is none that can be read."""
    try:
        found = json.loads((report_folder(home, release) / VERDICT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def replace_report(folder: Path, write: Callable[[Path], None]) -> str:
    """
    The checksum of a report that `write` wrote into an empty folder, which then takes the old one's place.

    A reader finds the old report, the new one or, for an instant, none; never half of one.

    Raises:
        ReleaseError: the folder can't be written.
    """
    try:
        sweep_parent(folder)
        with building_folder(folder.parent) as making:
            write(making)
            checksum = report_checksum(making)
            if folder.exists():
                set_aside(folder)
            settle(making, folder)
        sweep_parent(folder)
    except OSError as error:
        raise ReleaseError(
            f"non riesco a scrivere il rapporto in {folder} ({error.strerror or error}): controlla spazio e permessi."
        ) from error
    return checksum


def sweep_parent(folder: Path) -> None:
    """Remove what killed evaluations, and the report just replaced, left beside a folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder.parent)


def report_checksum(folder: Path) -> str:
    """SHA-256 over the names and contents of a report's files, in order of name."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        digest.update(f"{file.name}\n{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
