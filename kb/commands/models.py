"""`bussola models`: the chat models on this machine, and the small one that the extra local-llm brings in parts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from kb.backends import model_parts
from kb.settings import Settings, load_settings


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """Elenca i modelli di conversazione su questa macchina e dice quale è in uso; «models fetch» ne prepara uno."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    found = [_about(file) for file in sorted(_folder(settings).glob("*.gguf"))]
    in_use = settings.llm_url or settings.llm_gguf or None
    if as_json:
        click.echo(json.dumps({"in_use": in_use, "models": found}, ensure_ascii=False))
        return
    for model in found:
        click.echo(f"{'*' if model['file'] == settings.llm_gguf else ' '}  {model['file']}  {model['bytes']:,} byte")
    if not found:
        click.echo("Non c'è alcun modello: preparane uno con «bussola models fetch».")
    click.echo(f"\nIn uso: {in_use}" if in_use else "\nNessuno è in uso: le risposte sono frasi dei documenti.")


@models.command()
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def fetch(as_json: bool) -> None:
    """Unisce le parti del modello che l'extra local-llm ha installato, le controlla e dice come usarlo."""
    model = model_parts.SMALL_MODEL
    target = _folder(load_settings()) / model.file_name
    new = not model_parts.is_whole(target, model)
    if new:
        hidden = not sys.stderr.isatty()
        with click.progressbar(length=model.size_bytes, label="Bussola", file=sys.stderr, hidden=hidden) as bar:
            model_parts.join(target, model, progress=bar.update)
    if as_json:
        click.echo(json.dumps({**_about(target), "sha256": model.sha256, "new": new}, ensure_ascii=False))
        return
    click.echo(f"{'Pronto' if new else 'C’era già'}: {model.title}, {target}")
    click.echo(f"Per usarlo: export BUSSOLA_LLM_GGUF={target}")


def _folder(settings: Settings) -> Path:
    return settings.home / "cache" / "models"


def _about(file: Path) -> dict[str, object]:
    return {"file": str(file), "bytes": file.stat().st_size}
