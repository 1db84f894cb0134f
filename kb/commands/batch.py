"""Batch files: many questions, one JSON object a line, all checked before the first is used."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from kb.errors import InputError


def read_batch(path: Path, *, needs: str, given: str | None) -> list[dict[str, Any]]:
    """
    The lines of a batch file: "id", the field that is needed, and "history" where there is one.

    Args: given is what was also asked on the command line; both at once is a slip.

    Raises:
        InputError: there is no such file, a line is no JSON object, or a field is missing or of another form.
    """
    if given is not None:
        raise InputError(f"con --batch {path} non va data anche «{given}»: togli l'uno o l'altra.")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise InputError(f"il file {path} non c'è: controlla il percorso.") from None
    except OSError as error:
        raise InputError(f"il file {path} non si apre ({error.strerror}): controlla percorso e permessi.") from None
    except UnicodeDecodeError:
        raise InputError(f"il file {path} non è testo UTF-8: salvalo con quella codifica.") from None
    return [_row(path, number, line, needs) for number, line in enumerate(lines, start=1) if line.strip()]


def counted(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows, with a bar on standard error for a person who watches while the answers go to a file."""
    hidden = not sys.stderr.isatty() or sys.stdout.isatty()
    with click.progressbar(rows, label="Bussola", file=sys.stderr, hidden=hidden) as bar:
        yield from bar


def _row(path: Path, number: int, line: str, needs: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict) or not isinstance(row.get(needs), str) or "id" not in row:
        raise InputError(f'{path}, riga {number}: serve un oggetto JSON {{"id": …, "{needs}": "…"}}; correggi la riga.')
    history = row.get("history") or []
    if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
        raise InputError(f"{path}, riga {number}: «history» deve essere un elenco di domande; correggi la riga.")
    return row
