"""`bussola keys`: the API's keys, made, listed and revoked."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from kb.settings import load_settings

if TYPE_CHECKING:
    from kb.keys import Key, KeyRing

STATES = {"valid": "valida", "expired": "scaduta", "revoked": "revocata"}


@click.group()
def keys() -> None:
    """Chiavi dell'API per funzionari (officer) e personale che pubblica (staff); i cittadini non ne hanno bisogno."""


@keys.command()
@click.argument("name", metavar="NOME")
@click.option("--role", type=click.Choice(["officer", "staff"]), default="officer", show_default=True, help="Ruolo.")
@click.option("--days", type=int, default=365, show_default=True, help="Giorni di validità.")
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def add(name: str, role: str, days: int, as_json: bool) -> None:
    """Crea una chiave per NOME (una persona o un programma) e la mostra: non si potrà più rivedere."""
    from kb.keys import Role

    key, text = _ring().add(name, Role(role), days=days)
    if as_json:
        click.echo(json.dumps(_told(key) | {"key": text}, ensure_ascii=False))
        return
    click.echo(text)
    click.echo(
        f"Chiave {key.id} per «{key.name}», ruolo {key.role}, valida fino al {key.expires_at[:10]}. "
        "Copiala ora: qui resta solo la sua impronta.",
        err=True,
    )


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def list_keys(as_json: bool) -> None:
    """Elenca le chiavi, dalla più recente, con ruolo, scadenza e stato."""
    found = _ring().listed()
    if as_json:
        click.echo(json.dumps({"keys": [_told(key) for key in found]}, ensure_ascii=False))
        return
    if not found:
        click.echo("Non ci sono chiavi: creane una con «bussola keys add NOME».")
    for key in found:
        click.echo(f"{key.id}  {key.role:<8}  {STATES[key.state()]:<8}  fino al {key.expires_at[:10]}  {key.name}")


@keys.command()
@click.argument("key_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def revoke(key_id: str, as_json: bool) -> None:
    """Revoca la chiave ID: entro pochi secondi non apre più nulla."""
    key = _ring().revoke(key_id)
    if as_json:
        click.echo(json.dumps(_told(key), ensure_ascii=False))
    else:
        click.echo(f"La chiave {key.id} di «{key.name}» è revocata.")


def _ring() -> KeyRing:
    from kb.keys import KeyRing
    from kb.wiring import open_ledger

    return KeyRing(open_ledger(load_settings()))


def _told(key: Key) -> dict[str, Any]:
    return asdict(key) | {"role": key.role.value, "state": key.state()}
