"""The figures kept: one JSON file, a part a measure, from which the README's table and the plot are written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.bench.bench import MEASURES
from evals.bench.figures import Row, row_from_json
from evals.bench.machine import describe_machine

FILE = Path(__file__).with_name("figures.json")

Part = dict[str, Any]
"""A measure as it was taken: "at", "rounds", "quick", "machine", "load_after", "rows"."""


def make_part(rows: Sequence[Row], *, machine: Mapping[str, Any], rounds: int, quick: bool) -> Part:
    """A measure's rows with when and where they were taken; machine is that of the beginning, with its load."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": rounds,
        "quick": quick,
        "machine": dict(machine),
        "load_after": describe_machine()["load"],
        "rows": [row.to_json() for row in rows],
    }


def read_parts(file: Path = FILE) -> dict[str, Part]:
    """The measures kept, in the order of MEASURES; none where there is no file."""
    if not file.is_file():
        return {}
    return _in_order(json.loads(file.read_text(encoding="utf-8")))


def keep_parts(parts: Mapping[str, Part], file: Path = FILE) -> dict[str, Part]:
    """All that is kept once these parts have taken the place of those of the same names."""
    merged = _in_order(read_parts(file) | dict(parts))
    file.write_text(json.dumps(merged, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return merged


def _in_order(parts: Mapping[str, Part]) -> dict[str, Part]:
    """The parts in the order of MEASURES, those of one measure ("search.1000") by size."""
    measures = list(MEASURES)

    def place(name: str) -> tuple[int, int]:
        measure, _, size = name.partition(".")
        return measures.index(measure), int(size or 0)

    return {name: parts[name] for name in sorted(parts, key=place)}


def rows_of(parts: Mapping[str, Part]) -> list[Row]:
    """Every row of every part, in order."""
    return [row_from_json(told) for part in parts.values() for told in part["rows"]]
