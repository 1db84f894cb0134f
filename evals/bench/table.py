"""The figures as a table: in the terminal in Italian, in the README in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evals.bench.figures import Row, median
from evals.bench.plot import growth_plot
from evals.bench.record import Part, rows_of
from evals.docs import README
from kb.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

PLOT = Path(__file__).with_name("growth.svg")
HEADLINES = {"extraction.real.pages", "build.documents", "ask.fresh", "api.requests", "api.ask.median", "api.ask.p95"}
"""Rows that stand with the promised ones: the good and the bad that a reader asks for first."""
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def shown(value: float) -> str:
    """A figure with three digits that mean something: 0.0123, 1.23, 12.3, 123, 1,234."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def promised(row: Row) -> str:
    """What the row has to reach: "≤ 0.5", "≥ 4", "≤ 1,500 MB"; empty where nothing."""
    sign = "≥" if row.larger_is_better else "≤"
    if row.bound is not None:
        return f"{sign} {row.bound:g}"
    return f"{sign} {row.ceiling:,g} {row.unit}".rstrip() if row.ceiling is not None else ""


def terminal_table(rows: Sequence[Row]) -> Table:
    """The table of the terminal."""
    from rich.table import Table

    table = Table(
        "misura", "unità", title="Bussola accanto a LlamaIndex + Chroma: mediane dei giri", title_justify="left"
    )
    for name in ("Bussola", "confronto", "rapporto", "richiesto"):
        table.add_column(name, justify="right")
    table.add_column("")
    for row in rows:
        met = {None: "", True: "sì", False: "[bold red]no[/]"}[row.met]
        table.add_row(row.italian, row.unit, *_cells(row), met)
    return table


def readme_table(parts: Mapping[str, Part]) -> str:
    """The README's part: how to read the figures, the plot, those that were promised, and all others folded away."""
    rows = rows_of(parts)
    first = [row for row in rows if row.met is not None or row.key in HEADLINES]
    rest = [row for row in rows if row not in first]
    plot = "![Time of a search as passages grow](evals/bench/growth.svg)"
    folded = ["<details>", "<summary>All other figures</summary>", "", *_lines(rest), "", "</details>"] if rest else []
    return "\n".join([_preface(parts), "", *_lines(first), "", plot, *([""] if folded else []), *folded])


def _lines(rows: Sequence[Row]) -> list[str]:
    lines = ["| | unit | Bussola | plain | ratio | promised | |", "|---|---|---:|---:|---:|---:|---|"]
    for row in rows:
        met = {None: "", True: "✓", False: "✗"}[row.met]
        beside = f" ({row.beside})" if row.beside else ""
        lines.append(f"| {row.english}{beside} | {row.unit} | " + " | ".join(_cells(row)) + f" | {met} |")
    return lines


def fill_readme(text: str, parts: Mapping[str, Part]) -> str:
    """
    The README with the bench's part written anew.

    Raises:
        ValueError: its marks are missing.
    """
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"README.md lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n{readme_table(parts)}\n{END}{after}"


def write_readme(parts: Mapping[str, Part], readme: Path = README, plot: Path = PLOT) -> None:
    """
    Write the README's part and the plot.

    Raises:
        InputError: the README is not there or lacks the marks.
    """
    try:
        filled = fill_readme(readme.read_text(encoding="utf-8"), parts)
    except (OSError, ValueError):
        raise InputError(
            f"--readme: in {readme} servono i segni «{BEGIN}» e «{END}»: rimettili al loro posto."
        ) from None
    if drawn := growth_plot(rows_of(parts)):
        plot.write_text(drawn, encoding="utf-8")
    readme.write_text(filled, encoding="utf-8")


def _cells(row: Row) -> tuple[str, str, str, str]:
    ratio = row.ratio
    plain = shown(median(row.plain)) if row.plain else "–"
    return shown(median(row.ours)), plain, shown(ratio) if ratio is not None else "–", promised(row)


def _preface(parts: Mapping[str, Part]) -> str:
    machines = {part["machine"]["cpu"]: part["machine"] for part in parts.values()}
    told = "; ".join(
        f"{cpu}, {about['cores']} cores, {', '.join(about['flags']) or 'no vector extensions'}"
        for cpu, about in machines.items()
    )
    loads = [
        load for part in parts.values() for load in (part["machine"]["load"], part["load_after"]) if load is not None
    ]
    rounds = min(part["rounds"] for part in parts.values())
    busy = f"; load average {min(loads):g} to {max(loads):g}" if loads else ""
    return (
        f"Medians of at least {rounds} alternating rounds on {told}{busy}. Plain: LlamaIndex and Chroma as their "
        "tutorials put them together, with the same weights. For the search at several sizes texts are made by rule "
        "from the shipped corpus, and vectors from those of its sentences (`evals/bench/made.py`): the same ones."
    )
