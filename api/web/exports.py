"""What was found, as CSV for spreadsheets and as Markdown to paste."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

from api.routes.drivers import BYTE_ORDER_MARK, RISKY

Row = Mapping[str, str]

_MEANING_MARKS = re.compile(r"([\\`*_\[\]<>#|])")


def as_csv(rows: Sequence[Row]) -> str:
    """
    The rows as CSV (RFC 4180) with their names first; empty where there is none.

    What a spreadsheet would run as a formula is told to be text by an apostrophe.
    """
    written = io.StringIO()
    written.write(BYTE_ORDER_MARK)
    table = csv.writer(written)
    for at, row in enumerate(rows):
        if at == 0:
            table.writerow(row)
        table.writerow([f"'{value}" if value.startswith(RISKY) else value for value in row.values()])
    return written.getvalue()


def as_markdown(title: str, rows: Sequence[Row]) -> str:
    """The rows as quotes, each under its citation, with the link that lasts."""
    parts = [f"# {_plain(title)}"]
    for row in rows:
        quoted = "\n".join(f"> {_plain(line)}" for line in row["testo"].splitlines() if line.strip())
        parts += [f"## {_plain(row['citazione'])}", quoted, f"[{_plain(row['documento'])}](<{row['collegamento']}>)"]
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    return _MEANING_MARKS.sub(r"\\\1", " ".join(text.split()))
