"""Gaps: what people asked and did not get, from the receipts and ratings, grouped by meaning."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.language.questions import Expectation, read_question
from kb.language.words import fold, tokenize
from kb.ledger import Ledger, Receipt
from kb.ports import Embedder, Matrix, Progress, no_progress
from kb.records import AnswerStatus, Document, Page, ScoredPassage

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant

GROUP_DISTANCE = 0.11
"""
Mean distance up to which groups of questions are one.

Source: 145 questions of ours of 95 meanings, with the default embedder: adjusted Rand index 0.83 (0.74 without the two
additions below), fitted on the same questions. A model whose vectors lie further apart makes more, smaller groups.
"""

OTHER_KIND_DISTANCE = 0.02
"""Added where two questions ask for different kinds of thing: "who presides over AFOL" is not "where is AFOL"."""

OTHER_FIGURES_DISTANCE = 0.03
"""Added where their figures differ: Driver 3 is not Driver 5."""

MOST_QUESTIONS = 4000
"""Different questions grouped, the newest: comparing each with each grows with the square."""

AT_ONCE = 500
"""Answers asked of the ledger at a time."""


@dataclass(slots=True)
class AskedQuestion:
    """A question that went without a good answer; equal questions are one, whatever their accents and capitals."""

    text: str  # stands alone, without personal data
    language: str
    last_at: str
    unanswered: int = 0  # how often the documents did not say
    thumbs_down: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def id(self) -> str:
        """Names the question, and the gap that it stands for."""
        return gap_id(self.text)

    @property
    def count(self) -> int:
        """How often it went without a good answer."""
        return self.unanswered + self.thumbs_down

    def to_json(self) -> dict[str, Any]:
        """The question as plain data."""
        return {
            "id": self.id,
            "question": self.text,
            "language": self.language,
            "unanswered": self.unanswered,
            "thumbs_down": self.thumbs_down,
            "reasons": dict(sorted(self.reasons.items())),
            "last_at": self.last_at,
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions of one meaning; the first stands for them."""

    questions: tuple[AskedQuestion, ...]  # the most asked first
    nearest: dict[str, Any] | None = None  # where the documents come closest

    @property
    def id(self) -> str:
        """That of the question that stands for the others."""
        return self.questions[0].id

    @property
    def count(self) -> int:
        """How often any of them went without a good answer."""
        return sum(question.count for question in self.questions)

    def to_json(self) -> dict[str, Any]:
        """The gap as plain data."""
        return {
            "gap": self.id,
            "count": self.count,
            "nearest": self.nearest,
            "questions": [question.to_json() for question in self.questions],
        }


class Library(Protocol):
    """What naming a place needs of an open release."""

    @property
    def documents(self) -> dict[str, Document]:
        """Documents by id."""

    def page(self, document: str, index: int) -> Page:
        """A page by its index, from 1."""


def gap_id(question: str) -> str:
    """The id of a question: the same for other accents, capitals and punctuation."""
    key = " ".join(tokenize(question)) or fold(question)
    return "g_" + hashlib.sha256(key.encode()).hexdigest()[:8]


def collect_questions(ledger: Ledger, since: str = "") -> list[AskedQuestion]:
    """
    The questions that went without an answer or were thumbed down since then (ISO 8601), most asked first, ties by id.

    Raises:
        StoreError: the ledger can't be read.
    """
    found: dict[str, AskedQuestion] = {}
    for receipt in ledger.receipts(statuses=(AnswerStatus.NOT_FOUND.value,), since=since):
        question = _noted(found, receipt)
        if question:
            question.unanswered += receipt.times
    ratings = ledger.feedback_since(since, verdict=-1)
    receipts = {
        receipt.answer: receipt
        for some in _batches(sorted({r.answer for r in ratings}))
        for receipt in ledger.receipts(answers=some)
    }
    for rating in ratings:
        question = _noted(found, receipts[rating.answer]) if rating.answer in receipts else None
        if question:
            question.thumbs_down += 1
            question.reasons.update([rating.reason] if rating.reason else [])
    return sorted(found.values(), key=lambda question: (-question.count, question.id))


def group_questions(
    questions: Sequence[AskedQuestion], embedder: Embedder, *, progress: Progress = no_progress
) -> list[Gap]:
    """
    The questions grouped by meaning, the largest gap first; a question alone is a gap of its own.

    Average linkage on question_distances up to GROUP_DISTANCE. Beyond MOST_QUESTIONS the older questions stay out.

    Raises:
        EmbedderError: the model can't be run.

    Source: Sokal and Michener, University of Kansas Science Bulletin 38, 1958 (average linkage).
    """
    newest = sorted(questions, key=lambda question: (question.last_at, question.id), reverse=True)[:MOST_QUESTIONS]
    kept = sorted(newest, key=lambda question: (-question.count, question.id))
    groups: dict[int, list[AskedQuestion]] = {}
    for question, label in zip(kept, _labels(kept, embedder, progress), strict=True):
        groups.setdefault(label, []).append(question)
    return sorted((Gap(tuple(members)) for members in groups.values()), key=lambda gap: (-gap.count, gap.id))


def find_gaps(
    questions: Sequence[AskedQuestion], assistant: Assistant, *, progress: Progress = no_progress
) -> list[Gap]:
    """
    The questions' gaps, the largest first, each with the place of the documents that is nearest to its first question.

    Raises:
        EmbedderError: the model can't be run.
    """
    found = group_questions(questions, assistant.tools.embedder, progress=progress) if questions else []
    nearest = [assistant.search(gap.questions[0].text, count=1).passages for gap in found]
    return [
        replace(gap, nearest=place_to_json(passages[0], assistant.release) if passages else None)
        for gap, passages in zip(found, nearest, strict=True)
    ]


def question_distances(texts: Sequence[str], vectors: Matrix) -> NDArray[np.float64]:
    """
    How far each two questions are apart, n × (n - 1) / 2 in the order of SciPy's condensed matrices: the cosine
    distance of their vectors, and more where they ask for different kinds of thing or name different figures.
    """
    from scipy.spatial.distance import pdist

    read = [read_question(text) for text in texts]
    kinds = np.array([list(Expectation).index(one.expects) for one in read])
    figures = [frozenset(figure.value for figure in one.figures) for one in read]
    names = {key: place for place, key in enumerate(dict.fromkeys(figures))}
    named = np.array([names[key] for key in figures])
    left, right = np.triu_indices(len(texts), k=1)
    is_open = kinds == list(Expectation).index(Expectation.OTHER)
    other_kind = (kinds[left] != kinds[right]) & ~is_open[left] & ~is_open[right]
    distances: NDArray[np.float64] = pdist(vectors.astype(np.float64), "cosine")
    distances += OTHER_KIND_DISTANCE * other_kind + OTHER_FIGURES_DISTANCE * (named[left] != named[right])
    return distances


def place_to_json(found: ScoredPassage, library: Library) -> dict[str, Any]:
    """Where a passage is: document, title, section and page."""
    passage = found.passage
    index = passage.spans[0].page_index
    return {
        "document": passage.document,
        "title": library.documents[passage.document].title,
        "section": list(passage.section),
        "page_label": library.page(passage.document, index).label,
        "page_index": index,
        "passage": passage.id,
    }


def _labels(questions: Sequence[AskedQuestion], embedder: Embedder, progress: Progress) -> list[int]:
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(questions) < 2:
        return [1] * len(questions)
    rows = []
    for done, question in enumerate(questions, start=1):
        rows.append(embedder.embed_query(question.text))
        progress("domande", done, len(questions))
    tree = linkage(question_distances([question.text for question in questions], np.stack(rows)), method="average")
    return [int(label) for label in fcluster(tree, t=GROUP_DISTANCE, criterion="distance")]


def _noted(found: dict[str, AskedQuestion], receipt: Receipt) -> AskedQuestion | None:
    """The question of a receipt among those found, added where it is new; None where the receipt does not hold it."""
    said = receipt.body.get("answer") or {}
    text = str(said.get("standalone_question") or said.get("question") or "").strip()
    if not text:
        return None
    key = gap_id(text)
    question = found.setdefault(key, AskedQuestion(text, str(said.get("language") or "it"), receipt.created_at))
    question.last_at = max(question.last_at, receipt.created_at)
    return question


def _batches(answers: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(answers)
    while some := list(islice(rest, AT_ONCE)):
        yield some
