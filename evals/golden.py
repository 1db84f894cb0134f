"""Golden questions: what is asked and what a right answer must hold, read from YAML and checked line by line."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from kb.errors import InputError


class QuestionKind(StrEnum):
    """What sort of question it is, hence which ending is right."""

    ANSWERABLE = "answerable"
    UNANSWERABLE = "unanswerable"
    FALSE_PREMISE = "false_premise"
    FOLLOW_UP = "follow_up"
    OUT_OF_SCOPE = "out_of_scope"
    SMALL_TALK = "small_talk"
    INJECTION = "injection"
    PROBE = "probe"  # no right answer is known: whatever is said must be faithful


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question and what its answer must and must not hold."""

    id: str
    kind: QuestionKind
    question: str
    history: tuple[str, ...] = ()  # the questions asked before, oldest first
    lang: str = "it"
    drivers: tuple[int, ...] = ()  # the Drivers that a right citation may come from; empty: not stated
    must_include: tuple[tuple[str, ...], ...] = ()  # each item: any of its wordings
    must_not_include: tuple[str, ...] = ()
    document: str = ""  # id of a document that holds the answer; empty: not stated
    quote: str = ""  # an exact stretch of that document that holds the answer; stands only with document


@dataclass(frozen=True, slots=True)
class GoldenSet:
    """Golden questions in the order of their files, and what identifies the set."""

    questions: tuple[GoldenQuestion, ...]
    fingerprint: str  # SHA-256 of the files' bytes, in order
    source: str  # as given


FIELDS = tuple(GoldenQuestion.__dataclass_fields__)


def load_golden(path: Path) -> GoldenSet:
    """
    The golden questions of a YAML file, or of every YAML file of a folder in the order of their names.

    Raises:
        InputError: nothing to read, a file that is no YAML, a question that misses a field or misspells one, two
            questions of one id; the message names file, question and field.
    """
    files = _files(path)
    questions: list[GoldenQuestion] = []
    digest = hashlib.sha256()
    for file in files:
        content = _read(file)
        digest.update(content)
        questions += _parse(content, file)
    _refuse_repeats(questions, path)
    return GoldenSet(tuple(questions), digest.hexdigest(), str(path))


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError(f"{path}: non c'è; indica un file YAML di domande o una cartella che ne contiene.")
    if path.is_file():
        return [path]
    files = sorted(file for file in path.rglob("*") if file.suffix in {".yaml", ".yml"})
    if not files:
        raise InputError(f"{path}: la cartella non contiene file YAML; aggiungine uno con le domande di prova.")
    return files


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: non si legge ({error.strerror}); controlla i permessi.") from None


def _parse(content: bytes, file: Path) -> list[GoldenQuestion]:
    try:
        data = yaml.safe_load(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise InputError(f"{file}: non è in UTF-8; salvalo in quella codifica.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", riga {mark.line + 1}" if mark else ""
        raise InputError(f"{file}{where}: non è YAML valido; correggi la riga.") from None
    items = data.get("questions") if isinstance(data, Mapping) else data
    if not isinstance(items, list) or not items:
        raise InputError(f"{file}: manca l'elenco «questions»; aggiungi almeno una domanda.")
    return [_Reader(item, file, place).question() for place, item in enumerate(items, start=1)]


class _Reader:
    """One raw question on its way to a GoldenQuestion; it knows its file and place for the error messages."""

    def __init__(self, raw: object, file: Path, place: int) -> None:
        self._file = file
        self._name = f"domanda {place}"
        if not isinstance(raw, Mapping):
            raise self._fault("è", raw, "scrivi una voce con id, kind e question")
        self._raw: Mapping[Any, Any] = raw
        if isinstance(raw.get("id"), str | int):
            self._name = f"domanda «{raw['id']}»"

    def question(self) -> GoldenQuestion:
        """The question, every field checked."""
        self._refuse_misspellings()
        document, quote = self._evidence()
        return GoldenQuestion(
            id=self._text("id"),
            kind=self._kind(),
            question=self._text("question"),
            history=self._texts("history"),
            lang=self._text("lang", default="it"),
            drivers=self._drivers(),
            must_include=self._wordings(),
            must_not_include=self._texts("must_not_include"),
            document=document,
            quote=quote,
        )

    def _refuse_misspellings(self) -> None:
        """Fields beyond ours may stand in a file; one that is nearly ours is a slip that would weaken the check."""
        for name in self._raw:
            if name not in FIELDS and (near := difflib.get_close_matches(str(name), FIELDS, n=1, cutoff=0.8)):
                raise self._fault("ha il campo", name, f"forse volevi «{near[0]}»")

    def _text(self, name: str, *, default: str | None = None) -> str:
        value = self._raw.get(name, default)
        if isinstance(value, int) and name == "id":
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise self._fault(f"{name} vale", value, "scrivi un testo non vuoto")
        return value.strip()

    def _evidence(self) -> tuple[str, str]:
        """Document and quote; one without the other could not be checked."""
        given = [name for name in ("document", "quote") if self._raw.get(name) is not None]
        if len(given) == 1:
            other = "quote" if given == ["document"] else "document"
            raise self._fault(f"ha {given[0]}, ma {other} vale", self._raw.get(other), "scrivili entrambi o nessuno")
        return (self._text("document"), self._text("quote")) if given else ("", "")

    def _kind(self) -> QuestionKind:
        written = self._text("kind").lower().replace(" ", "_").replace("-", "_")
        written = {"smalltalk": "small_talk"}.get(written, written)
        if written not in set(QuestionKind):
            raise self._fault("kind vale", self._raw.get("kind"), f"usa uno di: {', '.join(QuestionKind)}")
        return QuestionKind(written)

    def _texts(self, name: str) -> tuple[str, ...]:
        value = self._raw.get(name) or []
        if not isinstance(value, list) or not all(_is_wording(item) for item in value):
            raise self._fault(f"{name} vale", value, "scrivi un elenco di testi")
        return tuple(str(item) for item in value)

    def _drivers(self) -> tuple[int, ...]:
        value = self._raw.get("drivers") or []
        if not isinstance(value, list) or not all(type(item) is int and item > 0 for item in value):
            raise self._fault("drivers vale", value, "scrivi un elenco di numeri, per esempio [8]")
        return tuple(value)

    def _wordings(self) -> tuple[tuple[str, ...], ...]:
        value = self._raw.get("must_include") or []
        groups = [item if isinstance(item, list) else [item] for item in value] if isinstance(value, list) else [[]]
        if not all(group and all(_is_wording(item) for item in group) for group in groups):
            raise self._fault("must_include vale", value, "scrivi un elenco di testi o di elenchi di testi")
        return tuple(tuple(str(item) for item in group) for group in groups)

    def _fault(self, what: str, value: object, remedy: str) -> InputError:
        return InputError(f"{self._file}, {self._name}: {what} «{value}»; {remedy}.")


def _is_wording(item: object) -> bool:
    """YAML reads an unquoted 71 as a number; it is a wording all the same."""
    return (isinstance(item, str) and bool(item.strip())) or type(item) in (int, float)


def _refuse_repeats(questions: Iterable[GoldenQuestion], path: Path) -> None:
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise InputError(f"{path}, domanda «{question.id}»: l'id compare due volte; danne uno diverso a ciascuna.")
        seen.add(question.id)
