"""A candidate put to the test: asked the gate's questions, held against what is published, judged, reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evals.evaluation_log import EvaluationLine, add_evaluation
from evals.gate import Verdict, apply_gate
from evals.gate_set import GateSet, choose_questions, covered_documents, first_sample, is_shipped_corpus
from evals.golden import GoldenSet
from evals.golden_quotes import find_quote_faults
from evals.probes import add_probes
from evals.report_files import write_files
from evals.report_folder import replace_report, report_folder
from evals.runner import Runner, Say, gate_questions
from evals.stored import Run
from evals.structure import Fault, find_dangers, find_losses, name_some
from evals.thresholds import load_thresholds
from kb import wiring
from kb.errors import BussolaError, ReleaseError
from kb.ports import Progress
from kb.records import Page
from kb.releases.compare import ReleaseDiff, compare
from kb.releases.opened import OpenRelease, check_whole
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.releases.store import ReleaseStore


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is known of a candidate once it was put to the test."""

    run: Run
    verdict: Verdict
    diff: ReleaseDiff | None  # against the published release; None where nothing else is published
    folder: Path  # where the report lies


def evaluate_release(settings: Settings, id_: str | None, *, progress: Progress, say: Say) -> Evaluation:
    """
    The verdict on a release, with its report written and its evaluation in the ledger.

    A run that is kept and still holds (same release, questions and program) is not made again; the comparison with
    what is published and the verdict always are.

    Raises:
        NotFound: there is no such release.
        ReleaseError: it is damaged, or was built with another embedding model.
        InputError: the golden questions can't be used.
    """
    store = wiring.release_store(settings)
    release = store.resolve(id_)
    check_whole(store.folder(release), parts=wiring.parts_for(settings))  # before minutes are spent on questions
    golden = gate_questions(settings)
    with store.open(release) as candidate:
        published = _open_published(store, release)
        try:
            runner = Runner(settings, progress=progress, say=say)
            return _Trial(settings, golden, runner).judge(candidate, published)
        finally:
            if published is not None:
                published.close()


def _open_published(store: ReleaseStore, release: str) -> OpenRelease | None:
    """What serves now, unless it is the candidate itself, or so damaged that nothing can be held against it."""
    try:
        serving = store.published()
        if serving is None or serving == release:
            return None
        opened = store.open(serving)
        _ = opened.passages, [opened.pages(document) for document in opened.documents]
    except BussolaError:
        return None
    return opened


def _is_first(store: ReleaseStore) -> bool:
    """True where nothing was ever published; a spoilt pointer tells that something was."""
    try:
        return store.published() is None
    except ReleaseError:
        return False


class _Trial:
    """One evaluation."""

    def __init__(self, settings: Settings, golden: GoldenSet, runner: Runner) -> None:
        self._settings, self._golden, self._runner = settings, golden, runner

    def judge(self, candidate: OpenRelease, published: OpenRelease | None) -> Evaluation:
        chosen = self._choose(candidate, published)
        run = self._runner.run(candidate, chosen)
        before, notes = self._published_run(published)
        diff = compare(published, candidate) if published is not None else None
        thresholds = load_thresholds()
        faults = [*(find_losses(diff, thresholds) if diff else []), *find_dangers(candidate, published, thresholds)]
        faults += _lost_quotes(self._golden, candidate, published, diff)
        verdict = apply_gate(
            run,
            thresholds,
            published=before,
            structure=faults,
            notes=[*notes, *_notes(chosen, published)],
            sampled=chosen.sampled,
        )
        folder = report_folder(self._settings.home, candidate.id)
        checksum = replace_report(
            folder, lambda made: write_files(made, run, verdict=verdict, diff=diff, before=before)
        )
        self._log(verdict, checksum, against=published.id if published else None)
        return Evaluation(run, verdict, diff, folder)

    def _choose(self, candidate: OpenRelease, published: OpenRelease | None) -> GateSet:
        documents = {*candidate.documents, *(published.documents if published else ())}
        chosen = self._with_probes(choose_questions(self._golden, documents), candidate, published)
        shipped = _is_first(wiring.release_store(self._settings)) and is_shipped_corpus(
            one.sha256 for one in candidate.documents.values()
        )
        return first_sample(chosen) if shipped and not self._settings.golden else chosen

    def _questions_on(self, release: OpenRelease) -> GateSet:
        return self._with_probes(choose_questions(self._golden, release.documents), release)

    def _with_probes(self, chosen: GateSet, *releases: OpenRelease | None) -> GateSet:
        """The probes of the published release are asked of the candidate too, so that what it lost shows."""
        opened = [release for release in releases if release is not None]
        return add_probes(chosen, opened, covered=covered_documents(self._golden))

    def _published_run(self, published: OpenRelease | None) -> tuple[Run | None, list[str]]:
        if published is None:
            return None, []
        try:
            return self._runner.run(published, self._questions_on(published), more=True), []
        except ReleaseError as error:
            return None, [f"La versione pubblicata non si può interrogare ({error}): confrontati solo i documenti."]

    def _log(self, verdict: Verdict, checksum: str, *, against: str | None) -> None:
        ledger = wiring.open_ledger(self._settings)
        try:
            line = EvaluationLine(
                number=0,
                release=verdict.release,
                at="",
                golden=self._golden.fingerprint,
                code=self._runner.code,
                against=against,
                gate=verdict.status,
                sha256=checksum,
            )
            add_evaluation(ledger, line)
        finally:
            ledger.close()


def _lost_quotes(
    golden: GoldenSet, candidate: OpenRelease, published: OpenRelease | None, diff: ReleaseDiff | None
) -> list[Fault]:
    """The golden questions whose quote is gone from a document that does not declare itself new."""
    declared = {change.document for change in diff.documents if change.declared} if diff else set()
    watched = [
        question
        for question in golden.questions
        if question.quote and question.document in candidate.documents and question.document not in declared
    ]
    lost = [question for question in watched if find_quote_faults([question], _pages(candidate, question.document))]
    if published is not None:
        lost = [one for one in lost if one.document in published.documents]
        lost = [one for one in lost if not find_quote_faults([one], _pages(published, one.document))]
    if not lost:
        return []
    quotes = list(dict.fromkeys(f"«{question.quote[:80]}» in «{question.document}»" for question in lost))
    why = "La frase che risponde a una domanda di prova era lì: toglierla in silenzio toglie la risposta."
    reason = f"frasi che rispondono a domande di prova e non ci sono più: {name_some(quotes)}"
    return [Fault("golden_quote", reason, tuple(question.id for question in lost), why)]


def _pages(release: OpenRelease, document: str) -> dict[str, Sequence[Page]]:
    return {document: release.pages(document)}


def _notes(chosen: GateSet, published: OpenRelease | None) -> list[str]:
    notes = []
    if chosen.sampled:
        notes.append(
            f"Prima pubblicazione del corpus distribuito: poste {len(chosen.golden.questions)} domande a campione, "
            "regole senza eccezioni applicate, quote non applicate. Il primo aggiornamento misura tutto."
        )
    if chosen.left_out:
        notes.append(f"{len(chosen.left_out)} domande di prova non riguardano questi documenti e non sono state poste.")
    if published is None and not chosen.sampled:
        notes.append("Nessun'altra versione è pubblicata: non c'è con che cosa confrontare.")
    return notes
