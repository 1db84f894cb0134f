"""
The parts of README.md that the code prints: `python -m evals.docs` writes them, `--check` fails where they differ.

Each part stands between <!-- NAME:begin --> and <!-- NAME:end -->.
"""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from kb.errors import InputError
from kb.settings import Settings

README = Path(__file__).resolve().parent.parent / "README.md"
HELP_COLUMNS = 100


def settings_table() -> str:
    """Every setting as a Markdown row: environment variable, default, meaning."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `BUSSOLA_{name.upper()}` | {_default(field)} | {field.description} |")
    return "\n".join(rows)


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "the platform's folder for a user's data"
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return f"`{value}`" if value != "" else "empty"


def command_help() -> str:
    """What `bussola --help` prints, as a Markdown block."""
    # As a process of its own: no package may import the module `bussola`, which stands at the head of the arrows.
    shown = subprocess.run(
        [sys.executable, "-m", "bussola", "--help"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        cwd=README.parent,
        env={**os.environ, "COLUMNS": str(HELP_COLUMNS), "PYTHONUTF8": "1"},
    ).stdout
    return f"```\n{shown.rstrip()}\n```"


PARTS: dict[str, Callable[[], str]] = {"settings": settings_table, "help": command_help}


def fill(text: str) -> str:
    """
    The text with every part printed anew.

    Raises:
        InputError: a part's markers are missing or stand twice.
    """
    for name, render in PARTS.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        if (text.count(begin), text.count(end)) != (1, 1) or text.index(end) < text.index(begin):
            raise InputError(f"README.md: servono una volta sola i segni «{begin}» e «{end}»; rimettili al loro posto.")
        before, after = text.partition(begin)[0], text.partition(end)[2]
        text = f"{before}{begin}\n{render()}\n{end}{after}"
    return text


def main(arguments: Sequence[str]) -> int:
    """Write README.md's printed parts, or with --check say on standard error what differs; 0 where all is well."""
    text = README.read_text(encoding="utf-8")
    try:
        wanted = fill(text)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if wanted == text:
        return 0
    if "--check" in arguments:
        difference = difflib.unified_diff(text.splitlines(), wanted.splitlines(), "README.md", "code", lineterm="")
        sys.stderr.write("\n".join([*difference, "README.md: run `make format`.", ""]))
        return 1
    README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
