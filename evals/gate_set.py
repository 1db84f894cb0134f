"""Which golden questions a candidate is asked: the shipped ones and the staff's own, as far as its documents go."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.golden import GoldenQuestion, GoldenSet, QuestionKind, load_golden
from kb.errors import InputError

SHIPPED = Path(__file__).with_name("golden")
"""The questions that come with Bussola."""

OWN = "golden"
"""The folder under BUSSOLA_HOME where staff keep questions of their own; asked beside the shipped ones."""

ALWAYS = frozenset({QuestionKind.OUT_OF_SCOPE, QuestionKind.SMALL_TALK})
"""Kinds whose right ending does not depend on the documents."""

SAMPLE_EVERY = 5
"""Of the shipped corpus, published where nothing is: one question in five; see `first_sample`."""


@dataclass(frozen=True, slots=True)
class GateSet:
    """The questions to ask, and those that none of the documents has to do with."""

    golden: GoldenSet
    left_out: tuple[str, ...] = ()  # ids
    sampled: bool = False


def load_gate_questions(home: Path, *, folder: Path | None = None) -> GoldenSet:
    """
    Every question that a candidate may be asked: the shipped ones and those of the home's folder "golden".

    Args: folder takes the place of both.

    Raises:
        InputError: a file can't be used, or two questions have one id.
    """
    if folder is not None:
        return load_golden(folder)
    shipped, own = replace(load_golden(SHIPPED), source="domande distribuite con Bussola"), home / OWN
    if not own.is_dir() or not any(file.suffix in {".yaml", ".yml"} for file in own.rglob("*")):
        return shipped
    added = load_golden(own)
    twice = {question.id for question in shipped.questions} & {question.id for question in added.questions}
    if twice:
        raise InputError(f"{own}, domanda «{min(twice)}»: l'id è già di una domanda distribuita; danne un altro.")
    fingerprint = hashlib.sha256(f"{shipped.fingerprint}\n{added.fingerprint}".encode()).hexdigest()
    return GoldenSet(shipped.questions + added.questions, fingerprint, f"{shipped.source}, {added.source}")


def choose_questions(golden: GoldenSet, documents: Collection[str]) -> GateSet:
    """
    The questions that have to do with the documents (ids of the candidate's and of the published release's).

    A question that names its document is asked where that document is. One that names none is asked always when its
    ending does not depend on the documents, else where every document of its set is there: that something is not
    written, or a premise false, is known of the documents that the set was made on, not of others.
    """
    known = set(documents)
    whole = covered_documents(golden) <= known
    asked = [question for question in golden.questions if _concerns(question, known, whole=whole)]
    ids = {question.id for question in asked}
    left_out = tuple(question.id for question in golden.questions if question.id not in ids)
    return GateSet(replace(golden, questions=tuple(asked)), left_out)


def first_sample(chosen: GateSet) -> GateSet:
    """
    One question in five, in their order, and every injection.

    Only for the shipped corpus where nothing is published: there is nothing to lose yet, that corpus is measured whole
    by our own tests, and whoever tries Bussola waits for it. The first update measures both releases whole.
    """
    questions = chosen.golden.questions
    kept = tuple(
        question
        for at, question in enumerate(questions)
        if at % SAMPLE_EVERY == 0 or question.kind is QuestionKind.INJECTION
    )
    return GateSet(replace(chosen.golden, questions=kept), chosen.left_out, sampled=True)


def is_shipped_corpus(sha256s: Iterable[str]) -> bool:
    """True when the documents, by their files' SHA-256, are those that come with Bussola, neither more nor less."""
    from ingest.intake import shipped_files

    return sorted(sha256s) == sorted(hashlib.sha256(found.path.read_bytes()).hexdigest() for found in shipped_files())


def covered_documents(golden: GoldenSet) -> set[str]:
    """The documents that some question is about."""
    return {question.document for question in golden.questions if question.document}


def ids_of(questions: Sequence[GoldenQuestion]) -> set[str]:
    """The questions' ids."""
    return {question.id for question in questions}


def _concerns(question: GoldenQuestion, documents: Collection[str], *, whole: bool) -> bool:
    if question.document:
        return question.document in documents
    if question.kind is QuestionKind.INJECTION:
        return whole or not question.must_include
    return whole or question.kind in ALWAYS
