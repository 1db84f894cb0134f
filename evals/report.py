"""A run's report: on the terminal for people, as files for history."""

from __future__ import annotations

import datetime
import importlib.metadata
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.forms import form_of
from evals.golden import GoldenQuestion, GoldenSet
from evals.measures import certainty_pairs, cluster_of, collect_measures
from evals.metrics import Metric
from evals.run import EvalReport, Judgement
from evals.scorers import SCORERS
from evals.scorers.calibration import reliability_bins
from evals.scorers.latency import latency_quantiles
from evals.statistics import bootstrap_mean_interval
from evals.stored import Run, code_fingerprint
from kb.errors import InputError
from kb.records import Citation
from prompts.replies import name_page

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from evals.gate import Comparison
    from evals.variants import VariantReport
    from kb.releases.manifest import DocumentEntry, Manifest

ANSWER_CHARS = 600
"""How much of a wrong answer the terminal shows; the files hold it whole."""


def report_header(golden: GoldenSet, manifest: Manifest, *, mode: str, repeats: int = 1) -> dict[str, Any]:
    """
    What makes a report comparable with another: corpus, questions, program, settings and date.

    Source: metrics notes, section 1.
    """
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "program": importlib.metadata.version("bussola"),
        "code": code_fingerprint(),
        "mode": mode,
        "repeats": repeats,
        "golden": {"source": golden.source, "sha256": golden.fingerprint, "questions": len(golden.questions)},
        "release": manifest.id,
        "fingerprints": dict(manifest.fingerprints),
        "documents": [_document(entry) for entry in manifest.documents],
    }


def _document(entry: DocumentEntry) -> dict[str, Any]:
    return {
        "document": entry.document.id,
        "title": entry.document.title,
        "edition": entry.document.edition,
        "sha256": entry.document.sha256,
        "pages": entry.pages,
        "unreadable_pages": entry.unreadable_pages,
    }


def report_to_json(report: EvalReport) -> dict[str, Any]:
    """The contract's object with the header, the measures, the splits, the intervals over documents and the times."""
    times = {judgement.golden.id: round(judgement.duration_ms, 1) for judgement in report.judgements}
    pairs = certainty_pairs(report.judgements)
    return {
        "header": report.header,
        **report.to_json(),
        "measures": {name: measure.to_json() for name, measure in collect_measures(report.judgements).items()},
        "over_documents": _over_documents(report),
        "by_kind": _splits(report, lambda golden: golden.kind.value),
        "by_driver": _splits(report, lambda golden: ",".join(map(str, golden.drivers)) or "-"),
        "by_document": _splits(report, lambda golden: golden.document or "-"),
        "by_language": _splits(report, lambda golden: golden.lang),
        "by_form": _splits(report, form_of),
        "calibration": [asdict(one) for one in reliability_bins(pairs)],
        "times_ms": {name: round(value, 1) for name, value in latency_quantiles(list(times.values())).items()},
        "duration_ms": times,
    }


def _over_documents(report: EvalReport) -> dict[str, list[float]]:
    """For each metric with units: the ends of the interval that resampling whole documents gives its value."""
    found = {}
    for scorer in SCORERS:
        groups: dict[str, list[float]] = {}
        for judgement in report.judgements:
            units = [float(unit.value) for unit in judgement.scores.get(scorer.name, ()) if unit.value is not None]
            groups.setdefault(cluster_of(judgement), []).extend(units)
        if any(groups.values()):
            found[scorer.name] = [round(end, 4) for end in bootstrap_mean_interval(groups, rounds=500)]
    return found


def _splits(report: EvalReport, key: Callable[[GoldenQuestion], str]) -> dict[str, Any]:
    """Groups with the metrics that have a unit in them."""
    return {
        name: {metric: found.to_json() for metric, found in metrics.items() if found.n or found.undetermined}
        for name, metrics in report.by(key).items()
    }


def make_folder(folder: Path) -> Path:
    """
    The folder, made where it is missing.

    Raises:
        InputError: it can't be made, or a file has its name.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return folder


def write_report(report: EvalReport, folder: Path, *, before: Run | None = None) -> None:
    """
    Write the report's files into a folder: report.json, questions.jsonl, junit.xml and report.html.

    The folder is made where it is missing; a report that lies there is replaced. Args: before is a run to show beside.

    Raises:
        InputError: the folder can't be written.
    """
    from evals.report_files import write_files

    make_folder(folder)
    try:
        write_files(folder, stored_run(report), before=before)
    except OSError as error:
        raise _unwritable(folder, error) from None


def stored_run(report: EvalReport) -> Run:
    """The report as it is kept."""
    return Run(report_to_json(report), tuple(judgement.to_json() for judgement in report.judgements))


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError(f"{folder}: non si può scrivere ({error.strerror}); scegli un'altra cartella.")


def print_report(report: EvalReport, console: Console) -> None:
    """Print the verdict, the table of metrics and every failed question with what was expected."""
    passed = len(report.judgements) - len(report.failed)
    console.print(f"\nDomande superate: [bold]{passed} su {len(report.judgements)}[/bold]\n")
    console.print(_metrics_table(report.metrics))
    console.print(_kinds_table(report))
    for judgement in report.judgements:
        if not judgement.passed:
            _print_failure(judgement, console)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print how the run stands to the one it is held against: counts, p, the questions lost and gained."""
    one = comparison
    p = f"{one.p:.3f}".replace(".", ",")
    console.print(
        f"\nRispetto al rapporto sulla versione {one.published}, su {one.questions} domande: da {one.right_before} a "
        f"{one.right_after} giuste (test di randomizzazione appaiato, p = {p})."
    )
    for title, ids in (("Perse", one.lost), ("Guadagnate", one.gained)):
        if ids:
            console.print(f"{title}: {', '.join(ids)}")


def print_variants(kept: VariantReport, console: Console) -> None:
    """Print, for each way of rewriting the questions, how many answers stayed, and which changed."""
    from rich.table import Table

    table = Table(
        "forma", "uguali", "k su n", "intervallo 95%", "indeterminate", title="Le stesse domande in altre forme"
    )
    for rule, metric in kept.by_rule.items():
        table.add_row(rule, *_cells(metric), str(metric.undetermined))
    console.print(table)
    if kept.changed:
        console.print(f"Cambiate: {', '.join(kept.changed)}")


def _metrics_table(metrics: Mapping[str, Metric]) -> Table:
    from rich.table import Table

    table = Table("misura", "valore", "k su n", "intervallo 95%", "indeterminati", title="Misure")
    for scorer in SCORERS:
        metric = metrics[scorer.name]
        if metric.n or metric.undetermined:
            title = scorer.title + (" (meno è meglio)" if scorer.smaller_is_better else "")
            table.add_row(title, *_cells(metric), str(metric.undetermined))
    return table


def _kinds_table(report: EvalReport) -> Table:
    from rich.table import Table

    table = Table("tipo di domanda", "giuste", "k su n", "intervallo 95%", title="Risposte giuste per tipo")
    for kind, metrics in report.by(lambda golden: golden.kind.value).items():
        table.add_row(kind, *_cells(metrics["right"]))
    return table


def _cells(metric: Metric) -> tuple[str, str, str]:
    value = "-" if metric.value is None else f"{metric.value:.3f}".replace(".", ",")
    return value, f"{metric.k} su {metric.n}", f"{metric.low:.2f}-{metric.high:.2f}".replace(".", ",")


def _print_failure(judgement: Judgement, console: Console) -> None:
    from rich.text import Text

    golden, answer = judgement.golden, judgement.answer
    lines = [("Prima", question) for question in golden.history]
    lines += [("Domanda", golden.question)]
    lines += [("Risposta", f"[{answer.status}] {_cut(answer.text)}" if answer else f"nessuna: {judgement.error}")]
    if answer and answer.citations:
        lines += [("Fonti", "; ".join(map(_source, answer.citations[:3])))]
    lines += [("Atteso", _expected(golden)), ("Perché", "; ".join(judgement.reasons))]
    console.print(Text(f"\n✗ {golden.id} ({golden.kind})", style="bold red"))
    for name, text in lines:
        console.print(Text.assemble((f"  {name}: ", "bold"), text))


def _source(citation: Citation) -> str:
    page = name_page(citation.page_label, citation.page_index)
    return f"{citation.title}, {page}"


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= ANSWER_CHARS else flat[:ANSWER_CHARS].rsplit(" ", 1)[0] + " …"


def _expected(golden: GoldenQuestion) -> str:
    parts = [f"contiene {', '.join(' o '.join(group) for group in golden.must_include)}"] if golden.must_include else []
    parts += [f"non contiene {', '.join(golden.must_not_include)}"] if golden.must_not_include else []
    parts += [f"cita il Driver {' o '.join(map(str, golden.drivers))}"] if golden.drivers else []
    return "; ".join(parts) or f"esito di una domanda {golden.kind}"
