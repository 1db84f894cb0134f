"""The command `bussola evals`: what the answers, the search and the extraction are worth, in figures."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evals.commands.searching import editions, facts, show_figures
from kb.errors import InputError
from kb.records import AnswerMode

if TYPE_CHECKING:
    from evals.golden import GoldenSet
    from evals.judge import Agreement, JudgedRun
    from evals.run import EvalReport
    from evals.variants import VariantReport
    from kb.settings import Settings


@click.group()
def evals() -> None:
    """Misura la qualità delle risposte, della ricerca e della lettura dei documenti."""


evals.add_command(facts)
evals.add_command(editions)


@evals.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--release", metavar="ID", help="Versione da misurare (se manca, quella pubblicata).")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Cartella in cui scrivere il rapporto.")
@click.option("--against", type=click.Path(path_type=Path), metavar="DIR", help="Rapporto salvato con cui confrontare.")
@click.option("--repeats", type=click.IntRange(1, 20), default=1, metavar="N", help="Quante volte porre ogni domanda.")
@click.option("--variants", is_flag=True, help="Pone anche ogni domanda in altre forme: la risposta deve restare.")
@click.option("--mode", type=click.Choice([mode.value for mode in AnswerMode]), help="Chi scrive le frasi.")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def run(  # noqa: PLR0913 - one parameter an option, as click passes them
    *,
    dataset: Path,
    release: str | None,
    out: Path | None,
    against: Path | None,
    repeats: int,
    variants: bool,
    mode: str | None,
    as_json: bool,
) -> None:
    """
    Pone le domande di prova di DATASET e confronta le risposte con quelle attese.

    DATASET è un file YAML di domande o una cartella che ne contiene. Una domanda la cui citazione attesa non sta nei
    documenti ferma la prova: sbagliata sarebbe l'attesa, non la risposta.
    """
    from rich.console import Console

    from evals.gate import compare_runs
    from evals.golden import load_golden
    from evals.report import make_folder, print_comparison, print_report, print_variants, stored_run, write_report
    from evals.stored import load_run
    from kb.settings import load_settings

    golden = load_golden(dataset)
    before = load_run(against) if against else None  # before the questions: a wrong folder is said at once
    if out:
        make_folder(out)
    asking = Asking(AnswerMode(mode) if mode else AnswerMode.EXTRACTIVE, repeats, variants)
    report, kept = _run_golden(golden, load_settings(), release, asking)
    if out:
        write_report(report, out, before=before)
    comparison = compare_runs(stored_run(report), before) if before else None
    if as_json:
        more = {"comparison": asdict(comparison) if comparison else None, "variants": kept.to_json() if kept else None}
        _print_json(report.to_json() | {name: value for name, value in more.items() if value is not None})
        return
    console = Console(width=None if sys.stdout.isatty() else 120)
    print_report(report, console)
    if kept:
        print_variants(kept, console)
    if comparison:
        print_comparison(comparison, console)


@dataclass(frozen=True, slots=True)
class Asking:
    """How golden questions are put."""

    mode: AnswerMode
    repeats: int
    variants: bool


def _run_golden(
    golden: GoldenSet, settings: Settings, release: str | None, asking: Asking
) -> tuple[EvalReport, VariantReport | None]:
    from evals.golden_quotes import check_quotes
    from evals.report import report_header
    from evals.run import run_golden
    from evals.runner import gate_word
    from evals.variants import run_variants
    from ingest.progress import show_progress
    from kb.wiring import open_assistant

    assistant = open_assistant(settings, release)
    source, mode, repeats = assistant.release, asking.mode, asking.repeats
    try:
        check_quotes(golden.questions, {document: source.pages(document) for document in source.documents})
        with show_progress() as bars:
            report = run_golden(golden, assistant, evidence=source, mode=mode, repeats=repeats, progress=bars)
            asked = report.judgements
            kept = run_variants(golden, asked, assistant, mode=mode, progress=bars) if asking.variants else None
        header = report_header(golden, source.manifest, mode=mode.value, repeats=repeats)
        return report.with_header(header).with_gate(gate_word(report, golden, settings)), kept
    finally:
        source.close()


@evals.command()
@click.argument("report", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--labelled", type=click.IntRange(20, 1000), default=100, metavar="N", help="Frasi etichettate da usare.")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def judge(report: Path, labelled: int, as_json: bool) -> None:
    """
    Fa giudicare a un modello di conversazione le risposte di un rapporto: ogni frase è sostenuta dalle sue citazioni?

    DIR è la cartella scritta con «bussola evals run --out». Accanto al giudizio c'è l'accordo del modello con frasi
    etichettate da persone; non decide mai una pubblicazione. Serve BUSSOLA_LLM_URL o BUSSOLA_LLM_GGUF.
    """
    from evals.judge import ModelJudge, judge_run, measure_agreement
    from evals.liar.cases import load_cases
    from evals.spreading import spread
    from evals.stored import load_run
    from ingest.progress import show_progress
    from kb.settings import load_settings
    from kb.wiring import make_chat_model

    run = load_run(report)
    chat = make_chat_model(load_settings())
    if chat is None:
        raise InputError(
            "il giudice è un modello di conversazione: indicane uno con BUSSOLA_LLM_URL o BUSSOLA_LLM_GGUF."
        )
    cases = spread(load_cases("cases.yaml"), labelled)  # evenly, so that every kind of lie has its part
    with show_progress() as progress:
        model = ModelJudge(chat)
        agreement = measure_agreement(model, cases, progress=progress)
        judged = judge_run(run, model, progress=progress)
    _show_judgement(judged, agreement, as_json=as_json)


def _show_judgement(judged: JudgedRun, agreement: Agreement, *, as_json: bool) -> None:
    if as_json:
        _print_json({**judged.to_json(), "agreement": agreement.to_json()})
        return
    kappa = "–" if agreement.kappa is None else f"{agreement.kappa:.2f}".replace(".", ",")
    click.echo(f"Frasi sostenute dalle loro citazioni: {judged.supported.k} su {judged.supported.n}")
    click.echo(f"Risposte senza frasi non sostenute: {judged.clean.k} su {judged.clean.n}")
    click.echo(f"Senza giudizio: {judged.supported.undetermined} frasi")
    click.echo(f"Accordo del giudice con {agreement.n} frasi etichettate: kappa {kappa} (1: sempre; 0: come a caso)")
    for id_, sentence in judged.refused:
        click.echo(f"  {id_}: {sentence}")


@evals.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--against", type=click.Path(path_type=Path), metavar="RUN", help="Esito salvato con cui confrontare.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="File in cui salvare l'esito per domanda.")
@click.option("--first-stage", is_flag=True, help="Misura la sola fusione, senza il secondo stadio.")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def retrieval(folder: Path, against: Path | None, out: Path | None, first_stage: bool, as_json: bool) -> None:
    """
    Misura la ricerca su una cartella in formato BEIR.

    FOLDER contiene corpus.jsonl, queries.jsonl e qrels.tsv; le domande senza riga in qrels.tsv non hanno risposta.
    """
    from evals.retrieval import evaluate_folder
    from ingest.progress import show_progress
    from kb.settings import load_settings

    with show_progress() as progress:
        settings, again = load_settings(), not first_stage
        found = evaluate_folder(folder, settings, against=against, out=out, second_stage=again, progress=progress)
    show_figures(found, as_json=as_json)


@evals.command()
@click.argument("pdf", type=click.Path(path_type=Path))
@click.option("--source", type=click.Path(path_type=Path), metavar="TXT", required=True, help="Il testo vero del PDF.")
@click.option("--bad-pages", metavar="N,N", help="Pagine che non si possono leggere: conta quelle dichiarate.")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def extraction(pdf: Path, source: Path, bad_pages: str | None, as_json: bool) -> None:
    """Misura quanta parte del testo vero si ritrova, in ordine, in ciò che Bussola legge da PDF."""
    from evals.extraction import extract_pages, join_pages, measure_declared, measure_extraction

    pages = extract_pages(pdf)
    found = measure_extraction(join_pages(pages), _read_source(source))
    figures: dict[str, Any] = {"runs": found.runs, "found": found.found, "share": round(found.share, 4)}
    if bad_pages is not None:
        figures |= asdict(measure_declared(pages, _read_numbers(bad_pages)))
    show_figures(figures, as_json=as_json)


def _read_numbers(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() for part in parts):
        raise InputError(f"--bad-pages «{text}» non è un elenco di pagine: scrivi i numeri separati da virgole, 3,7.")
    return [int(part) for part in parts]


def _read_source(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: non si legge ({error.strerror}); indica un file di testo.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: non è in UTF-8; salvalo in quella codifica.") from None


def _print_json(value: Mapping[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))
