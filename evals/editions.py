"""Whether the right edition answers: dated actions of two editions of one plan, asked with and without naming it."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.scorers.answer_contains import normalise
from evals.statistics import wilson_interval
from ingest.documents import Facts
from ingest.intake import Order, gather
from kb.errors import InputError
from kb.ports import Embedder, Progress, no_progress
from kb.records import Passage
from kb.releases.build import build_release
from kb.releases.opened import OpenRelease
from kb.releases.store import ReleaseStore
from kb.retrieval.search import Searcher
from kb.wiring import index_parts

_SAME_CHARS = 40
"""Of an action's text: enough to know it by, few enough to stay in one passage."""


@dataclass(frozen=True, slots=True)
class DatedAction:
    """An action that an edition sets with a deadline."""

    edition: str
    code: str
    what: str  # without deadline and actors


@dataclass(frozen=True, slots=True)
class EditionRun:
    """One action: the editions of the first passage found, with the edition named in the question and without."""

    action: DatedAction
    named: str | None
    unnamed: str | None
    held: bool  # the first passage for the question that names the edition holds the action itself


@dataclass(frozen=True, slots=True)
class EditionReport:
    """Every action's run; newest is the edition that is right where none is named."""

    runs: tuple[EditionRun, ...]
    newest: str

    def to_json(self) -> dict[str, object]:
        """The figures, as `bussola evals editions --json` prints them."""
        named = [run.named == run.action.edition for run in self.runs]
        unnamed = [run.unnamed == self.newest for run in self.runs]
        wrong = [run.action.code for run, *right in zip(self.runs, named, unnamed, strict=True) if not all(right)]
        return {
            "actions": len(self.runs),
            "newest": self.newest,
            **_figures("named", named),
            **_figures("unnamed", unnamed),
            "action_first": sum(run.held for run in self.runs),
            "failed": wrong,
        }


def _figures(name: str, right: Sequence[bool]) -> dict[str, float]:
    low, high = wilson_interval(sum(right), len(right))
    figures = {"right": sum(right), "share": sum(right) / max(len(right), 1), "low": low, "high": high}
    return {f"{name}_{key}": round(value, 4) for key, value in figures.items()}


def evaluate_editions(folder: Path, embedder: Embedder, *, progress: Progress = no_progress) -> EditionReport:
    """
    The report of a folder with one folder an edition, named as it, and one .jsonl file of dated actions.

    The editions are ingested one after the other, as staff would, into a home that goes afterwards.

    Raises:
        InputError: the folder lacks a part, or a line of the actions can't be read.
        UnreadableFile, ReleaseError, EmbedderError: the editions can't be ingested.
    """
    actions = read_actions(folder)
    editions = sorted({action.edition for action in actions}, key=_years)
    for edition in editions:
        if not (folder / edition).is_dir():
            raise InputError(f"«{folder / edition}» non c'è: serve una cartella per ogni edizione nominata.")
    with tempfile.TemporaryDirectory(prefix="bussola-") as home:
        store = ReleaseStore(Path(home), parts=index_parts)
        for edition in editions:
            _ingest(folder / edition, edition, store, embedder=embedder, progress=progress)
        with store.open() as release:
            searcher = Searcher(release, embedder)
            runs = []
            for place, action in enumerate(actions, start=1):
                runs.append(_run(action, searcher, release))
                progress("domande", place, len(actions))
    return EditionReport(tuple(runs), editions[-1])


def read_actions(folder: Path) -> list[DatedAction]:
    """
    The actions of the folder's one .jsonl file.

    Raises:
        InputError: there is not one such file, or a line lacks edition, code or text.
    """
    files = sorted(folder.glob("*.jsonl"))
    if len(files) != 1:
        raise InputError(f"«{folder}» ha {len(files)} file .jsonl: serve quello delle azioni datate, uno solo.")
    lines = files[0].read_text(encoding="utf-8").splitlines()
    return [_action(line, files[0], number) for number, line in enumerate(lines, start=1) if line.strip()]


def _action(line: str, path: Path, number: int) -> DatedAction:
    try:
        row = json.loads(line)
        return DatedAction(str(row["edition"]), str(row["code"]), bare_action(str(row["text"])))
    except (ValueError, KeyError, TypeError):
        raise InputError(f"«{path}», riga {number}: serve un oggetto JSON con edition, code e text.") from None


def bare_action(text: str) -> str:
    """An action without its deadline ("Giugno 2021 - ") and its actors (" - (AGID)")."""
    return re.sub(r"\s+[-–]\s+\([^()]*\)\s*$", "", re.sub(r"^[^-–]{0,60}\b\d{4}\s+[-–]\s+", "", text)).strip()


def questions_of(action: DatedAction) -> tuple[str, str]:
    """The question that names the edition, and the one that does not."""
    body = action.what.rstrip(".;")
    return f"Secondo il Piano {action.edition}, entro quando: {body}?", f"Entro quando è prevista: {body}?"


def _run(action: DatedAction, searcher: Searcher, release: OpenRelease) -> EditionRun:
    named, unnamed = (_first(searcher, question) for question in questions_of(action))
    start = normalise(action.what)[:_SAME_CHARS]
    return EditionRun(
        action,
        named=None if named is None else release.documents[named.document].edition,
        unnamed=None if unnamed is None else release.documents[unnamed.document].edition,
        held=named is not None and start in normalise(named.text),
    )


def _first(searcher: Searcher, question: str) -> Passage | None:
    found = searcher.search(question, count=1).passages
    return found[0].passage if found else None


def _ingest(path: Path, edition: str, store: ReleaseStore, *, embedder: Embedder, progress: Progress) -> None:
    fresh = store.published() is None
    gathered = gather(Order((path,), Facts(edition=edition), fresh=fresh), store, progress)
    manifest = build_release(gathered.intake(), store=store, embedder=embedder, progress=progress)
    store.publish(manifest.id)


def _years(edition: str) -> list[int]:
    return [int(year) for year in re.findall(r"\d{4}", edition)]
