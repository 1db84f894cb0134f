"""`bussola retention`: erase now what was kept long enough; for a timer."""

from __future__ import annotations

import json
from contextlib import closing

import click

from kb.settings import load_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def retention(as_json: bool) -> None:
    """
    Cancella ricevute e giudizi più vecchi di BUSSOLA_RETENTION_DAYS giorni.

    Chi risponde lo fa già da sé, una volta al giorno; così accade anche quando nessuno chiede nulla.

    Un orologio che è saltato avanti di più di una settimana non è creduto subito: se è giusto, la cancellazione si
    completa il giorno dopo.
    """
    from kb.wiring import open_ledger

    settings = load_settings()
    with closing(open_ledger(settings)) as ledger:
        gone = ledger.expire_daily(days=settings.retention_days)
    if as_json:
        click.echo(json.dumps({"days": settings.retention_days, "erased": gone or 0, "done_already": gone is None}))
    elif gone is None:
        click.echo("Già fatto nelle ultime 24 ore.")
    else:
        click.echo(f"Righe cancellate perché più vecchie di {settings.retention_days} giorni: {gone}.")
