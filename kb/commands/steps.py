"""`bussola step`: one step of the way of a question, alone or over a file of questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.commands.batch import counted, read_batch
from kb.errors import InputError

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant
    from kb.answering.stepping import StepRun

SHOWN_CHARS = 200
"""How much of a text a line shows."""


@click.command()
@click.argument("name", metavar="PASSO", required=False)
@click.argument("question", metavar="DOMANDA", required=False)
@click.option(
    "--history", multiple=True, metavar="DOMANDA", help="Domanda fatta prima (ripetibile, dalla più vecchia)."
)
@click.option("--mode", type=click.Choice(["extractive", "generated"]), help="Chi scrive: i documenti, o un modello.")
@click.option("--release", metavar="ID", help="La versione da interrogare (predefinita: quella pubblicata).")
@click.option("--batch", type=click.Path(path_type=Path), metavar="FILE.jsonl", help="Molte domande, una per riga.")
@click.option("--json", "as_json", is_flag=True, help="Stampa l'esito come un oggetto JSON.")
def step(name: str | None, question: str | None, as_json: bool, **how: Any) -> None:
    """
    Esegue i passi di una risposta fino a PASSO e mostra che cosa quel passo sapeva e ha fatto.

    I passi sono quelli dell'elenco che «bussola step» stampa senza PASSO. Non resta nulla di ciò che si chiede qui:
    né ricevute né domande. Con --batch stampa una riga JSON per domanda.
    """
    from kb.answering.stepping import check_step, step_names

    if name is None:
        click.echo(json.dumps({"steps": step_names()}) if as_json else "\n".join(step_names()))
        return
    check_step(name)
    batch: Path | None = how.pop("batch")
    if batch is not None:
        _print_batch(name, read_batch(batch, needs="question", given=question), **how)
        return
    if question is None or not question.strip():
        raise InputError('manca la domanda: per esempio bussola step retrieve "Che cos\'è il PUMS?".')
    done = _run(name, question, _open(how["release"]), how["history"], how["mode"])
    click.echo(json.dumps(done.to_json(), ensure_ascii=False) if as_json else step_to_text(done))


def step_to_text(done: StepRun) -> str:
    """A step for the terminal: its name and time, its detail, and what of the state says something."""
    shown = done.to_json()
    heading = f"{shown['step']}: {shown['ms']} ms" + (f", esito {shown['status']}" if shown["status"] else "")
    if not done.is_reached:
        heading += f" (qui la domanda ha già la sua risposta: «{done.wanted}» non serve)"
    told = {**shown["detail"], **{name: value for name, value in shown["state"].items() if value not in ("", [], None)}}
    return "\n".join([heading, *(line for name, value in told.items() for line in _field(name, value))])


def _field(name: str, value: object) -> list[str]:
    if isinstance(value, list):
        return [f"  {name}:", *(f"    · {_short(one)}" for one in value)]
    return [f"  {name}: {_short(value)}"]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + "…"


def _print_batch(
    name: str, rows: list[dict[str, Any]], *, release: str | None, history: tuple[str, ...], mode: str | None
) -> None:
    assistant = None
    for row in counted(rows):
        assistant = assistant or _open(release)
        try:
            told = _run(name, row["question"], assistant, row.get("history") or history, mode).to_json()
        except InputError as error:  # one question that can't be asked must not lose the others
            told = {"step": name, "reached": False, "status": None, "error": str(error)}
        click.echo(json.dumps({"question_id": row["id"], **told}, ensure_ascii=False))


def _run(name: str, question: str, assistant: Assistant, history: Any, mode: str | None) -> StepRun:
    from kb.answering.stepping import run_until
    from kb.records import AnswerMode

    return run_until(name, question, assistant.tools, history=history, mode=AnswerMode(mode) if mode else None)


def _open(release: str | None) -> Assistant:
    from kb.settings import load_settings
    from kb.wiring import open_assistant

    return open_assistant(load_settings(), release)
