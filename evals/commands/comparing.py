"""`bussola diff`: what changes from one release to another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.errors import InputError

if TYPE_CHECKING:
    from kb.releases.opened import OpenRelease
    from kb.settings import Settings


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--answers", is_flag=True, help="Pone le domande di prova a entrambe, se non è già stato fatto.")
@click.option("--receipts", is_flag=True, help="Ripete su B le ultime risposte date da A e dice quali cambiano.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Scrive il confronto come pagina."
)
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def diff(*, before: str, after: str, answers: bool, receipts: bool, page: Path | None, as_json: bool) -> None:
    """
    Mostra che cosa cambia dalla versione A alla versione B: documenti, pagine, sezioni, cifre, risposte.

    Le risposte alle domande di prova si confrontano quando entrambe le versioni sono state valutate, o con --answers.
    """
    from kb.settings import load_settings

    settings = load_settings()
    found = _compare(settings, before, after, ask=answers)
    found["receipts"] = _receipts(settings, found["before"], found["after"]) if receipts else None
    if page is not None:
        _write_page(page, found)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: dict[str, Any]) -> list[str]:
    from evals.diff_text import describe_answers, describe_diff, describe_receipts

    lines = describe_diff(found)
    if found["answers"] is None:
        lines += ["", "Le risposte non sono confrontate: ripeti con --answers."]
    else:
        lines += describe_answers(found["answers"]) or ["", "Le risposte alle domande di prova sono uguali."]
    return lines + (describe_receipts(found["receipts"]) if found["receipts"] is not None else [])


def _receipts(settings: Settings, before: str, after: str) -> dict[str, Any]:
    """The answers given by the older release that the newer one would give differently."""
    from evals.receipts_changed import ReceiptChanges, find_changed_receipts, newest_receipts
    from ingest.progress import show_progress
    from kb.wiring import open_assistant, open_ledger

    ledger = open_ledger(settings)
    try:
        kept = newest_receipts(ledger, before)
    finally:
        ledger.close()
    if not kept:
        return ReceiptChanges(0, 0, ()).to_json()
    assistant = open_assistant(settings, after)
    try:
        with show_progress() as progress:
            return find_changed_receipts(kept, assistant, progress=progress).to_json()
    finally:
        assistant.release.close()


def _compare(settings: Settings, before: str, after: str, *, ask: bool) -> dict[str, Any]:
    from kb.releases.compare import compare
    from kb.wiring import release_store

    store = release_store(settings)
    with store.open(before) as old, store.open(after) as new:
        return {**compare(old, new).to_json(), "answers": _answers(settings, old, new, ask=ask)}


def _answers(settings: Settings, old: OpenRelease, new: OpenRelease, *, ask: bool) -> list[dict[str, Any]] | None:
    """The answers that changed; None where the runs are not there and are not asked for."""
    from evals.answers_changed import find_changed_answers
    from evals.runner import Runner, kept_run
    from ingest.progress import show_progress

    runs = kept_run(settings, old.id), kept_run(settings, new.id)
    if ask:
        with show_progress() as progress:
            runs = Runner(settings, progress=progress, say=_say).run_pair(old, new)
    if runs[0] is None or runs[1] is None:
        return None
    return [change.to_json() for change in find_changed_answers(runs[0], runs[1])]


def _write_page(path: Path, found: dict[str, Any]) -> None:
    from evals.page.diff_page import render_diff_page

    try:
        path.write_text(render_diff_page(found), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: non si può scrivere ({error.strerror}); scegli un altro file.") from None


def _say(line: str) -> None:
    click.echo(line, err=True)
