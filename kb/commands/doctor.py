"""`bussola doctor`: what works here, what does not, and what to do."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kb.settings import load_settings

if TYPE_CHECKING:
    from kb.checkup.finding import Finding

SIGNS = {"good": "✓", "off": "–", "warning": "!", "broken": "✗"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """
    Controlla che cosa è installato, raggiungibile e scrivibile, e dice che cosa fare per il resto.

    Esce con 1 se qualcosa di necessario, o di chiesto nelle impostazioni, non funziona. Chiavi e password non sono
    mai scritte.
    """
    from kb.checkup.examination import examine
    from kb.checkup.finding import State

    settings, found = load_settings(), []
    for finding in examine(settings):
        found.append(finding)
        if not as_json:
            _tell(finding)
    is_well = all(finding.state is not State.BROKEN for finding in found)
    if as_json:
        lines = [asdict(finding) for finding in found]
        click.echo(json.dumps({"well": is_well, "findings": lines}, ensure_ascii=False))
    else:
        click.echo("\nTutto quello che serve funziona." if is_well else "\nQualcosa va riparato: vedi le righe con ✗.")
    context.exit(0 if is_well else 1)


def _tell(finding: Finding) -> None:
    click.echo(f"{SIGNS[finding.state]} {finding.name}: {finding.seen}")
    if finding.remedy:
        click.echo(f"    → {finding.remedy}")
