"""From a gap to a golden question: written to a file of golden questions once a person has approved it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evals.gaps import AskedQuestion, gap_id
from evals.golden import GoldenQuestion, QuestionKind, load_golden
from kb.answering.guard import MASK
from kb.errors import InputError
from kb.releases.folders import sync

HEADER = "# Domande nate dall'uso e approvate da una persona (bussola gaps approve).\nquestions:\n"
KINDS = (QuestionKind.ANSWERABLE, QuestionKind.UNANSWERABLE)


@dataclass(frozen=True, slots=True)
class Approval:
    """What the person who approves says of a gap."""

    kind: QuestionKind  # one of KINDS
    question: str = ""  # in place of the one that was asked
    must_include: tuple[tuple[str, ...], ...] = ()  # each: any of its wordings
    must_not_include: tuple[str, ...] = ()
    document: str = ""
    quote: str = ""


def approve_question(asked: AskedQuestion, approval: Approval) -> GoldenQuestion:
    """
    The golden question that a gap becomes.

    Raises:
        InputError: it holds a masked personal datum, or says too little, or what its kind contradicts.
    """
    text = approval.question.strip() or asked.text
    if MASK in text:
        raise InputError(f"la domanda «{text}» contiene {MASK}: riscrivila senza con --question.")
    if bool(approval.document) != bool(approval.quote):
        raise InputError("--document e --quote vanno dati insieme: aggiungi quello che manca.")
    proves = bool(approval.must_include or approval.quote)
    if approval.kind is QuestionKind.ANSWERABLE and not proves:
        raise InputError(
            "per una domanda answerable serve almeno un --must-include (o --document con --quote): scrivi che cosa "
            "deve dire la risposta."
        )
    if approval.kind is QuestionKind.UNANSWERABLE and proves:
        raise InputError("una domanda unanswerable non ha risposta: togli --must-include, --document e --quote.")
    return GoldenQuestion(
        id=asked.id.replace("g_", "gap-"),
        kind=approval.kind,
        question=text,
        lang=asked.language,
        must_include=approval.must_include,
        must_not_include=approval.must_not_include,
        document=approval.document,
        quote=approval.quote,
    )


def append_golden(path: Path, question: GoldenQuestion) -> None:
    """
    Add a question at the end of a file of golden questions, made where there is none; what stands there stays as it is.

    A reader finds the old file or the new one, never a part.

    Raises:
        InputError: the question is there or in a file beside it already, or the file can't be read, added to or
            written; nothing was changed.
    """
    before: Sequence[GoldenQuestion] = ()
    text = HEADER
    if path.exists():
        before = load_golden(path).questions
        text = path.read_text(encoding="utf-8").rstrip() + "\n"
    _refuse_repeat(path, question, before)
    _replace(path, text + _entry(question, _indentation(text)), wanted=(*before, question))


def _refuse_repeat(path: Path, question: GoldenQuestion, before: Sequence[GoldenQuestion]) -> None:
    for file, one in [*((path, one) for one in before), *_beside(path)]:
        if one.id == question.id or (gap_id(one.question) == gap_id(question.question) and not one.history):
            raise InputError(f"{file}: la domanda «{one.question}» c'è già (id {one.id}); non l'ho aggiunta.")


def _beside(path: Path) -> Iterator[tuple[Path, GoldenQuestion]]:
    """The golden questions of the files beside; what is no golden file there is none of our business."""
    for file in sorted([*path.parent.glob("*.yaml"), *path.parent.glob("*.yml")]):
        if file != path:
            with suppress(InputError):
                for one in load_golden(file).questions:
                    yield file, one


def _indentation(text: str) -> str:
    found = re.search(r"^( *)- ", text, re.MULTILINE)
    return found[1] if found else "  "


def _entry(question: GoldenQuestion, indentation: str) -> str:
    entry: dict[str, Any] = {"id": question.id, "kind": question.kind.value, "question": question.question}
    if question.lang != "it":
        entry["lang"] = question.lang
    if question.must_include:
        entry["must_include"] = [group[0] if len(group) == 1 else list(group) for group in question.must_include]
    if question.must_not_include:
        entry["must_not_include"] = list(question.must_not_include)
    if question.quote:
        entry |= {"document": question.document, "quote": question.quote}
    written: str = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=10_000)
    return "".join(f"{indentation}{line}\n" for line in written.splitlines())


def _replace(path: Path, text: str, *, wanted: Sequence[GoldenQuestion]) -> None:
    """Put the text in the file's place, once it was read back and holds exactly these questions."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        if not _holds(temporary, wanted):
            raise InputError(f"{path}: non so aggiungervi una domanda senza rovinarlo; indica un altro file con --out.")
        sync(temporary)
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"{path}: non si scrive ({error.strerror}); controlla percorso e permessi.") from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _holds(file: Path, wanted: Sequence[GoldenQuestion]) -> bool:
    try:
        return load_golden(file).questions == tuple(wanted)
    except InputError:
        return False
