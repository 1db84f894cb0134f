"""The commands that measure the search alone: the needed fact, the right edition."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("dataset", metavar="DOMANDE", type=click.Path(path_type=Path))
@click.option("-k", "depth", type=click.IntRange(1, 50), default=5, show_default=True, help="Quanti passaggi guardare.")
@click.option("--release", metavar="ID", help="Versione da misurare (se manca, quella pubblicata).")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def facts(dataset: Path, depth: int, release: str | None, as_json: bool) -> None:
    """
    Misura se i fatti che servono stanno nei primi passaggi trovati.

    DOMANDE è un file YAML di domande di prova o una cartella che ne contiene; valgono quelle con risposta che dicono
    che cosa la risposta deve contenere.
    """
    from evals.facts import measure_facts
    from evals.golden import load_golden
    from ingest.progress import show_progress
    from kb.retrieval.search import Searcher
    from kb.settings import load_settings
    from kb.wiring import make_embedder, open_release

    golden = load_golden(dataset)
    settings = load_settings()
    with open_release(settings, release) as opened, show_progress() as progress:
        embedder = make_embedder(settings)
        opened.check_embedder(embedder)
        report = measure_facts(golden.questions, Searcher(opened, embedder), depth=depth, progress=progress)
    show_figures(report.to_json(), as_json=as_json)


@click.command()
@click.argument("folder", metavar="CARTELLA", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def editions(folder: Path, as_json: bool) -> None:
    """
    Misura se risponde l'edizione giusta, nominata o no.

    CARTELLA contiene una cartella per edizione e un file .jsonl di azioni datate: ogni azione è chiesta nominando
    la sua edizione e senza nominarne alcuna (vale allora la più recente).
    """
    from evals.editions import evaluate_editions
    from ingest.progress import show_progress
    from kb.settings import load_settings
    from kb.wiring import make_embedder

    with show_progress() as progress:
        report = evaluate_editions(folder, make_embedder(load_settings()), progress=progress)
    show_figures(report.to_json(), as_json=as_json)


def show_figures(figures: Mapping[str, Any], *, as_json: bool) -> None:
    """Print figures: one JSON object, or a line each."""
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
        return
    for name, value in figures.items():
        shown = ", ".join(map(str, value)) or "nessuna" if isinstance(value, list) else value
        click.echo(f"{name:<14} {shown}")
