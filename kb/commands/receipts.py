"""`bussola replay`: an answer that was given, given again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kb.errors import NotFound

if TYPE_CHECKING:
    from kb.answering.replay import Replay
    from kb.ledger import Ledger, Receipt
    from kb.settings import Settings

LATEST = 10
"""Receipts listed where no answer is named."""

PARTS = {
    "status": "esito",
    "language": "lingua",
    "text": "testo",
    "sentences": "frasi",
    "citations": "citazioni",
    "notes": "note",
    "suggestions": "suggerimenti",
}


@click.command()
@click.argument("answer", metavar="RISPOSTA", required=False)
@click.option("--release", metavar="ID", help="Un'altra versione con cui confrontare (predefinita: quella di allora).")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def replay(answer: str | None, release: str | None, as_json: bool) -> None:
    """
    Ripete la risposta di codice RISPOSTA e dice se è identica o che cosa cambia.

    La ricevuta conserva domanda, versione e impostazioni, senza dati personali. Con la stessa versione la risposta
    estrattiva torna uguale carattere per carattere; con --release si vede che cosa direbbe un'altra versione. Senza
    RISPOSTA elenca le ultime ricevute.
    """
    from kb.settings import load_settings
    from kb.wiring import open_ledger

    settings = load_settings()
    ledger = open_ledger(settings)
    if answer is None:
        _print_latest(ledger, as_json)
        return
    receipt = ledger.receipt(answer.strip())
    done = _replay(receipt, settings, release)
    if as_json:
        click.echo(json.dumps(done.to_json() | {"settings_changed": _changed(receipt, settings)}, ensure_ascii=False))
    else:
        click.echo("\n".join(_told(done, _changed(receipt, settings))))


def _replay(receipt: Receipt, settings: Settings, release: str | None) -> Replay:
    from kb.answering.replay import kept_answer, replay, settings_then
    from kb.wiring import open_assistant

    kept_answer(receipt)  # before a release is opened: a receipt that can't be replayed is told at once
    assistant = open_assistant(settings_then(receipt, settings), _release(receipt, settings, release))
    try:
        return replay(receipt, assistant)
    finally:
        assistant.release.close()


def _release(receipt: Receipt, settings: Settings, wanted: str | None) -> str:
    from kb.wiring import release_store

    store = release_store(settings)
    if wanted is not None:
        return store.resolve(wanted)
    if not store.folder(receipt.release).is_dir():
        raise NotFound(
            f"la versione {receipt.release}, da cui viene la risposta «{receipt.answer}», non c'è più: "
            "scegline un'altra con --release (l'elenco è in «bussola releases»)."
        )
    return receipt.release


def _changed(receipt: Receipt, settings: Settings) -> dict[str, list[object]]:
    from kb.answering.replay import changed_settings

    return {name: list(pair) for name, pair in changed_settings(receipt, settings).items()}


def _told(done: Replay, changed: dict[str, list[object]]) -> list[str]:
    receipt, now = done.receipt, done.after["release"]
    lines = [
        f"Risposta {receipt.answer}, data il {receipt.created_at} con la versione {receipt.release}.",
        f"Domanda: {done.before['question']}",
        *(f"Da allora è cambiato {name}: «{then}» → «{today}»." for name, (then, today) in changed.items()),
        "",
    ]
    where = "Con la stessa versione" if now == receipt.release else f"Con la versione {now}"
    if done.is_identical:
        return [*lines, f"{where} la risposta è identica.", "", str(done.after["text"])]
    parts = ", ".join(PARTS[one.part] for one in done.differences)
    lines.append(f"{where} la risposta cambia ({parts}); «-» è allora, «+» è adesso.")
    for one in done.differences:
        lines += ["", f"{PARTS[one.part]}:", *(f"  {line}" for line in one.lines())]
    return lines


def _print_latest(ledger: Ledger, as_json: bool) -> None:
    latest = ledger.receipts(count=LATEST)
    if as_json:
        rows = [{"answer": r.answer, "at": r.created_at, "release": r.release, "status": r.status} for r in latest]
        click.echo(json.dumps({"receipts": rows}, ensure_ascii=False))
        return
    if not latest:
        click.echo("Nessuna ricevuta: fai una domanda con «bussola ask».")
    for receipt in latest:
        question = receipt.body.get("answer", {}).get("question", "")
        click.echo(f"{receipt.answer}  {receipt.created_at}  {receipt.release}  {receipt.status}  {question}")
