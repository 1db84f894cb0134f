"""The commands that look things up: `ask` and `search`."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.commands.batch import counted, read_batch
from kb.errors import InputError
from prompts.replies import load_replies, name_page

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant
    from kb.records import Answer, PassageFilter

KINDS = ("plan", "territorial_plan", "mobility_plan", "driver_record", "guide", "other")


@click.command()
@click.argument("question", metavar="DOMANDA", required=False)
@click.option(
    "--history", multiple=True, metavar="DOMANDA", help="Domanda fatta prima (ripetibile, dalla più vecchia)."
)
@click.option("--mode", type=click.Choice(["extractive", "generated"]), help="Chi scrive: i documenti, o un modello.")
@click.option("--release", metavar="ID", help="La versione da interrogare (predefinita: quella pubblicata).")
@click.option("--batch", type=click.Path(path_type=Path), metavar="FILE.jsonl", help="Molte domande, una per riga.")
@click.option("--json", "as_json", is_flag=True, help="Stampa la risposta come un oggetto JSON.")
def ask(
    question: str | None,
    history: tuple[str, ...],
    mode: str | None,
    release: str | None,
    batch: Path | None,
    as_json: bool,
) -> None:
    """Risponde a una DOMANDA con frasi citate dai documenti pubblicati."""
    from kb.answering.serialize import answer_to_json

    mode_of = _mode(mode)
    if batch is not None:
        assistant = None
        for line in counted(read_batch(batch, needs="question", given=question)):
            assistant = assistant or _open_answering(release)
            answer = assistant.ask(line["question"], history=line.get("history") or (), mode=mode_of)
            click.echo(json.dumps(answer_to_json(answer) | {"question_id": line["id"]}, ensure_ascii=False))
        return
    text = _required(question, "la domanda", 'bussola ask "Che cos\'è il PUMS?"')
    answer = _open_answering(release).ask(text, history=history, mode=mode_of)
    if as_json:
        click.echo(json.dumps(answer_to_json(answer), ensure_ascii=False))
    else:
        click.echo(answer_to_text(answer))


@click.command()
@click.argument("query", metavar="TESTO", required=False)
@click.option("-k", "count", type=click.IntRange(1, 100), default=10, show_default=True, help="Quanti passaggi.")
@click.option("--driver", type=click.IntRange(1, 10), help="Solo questo Driver.")
@click.option("--document", metavar="ID", help="Solo questo documento.")
@click.option("--kind", type=click.Choice(KINDS), help="Solo documenti di questo tipo.")
@click.option("--mission", metavar="M1…M6", help="Solo questa missione del PNRR.")
@click.option("--article", metavar="N", help="Solo questo articolo (per esempio 5 o 5-bis).")
@click.option("--release", metavar="ID", help="La versione in cui cercare (predefinita: quella pubblicata).")
@click.option("--batch", type=click.Path(path_type=Path), metavar="FILE.jsonl", help="Molte ricerche, una per riga.")
@click.option("--json", "as_json", is_flag=True, help="Stampa i passaggi come un oggetto JSON.")
def search(
    query: str | None, count: int, release: str | None, batch: Path | None, as_json: bool, **narrow: Any
) -> None:
    """Cerca TESTO e mostra i passaggi in ordine: le parole trovate, perché ciascuno è lì, i suoi punteggi."""
    from kb.commands.passages import search_to_json, search_to_text

    narrowed = _narrow(**narrow)
    if batch is not None:
        assistant = None
        for line in counted(read_batch(batch, needs="query", given=query)):
            assistant = assistant or _open(release)
            found = search_to_json(assistant, line["query"], count=count, narrow=narrowed)
            click.echo(json.dumps({"query_id": line["id"], **found}, ensure_ascii=False))
        return
    text = _required(query, "il testo da cercare", 'bussola search "art. 5"')
    found = search_to_json(_open(release), text, count=count, narrow=narrowed)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else search_to_text(found))


def answer_to_text(answer: Answer) -> str:
    """An answer for the terminal: each sentence with its numbers, then the sources with their quotes."""
    from kb.answering.conclude import SAID_LAST

    if not answer.sentences:
        return "\n".join([answer.text, *(f"  · {line}" for line in answer.suggestions)])
    last = [note.text for note in answer.notes if note.kind == SAID_LAST]
    notes = [note.text for note in answer.notes if note.kind not in ("nearest_passages", SAID_LAST)]
    # The quotes are Italian whatever the question's language; the reply's own words say so.
    frame = [] if answer.language == "it" else [load_replies(answer.language).say("quote_frame", text="")]
    lines = [
        *notes,
        *frame,
        *(f"{s.text} {''.join(f'[{number}]' for number in s.citations)}" for s in answer.sentences),
        *last,
        "",
    ]
    for citation in answer.citations:
        where = [citation.title, *([f"ed. {citation.edition}"] if citation.edition else []), *citation.section[-1:]]
        page = name_page(citation.page_label, citation.page_index)
        lines += [f"[{citation.number}] {', '.join([*dict.fromkeys(where), page])}", f"    «{citation.quote}»"]
    return "\n".join(lines)


def _open_answering(release: str | None) -> Assistant:
    """An assistant whose answers leave their receipts."""
    from kb.settings import load_settings
    from kb.wiring import open_receipts

    assistant = _open(release)
    assistant.on_answer = partial(open_receipts(load_settings()).keep, channel="cli")
    return assistant


def _open(release: str | None) -> Assistant:
    from kb.settings import load_settings
    from kb.wiring import open_assistant

    if sys.stderr.isatty():
        # Loading the model takes some seconds; a person who waits should know for what.
        click.echo("Apro la base di conoscenza…", err=True)
    return open_assistant(load_settings(), release)


def _mode(mode: str | None) -> Any:
    from kb.records import AnswerMode

    return AnswerMode(mode) if mode else None


def _narrow(
    *, driver: int | None, document: str | None, kind: str | None, mission: str | None, article: str | None
) -> PassageFilter | None:
    from kb.commands.passages import clean_article, clean_mission
    from kb.records import DocumentKind, PassageFilter

    kind_ = DocumentKind(kind) if kind else None
    narrow = PassageFilter(driver, document, kind_, clean_mission(mission), clean_article(article))
    return None if narrow.is_open() else narrow


def _required(text: str | None, what: str, example: str) -> str:
    if text is None or not text.strip():
        raise InputError(f"manca {what}: per esempio {example}.")
    return text
