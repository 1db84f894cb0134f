"""`bussola gaps`: what people ask and the documents don't answer; `gaps approve` makes a test of one."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.errors import InputError, NotFound
from prompts.replies import name_page

if TYPE_CHECKING:
    from evals.gap_golden import Approval
    from evals.gaps import AskedQuestion, Gap
    from kb.settings import Settings

EXAMPLES = 3
"""Questions of a gap that the list shows."""


@click.group(invoke_without_command=True)
@click.option("--since", metavar="DATA", help="Solo da questo giorno in poi (per esempio 2026-11-01).")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
@click.pass_context
def gaps(context: click.Context, since: str | None, as_json: bool) -> None:
    """
    Elenca le domande rimaste senza risposta o giudicate male, raggruppate per significato.

    Vengono dalle ricevute, senza dati personali, per i giorni di BUSSOLA_RETENTION_DAYS. Di ogni lacuna si vedono
    quante volte è stata chiesta, qualche esempio e il punto dei documenti più vicino. Con «bussola gaps approve» una
    lacuna diventa una domanda di prova.
    """
    if context.invoked_subcommand is not None:
        return
    from evals.gaps import collect_questions
    from kb.settings import load_settings
    from kb.wiring import open_ledger

    settings = load_settings()
    from_moment = _moment(since)
    questions = collect_questions(open_ledger(settings), from_moment)
    found = _found(questions, settings) if questions else []
    if as_json:
        told = {"since": since, "questions": len(questions), "gaps": [gap.to_json() for gap in found]}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(gaps_to_text(found, since=since))


@gaps.command()
@click.argument("gap", metavar="LACUNA")
@click.option(
    "--kind",
    type=click.Choice(["answerable", "unanswerable"]),
    required=True,
    help="Se i documenti devono rispondere, o dire che non lo dicono.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Il file YAML di domande.")
@click.option(
    "--must-include",
    multiple=True,
    metavar="TESTO",
    help="Che cosa la risposta deve dire (ripetibile; «a|b» accetta l'uno o l'altro).",
)
@click.option("--must-not-include", multiple=True, metavar="TESTO", help="Che cosa non deve dire (ripetibile).")
@click.option("--question", default="", metavar="TESTO", help="La domanda riscritta, al posto di quella ricevuta.")
@click.option("--document", default="", metavar="ID", help="Il documento che contiene la risposta.")
@click.option("--quote", default="", metavar="TESTO", help="Il passo esatto di quel documento.")
@click.option("--json", "as_json", is_flag=True, help="Stampa un solo oggetto JSON.")
def approve(gap: str, out: Path, as_json: bool, **given: Any) -> None:
    """
    Aggiunge la domanda della LACUNA alle domande di prova del file indicato.

    Prima rileggila: i dati personali riconoscibili sono già tolti, i nomi propri no. Una domanda che c'è già non
    viene aggiunta, e il file non resta mai scritto a metà.
    """
    from evals.gap_golden import append_golden, approve_question
    from evals.gaps import collect_questions
    from kb.settings import load_settings
    from kb.wiring import open_ledger

    settings = load_settings()
    asked = _named(gap.strip(), collect_questions(open_ledger(settings)))
    golden = approve_question(asked, _approval(**given))
    if golden.quote:
        _check_quote(golden, settings)
    append_golden(out, golden)
    if as_json:
        told = {"id": golden.id, "question": golden.question, "kind": golden.kind.value, "out": str(out)}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"Aggiunta a {out} la domanda «{golden.question}» (id {golden.id}, {golden.kind.value}).")


def gaps_to_text(found: list[Gap], *, since: str | None) -> str:
    """The gaps for the terminal: how often, an example or three, and the nearest place."""
    when = f" dal {since}" if since else ""
    if not found:
        return f"Nessuna lacuna{when}: non ci sono domande senza risposta né giudicate male."
    lines = [f"{_counted(len(found), 'lacuna', 'lacune')}{when}, la più frequente per prima."]
    for gap in found:
        unanswered = sum(one.unanswered for one in gap.questions)
        down = sum(one.thumbs_down for one in gap.questions)
        lines += ["", f"{gap.id}  {_counted(gap.count, 'volta', 'volte')} (senza risposta {unanswered}, 👎 {down})"]
        lines += [f"  «{one.text}»" for one in gap.questions[:EXAMPLES]]
        if len(gap.questions) > EXAMPLES:
            more = len(gap.questions) - EXAMPLES
            lines.append(f"  e {_counted(more, 'altra domanda simile', 'altre domande simili')}")
        lines += [f"  vicino a: {_place(gap.nearest)}"] if gap.nearest else []
    return "\n".join([*lines, "", "Per farne una domanda di prova: bussola gaps approve LACUNA --kind … --out FILE."])


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _place(nearest: dict[str, Any]) -> str:
    page = name_page(nearest["page_label"], nearest["page_index"])
    return ", ".join([" › ".join([nearest["title"], *nearest["section"]]), page])


def _found(questions: list[AskedQuestion], settings: Settings) -> list[Gap]:
    from evals.gaps import find_gaps
    from ingest.progress import show_progress
    from kb.wiring import open_assistant

    assistant = open_assistant(settings)
    try:
        with show_progress() as progress:
            return find_gaps(questions, assistant, progress=progress)
    finally:
        assistant.release.close()


def _moment(since: str | None) -> str:
    if since is None:
        return ""
    try:
        return datetime.fromisoformat(since.strip()).date().isoformat()
    except ValueError:
        raise InputError(f"--since vale «{since}»: scrivi una data come 2026-11-01.") from None


def _named(gap: str, questions: list[AskedQuestion]) -> AskedQuestion:
    for question in questions:
        if question.id == gap:
            return question
    raise NotFound(f"la lacuna «{gap}» non c'è: vedi l'elenco con «bussola gaps».")


def _approval(*, kind: str, must_include: tuple[str, ...], must_not_include: tuple[str, ...], **more: str) -> Approval:
    from evals.gap_golden import Approval
    from evals.golden import QuestionKind

    wordings = tuple(tuple(one.strip() for one in item.split("|") if one.strip()) for item in must_include)
    if not all(wordings):
        raise InputError("--must-include è vuoto: scrivi che cosa la risposta deve dire.")
    return Approval(QuestionKind(kind), must_include=wordings, must_not_include=must_not_include, **more)


def _check_quote(golden: Any, settings: Settings) -> None:
    from evals.golden_quotes import check_quotes
    from kb.wiring import open_release

    release = open_release(settings)
    try:
        check_quotes([golden], {id_: release.pages(id_) for id_ in release.documents})
    finally:
        release.close()
