"""`bussola evaluate`, `publish` and `rollback`: what a candidate is worth, and which knowledge base serves."""

from __future__ import annotations

import getpass
import json
import sys
from typing import TYPE_CHECKING, Any

import click

from kb.errors import ReleaseError

if TYPE_CHECKING:
    from evals.candidate import Evaluation
    from kb.releases.store import Publication
    from kb.settings import Settings

MEANING = {
    "passed": "la valutazione è superata",
    "failed": "la valutazione non è superata",
    "overridden": "la valutazione non era superata: pubblicata per decisione motivata",
    "not_applied": "nessuna valutazione",
}


@click.command()
@click.argument("release", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def evaluate(release: str, as_json: bool) -> None:
    """
    Valuta la versione ID senza pubblicarla: domande di prova, confronto con quella pubblicata, rapporto.

    Esce con 0 se la valutazione è superata, con 1 se non lo è.
    """
    from evals.gate import FAILED
    from kb.settings import load_settings

    found = _evaluate(load_settings(), release)
    if as_json:
        _print_json(_evaluation_json(found))
    else:
        _print_verdict(found)
    if found.verdict.status == FAILED:
        sys.exit(1)


@click.command()
@click.argument("release", metavar="ID")
@click.option("--override", "why", metavar="MOTIVO", help="Perché si pubblica anche se la valutazione non passa.")
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def publish(release: str, why: str | None, as_json: bool) -> None:
    """
    Pubblica la versione ID: da questo momento le risposte vengono da lì (basta l'inizio di ID).

    Prima la valuta, se non lo è già, e la confronta con quella pubblicata: se la valutazione non è superata si ferma e
    dice perché. Con --override si pubblica lo stesso; il motivo resta scritto accanto alla versione.
    """
    if why is not None and not why.strip():
        raise click.UsageError("--override vuole un motivo, e qui è vuoto")
    from kb.settings import load_settings
    from kb.wiring import release_store

    settings = load_settings()
    store = release_store(settings)
    id_, previous = store.resolve(release), _published(settings)
    if id_ == previous:
        _print_publication(store.publish(id_), "not_applied", as_json)
        return
    store.check_ledger()
    found = _evaluate(settings, id_)
    gate = _decide(found, why)
    if gate == "failed":
        _refuse(found, previous, as_json=as_json)
    reason = why if gate == "overridden" else None
    # Judged against what served before the questions: if another publisher was faster, the verdict is of yesterday.
    done = store.publish(id_, why=reason, gate=gate, who=_who(), instead_of=previous)
    _print_publication(done, gate, as_json)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def rollback(as_json: bool) -> None:
    """Torna alla versione che era pubblicata prima; ripetuto, torna ancora più indietro."""
    from kb.settings import load_settings
    from kb.wiring import release_store

    _print_publication(release_store(load_settings()).rollback(who=_who()), "not_applied", as_json)


def _evaluate(settings: Settings, release: str) -> Evaluation:
    from evals.candidate import evaluate_release
    from ingest.progress import show_progress

    with show_progress() as progress:
        return evaluate_release(settings, release, progress=progress, say=_say)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _decide(found: Evaluation, why: str | None) -> str:
    if found.verdict.status == "failed" and why is not None:
        return "overridden"
    return found.verdict.status


def _refuse(found: Evaluation, previous: str | None, *, as_json: bool) -> None:
    """
    Say why, and stop.

    Raises:
        ReleaseError: always; its line stands last.
    """
    from evals.gate import verdict_lines

    for line in verdict_lines(found.verdict.to_json()):
        click.echo(line, err=True)
    if as_json:
        _print_json({"published": previous, "previous": previous, "gate": "failed", **_evaluation_json(found)})
    id_ = found.verdict.release
    serving = f"resta in uso {previous}" if previous else "nessuna versione è in uso"
    raise ReleaseError(
        f"la versione {id_} non è stata pubblicata ({MEANING['failed']}, {serving}): leggi {found.folder}/report.html, "
        f"correggi e ripeti, oppure «bussola publish {id_} --override MOTIVO»."
    )


def _evaluation_json(found: Evaluation) -> dict[str, Any]:
    verdict = found.verdict.to_json()
    compared = verdict["comparison"]
    return {
        "release": found.verdict.release,
        "gate": found.verdict.status,
        "questions": len(found.run.questions),
        "failed": [question["id"] for question in found.run.questions if not question["passed"]],
        "reasons": verdict["faults"],
        "against": compared["published"] if compared else None,
        "comparison": compared,
        "notes": verdict["notes"],
        "report": str(found.folder / "report.html"),
    }


def _print_verdict(found: Evaluation) -> None:
    from evals.gate import verdict_lines

    verdict = found.verdict
    right = sum(bool(question["passed"]) for question in found.run.questions)
    click.echo(f"Versione {verdict.release}: {MEANING[verdict.status]}.")
    click.echo(f"Domande superate: {right} su {len(found.run.questions)}.")
    if verdict.comparison is not None:
        one = verdict.comparison
        click.echo(
            f"Rispetto alla pubblicata {one.published}, su {one.questions} domande: {len(one.gained)} in più giuste, "
            f"{len(one.lost)} in meno."
        )
    for line in (*verdict_lines(verdict.to_json()), *verdict.notes):
        click.echo(line)
    click.echo(f"Rapporto: {found.folder / 'report.html'}")


def _print_publication(done: Publication, gate: str, as_json: bool) -> None:
    if as_json:
        _print_json({"published": done.published, "previous": done.previous, "gate": gate})
    elif done.previous == done.published:
        click.echo(f"La versione {done.published} era già pubblicata: non è cambiato nulla.")
    else:
        before = f" (prima: {done.previous})" if done.previous else ""
        verdict = f" Nota: {MEANING[gate]}." if gate == "overridden" else ""
        click.echo(f"Pubblicata la versione {done.published}{before}.{verdict}")


def _published(settings: Settings) -> str | None:
    """What serves; a spoilt pointer is mended by publishing, and stops nothing here."""
    from kb.wiring import release_store

    try:
        return release_store(settings).published()
    except ReleaseError:
        return None


def _who() -> str | None:
    """The account at the keyboard; None where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return None


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))
