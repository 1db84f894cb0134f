"""`bussola publish` and `bussola rollback`: which knowledge base serves."""

from __future__ import annotations

import json

import click

from kb.releases.store import Publication
from kb.settings import load_settings
from kb.wiring import release_store


@click.command()
@click.argument("release", metavar="ID")
@click.option("--override", "why", metavar="MOTIVO", help="Perché si pubblica anche se la valutazione non passa.")
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def publish(release: str, why: str | None, as_json: bool) -> None:
    """Pubblica la versione ID: da questo momento le risposte vengono da lì (basta l'inizio di ID)."""
    if why is not None and not why.strip():
        raise click.UsageError("--override vuole un motivo, e qui è vuoto")
    _print(release_store(load_settings()).publish(release, why=why), as_json)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def rollback(as_json: bool) -> None:
    """Torna alla versione che era pubblicata prima; ripetuto, torna ancora più indietro."""
    _print(release_store(load_settings()).rollback(), as_json)


def _print(done: Publication, as_json: bool) -> None:
    if as_json:
        line = {"published": done.published, "previous": done.previous, "gate": "not_applied"}
        click.echo(json.dumps(line, ensure_ascii=False))
    elif done.previous == done.published:
        click.echo(f"La versione {done.published} era già pubblicata: non è cambiato nulla.")
    else:
        before = f" (prima: {done.previous})" if done.previous else ""
        click.echo(f"Pubblicata la versione {done.published}{before}.")
