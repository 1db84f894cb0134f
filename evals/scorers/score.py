"""What a scorer is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from evals.golden import GoldenQuestion, QuestionKind
from kb.errors import NotFound
from kb.records import Answer, AnswerStatus, Citation, Document, Page, Passage


@dataclass(frozen=True, slots=True)
class Score:
    """One judged unit: an answer, a citation, a sentence or a figure."""

    value: bool | None  # None: undetermined, which is neither right nor wrong
    reason: str = ""  # in Italian, for whoever reads the report; empty where value is True


RIGHT = Score(True)
Scores = tuple[Score, ...]
"""The units of one question, in the order of the answer; empty where the question has none."""


class Evidence(Protocol):
    """The release that the answers cite; kb.releases' OpenRelease is one."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Documents by id."""

    def page(self, document: str, index: int, /) -> Page:
        """A page; NotFound where there is none."""

    def passage(self, id_: str, /) -> Passage:
        """A passage; NotFound where there is none."""


@dataclass(frozen=True, slots=True)
class Case:
    """A golden question with the answer it got and the release that the answer cites."""

    golden: GoldenQuestion
    answer: Answer
    evidence: Evidence
    again: tuple[Answer, ...] = ()  # what asking once more gave, where it was asked more than once


def always(_golden: GoldenQuestion) -> bool:
    """Every question is asked of this scorer."""
    return True


@dataclass(frozen=True, slots=True)
class Scorer:
    """A metric: judges the units of one question; the metric's value is right units / judged units."""

    name: str  # as in the JSON report
    title: str  # in Italian, as in the table
    judge: Callable[[Case], Scores]
    applies: Callable[[GoldenQuestion], bool] = always
    smaller_is_better: bool = False
    independent: bool = True  # False: units of a question hang together, so the interval is a bootstrap by question


ANSWERED = frozenset({AnswerStatus.ANSWERED, AnswerStatus.PARTLY_ANSWERED})
"""Ends that state something; a status as its text is one of them too."""
ABSTAINED = frozenset({AnswerStatus.NOT_FOUND, AnswerStatus.OUT_OF_SCOPE, AnswerStatus.NEEDS_CLARIFICATION})


def is_answered(answer: Answer) -> bool:
    """True where the answer states something; what abstains leaves the denominator of the citation metrics."""
    return answer.status in ANSWERED


def judge_citations(case: Case, judge: Callable[[Page, Citation], Score]) -> Scores:
    """One unit a citation of an answer that states something, judged beside its page; wrong where there is no page."""
    if not is_answered(case.answer):
        return ()
    return tuple(_beside_its_page(case, citation, judge) for citation in case.answer.citations)


def _beside_its_page(case: Case, citation: Citation, judge: Callable[[Page, Citation], Score]) -> Score:
    try:
        page = case.evidence.page(citation.document, citation.page_index)
    except NotFound as error:
        return Score(False, f"[{citation.number}] {error}")
    return judge(page, citation)


def wants_answer(golden: GoldenQuestion) -> bool:
    """True for questions that the documents answer."""
    if golden.kind is QuestionKind.FALSE_PREMISE:
        return bool(golden.must_include)
    return golden.kind in {QuestionKind.ANSWERABLE, QuestionKind.FOLLOW_UP}


def wants_abstention(golden: GoldenQuestion) -> bool:
    """True for questions that the documents do not answer."""
    return golden.kind in {QuestionKind.UNANSWERABLE, QuestionKind.OUT_OF_SCOPE}
