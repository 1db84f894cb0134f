"""Runs of the gate's questions on releases: each made once and kept while it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evals.gate import NOT_APPLIED, apply_gate
from evals.gate_set import GateSet, choose_questions, ids_of, load_gate_questions
from evals.golden import GoldenSet
from evals.report import report_header, stored_run
from evals.report_files import write_run
from evals.report_folder import read_run, replace_report
from evals.run import EvalReport, run_golden
from evals.stored import Run, code_fingerprint
from evals.thresholds import load_thresholds
from kb import wiring
from kb.ports import Embedder, Progress
from kb.records import AnswerMode
from kb.releases.opened import OpenRelease
from kb.settings import Settings

Say = Callable[[str], None]
"""Takes a line in Italian that says what is being done."""


def gate_questions(settings: Settings) -> GoldenSet:
    """
    The questions that the settings name for the gate.

    Raises:
        InputError: they can't be used.
    """
    return load_gate_questions(settings.home, folder=Path(settings.golden) if settings.golden else None)


class Runner:
    """Asks releases; the model is loaded once, and only if something must be asked."""

    def __init__(self, settings: Settings, *, progress: Progress, say: Say) -> None:
        self._settings = settings
        self._progress, self._say = progress, say
        self._embedder: Embedder | None = None
        self.code = code_fingerprint()

    def run(self, release: OpenRelease, chosen: GateSet, *, more: bool = False) -> Run:
        """
        The run of these questions on a release: the one that is kept where it still holds, else a new one.

        It holds for the same release, questions and program. Args: more takes a kept run of more questions too.

        Raises:
            ReleaseError: the release was built with another embedding model, or is damaged.
        """
        kept = read_run(kept_folder(self._settings, release.id))
        if kept is not None and self._holds(kept, release.id, chosen, more=more):
            return kept
        self._say(f"{release.id}: {len(chosen.golden.questions)} domande di prova…")
        if self._embedder is None:
            self._embedder = wiring.make_embedder(self._settings)
        assistant = wiring.open_assistant(self._settings, release.id, embedder=self._embedder)
        try:
            report = run_golden(
                chosen.golden,
                assistant,
                evidence=assistant.release,
                mode=AnswerMode.EXTRACTIVE,
                progress=self._progress,
            )
        finally:
            assistant.release.close()
        mode = AnswerMode.EXTRACTIVE.value
        header = report_header(chosen.golden, release.manifest, mode=mode) | {"sampled": chosen.sampled}
        run = stored_run(report.with_header(header))
        replace_report(kept_folder(self._settings, release.id), lambda folder: write_run(folder, run))
        return run

    def run_pair(self, before: OpenRelease, after: OpenRelease) -> tuple[Run, Run]:
        """The runs of two releases on every question that has to do with one of them."""
        chosen = choose_questions(gate_questions(self._settings), {*before.documents, *after.documents})
        return self.run(before, chosen, more=True), self.run(after, chosen, more=True)

    def _holds(self, kept: Run, release: str, chosen: GateSet, *, more: bool) -> bool:
        header, wanted = kept.header, ids_of(chosen.golden.questions)
        return (
            (header["release"], header.get("code"), header["mode"]) == (release, self.code, "extractive")
            and header["golden"]["sha256"] == chosen.golden.fingerprint
            and (wanted <= kept.asked if more else wanted == kept.asked)
        )


def kept_folder(settings: Settings, release: str) -> Path:
    """Where the run of a release waits to be used again; its report stays as it was judged."""
    return settings.home / "cache" / "runs" / release


def kept_run(settings: Settings, release: str) -> Run | None:
    """The newest run that is kept of a release, whatever program made it; None where there is none."""
    return read_run(kept_folder(settings, release))


def gate_word(report: EvalReport, golden: GoldenSet, settings: Settings) -> str:
    """
    How a run stands to the thresholds: passed or failed on the gate's own questions, not applied on any others.

    Neither what is published nor the documents are compared here: that is `bussola evaluate`.
    """
    if gate_questions(settings).fingerprint != golden.fingerprint:
        return NOT_APPLIED
    return apply_gate(stored_run(report.with_header({"release": ""})), load_thresholds()).status
