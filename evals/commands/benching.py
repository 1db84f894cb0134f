"""The command `bussola bench`: speed and memory beside the plain pipeline, with the same weights in one run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evals.bench.bench import MEASURES, ROUNDS, SIZES, part_names
from kb.errors import InputError

if TYPE_CHECKING:
    from evals.bench.bench import Bench
    from evals.bench.record import Part

QUICK_SIZES = (200,)
_MOST = 5_000_000


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(MEASURES)), help="Solo questa misura; si può ripetere.")
@click.option(
    "--sizes",
    metavar="N,N",
    default=",".join(map(str, SIZES)),
    show_default=True,
    help="Quanti passaggi, per la ricerca.",
)
@click.option("--rounds", type=click.IntRange(1, 100), default=ROUNDS, show_default=True, help="Giri alternati.")
@click.option("--quick", is_flag=True, help="Prova di un paio di minuti: dice che tutto gira, non quanto vale.")
@click.option("--readme", is_flag=True, help="Scrive la tabella in README.md, il grafico e le cifre in evals/bench.")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON, con la macchina descritta.")
def bench(only: tuple[str, ...], sizes: str, rounds: int, quick: bool, readme: bool, as_json: bool) -> None:
    """
    Misura velocità e memoria accanto a LlamaIndex e Chroma messi insieme nel modo solito.

    Stessi pesi, stessa esecuzione, giri alternati; ogni parte gira in un processo suo. Non serve la rete. Con 100.000
    passaggi dura circa un'ora e occupa 4 GB di disco; «--only» e «--sizes» accorciano, «--quick» prova soltanto.
    """
    from evals.bench.side import check_plain_pipeline

    if quick and readme:
        raise InputError("--quick non misura: per scrivere in README.md togli --quick, o togli --readme.")
    check_plain_pipeline()
    wanted = QUICK_SIZES if quick else read_sizes(sizes)
    with tempfile.TemporaryDirectory(prefix="bussola-bench-", ignore_cleanup_errors=True) as folder:
        plan = _plan(Path(folder), rounds=1 if quick else rounds, quick=quick)
        names = part_names([name for name in MEASURES if not only or name in only], wanted)
        parts = _measured(plan, names, _keeper(readme))
    _show(parts, as_json=as_json)


def read_sizes(text: str) -> tuple[int, ...]:
    """
    Sizes as a person writes them, "1000,10000", ascending and each once.

    Raises:
        InputError: one is no number between 100 and 5,000,000.
    """
    try:
        sizes = {int(part) for part in text.split(",")}
    except ValueError:
        sizes = set()
    if not sizes or not all(100 <= size <= _MOST for size in sizes):
        raise InputError(f"--sizes vale «{text}»: scrivi numeri da 100 a {_MOST} separati da virgole, come 1000,10000.")
    return tuple(sorted(sizes))


def _plan(folder: Path, *, rounds: int, quick: bool) -> Bench:
    from evals.bench.bench import Bench

    return Bench(folder, lambda what: click.echo(f"bench: {what}", err=True), rounds, quick)


def _measured(plan: Bench, names: list[str], keep: Callable[[str, Part], None]) -> dict[str, Part]:
    """Each measure as a part; keep is given each as soon as it is there, so that a stop loses one at most."""
    from evals.bench.bench import run_part
    from evals.bench.machine import describe_machine
    from evals.bench.record import make_part

    parts = {}
    for name in names:
        machine = describe_machine()
        rows = run_part(name, plan)
        parts[name] = make_part(rows, machine=machine, rounds=plan.rounds, quick=plan.quick)
        keep(name, parts[name])
    return parts


def _keeper(readme: bool) -> Callable[[str, Part], None]:
    from evals.bench.record import keep_parts
    from evals.bench.table import write_readme

    def keep(name: str, part: Part) -> None:
        if readme:
            write_readme(keep_parts({name: part}))

    return keep


def _show(parts: dict[str, Part], *, as_json: bool) -> None:
    from evals.bench.record import rows_of
    from evals.bench.table import terminal_table

    if as_json:
        click.echo(json.dumps(parts, ensure_ascii=False))
        return
    from rich.console import Console

    Console().print(terminal_table(rows_of(parts)))
