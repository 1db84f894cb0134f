"""The command `bussola evals`: what the answers, the search and the extraction are worth, in figures."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from evals.commands.searching import editions, facts, show_figures
from kb.errors import InputError
from kb.records import AnswerMode


@click.group()
def evals() -> None:
    """Misura la qualità delle risposte, della ricerca e della lettura dei documenti."""


evals.add_command(facts)
evals.add_command(editions)


@evals.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--release", metavar="ID", help="Versione da misurare (se manca, quella pubblicata).")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Cartella in cui scrivere il rapporto.")
@click.option("--mode", type=click.Choice([mode.value for mode in AnswerMode]), help="Chi scrive le frasi.")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def run(dataset: Path, release: str | None, out: Path | None, mode: str | None, as_json: bool) -> None:
    """
    Pone le domande di prova di DATASET e confronta le risposte con quelle attese.

    DATASET è un file YAML di domande o una cartella che ne contiene.
    """
    from rich.console import Console

    from evals.golden import load_golden
    from evals.report import make_folder, print_report, report_header, write_report
    from evals.run import run_golden
    from ingest.progress import show_progress
    from kb.settings import load_settings
    from kb.wiring import open_assistant

    golden = load_golden(dataset)
    if out:
        make_folder(out)  # before the questions: a wrong folder is said at once
    assistant = open_assistant(load_settings(), release)
    wanted = AnswerMode(mode) if mode else None
    try:
        with show_progress() as progress:
            report = run_golden(golden, assistant, evidence=assistant.release, mode=wanted, progress=progress)
        report = report.with_header(report_header(golden, assistant.release.manifest, mode=mode or "extractive"))
    finally:
        assistant.release.close()
    if out:
        write_report(report, out)
    if as_json:
        _print_json(report.to_json())
    else:
        print_report(report, Console(width=None if sys.stdout.isatty() else 120))


@evals.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--against", type=click.Path(path_type=Path), metavar="RUN", help="Esito salvato con cui confrontare.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="File in cui salvare l'esito per domanda.")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def retrieval(folder: Path, against: Path | None, out: Path | None, as_json: bool) -> None:
    """
    Misura la ricerca su una cartella in formato BEIR.

    FOLDER contiene corpus.jsonl, queries.jsonl e qrels.tsv; le domande senza riga in qrels.tsv non hanno risposta.
    """
    from evals.retrieval import evaluate_folder
    from ingest.progress import show_progress
    from kb.settings import load_settings

    with show_progress() as progress:
        found = evaluate_folder(folder, load_settings(), against=against, out=out, progress=progress)
    show_figures(found, as_json=as_json)


@evals.command()
@click.argument("pdf", type=click.Path(path_type=Path))
@click.option("--source", type=click.Path(path_type=Path), metavar="TXT", required=True, help="Il testo vero del PDF.")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def extraction(pdf: Path, source: Path, as_json: bool) -> None:
    """Misura quanta parte del testo vero si ritrova, in ordine, in ciò che Bussola legge da PDF."""
    from evals.extraction import extract_text, measure_extraction

    found = measure_extraction(extract_text(pdf), _read_source(source))
    show_figures({"runs": found.runs, "found": found.found, "share": round(found.share, 4)}, as_json=as_json)


def _read_source(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: non si legge ({error.strerror}); indica un file di testo.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: non è in UTF-8; salvalo in quella codifica.") from None


def _print_json(value: Mapping[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))
