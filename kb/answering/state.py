"""What the steps hand to each other: one immutable state, and the tools they may use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from kb.answering.weighing.logistic import LogisticModel
from kb.answering.weighing.nearness import NearWords
from kb.answering.weighing.weights import WordWeights
from kb.language.questions import Asked
from kb.ports import ChatModel, Embedder
from kb.records import AnswerMode, AnswerStatus, Document, ModelReply, Note, Page, Passage, PassageFilter, Span
from kb.retrieval.search import SearchResult


class Library(Protocol):
    """What the steps need of an open release."""

    @property
    def id(self) -> str:
        """The release's id."""

    @property
    def documents(self) -> dict[str, Document]:
        """Documents by id."""

    @property
    def passages(self) -> list[Passage]:
        """Every passage, in document order."""

    def page(self, document: str, index: int) -> Page:
        """A page by its index, from 1."""


class Search(Protocol):
    """The searcher's one method."""

    def search(self, text: str, *, count: int = 10, narrow: PassageFilter | None = None) -> SearchResult:
        """Ranked passages, best first."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a passage that may answer, with what speaks for it."""

    passage: Passage
    start: int  # offsets into the passage's text
    end: int
    score: float
    features: dict[str, float] = field(default_factory=dict)
    support: float = 0.0  # in [0, 1], fixed by the step `decide`

    @property
    def text(self) -> str:
        """The sentence itself."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim stretch of one page, behind a sentence."""

    passage: Passage
    span: Span


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence to be sent if it passes every check, with the quotes it stands on."""

    text: str
    quotes: tuple[Quote, ...]  # in extractive mode the sentence is these, word for word
    support: float
    beside: tuple[Quote, ...] = ()  # of another source that says the same


@dataclass(frozen=True, slots=True)
class State:
    """An answer in the making; a step returns a changed copy. status set means: nothing more to look for."""

    question: str
    history: tuple[str, ...] = ()
    mode: AnswerMode = AnswerMode.EXTRACTIVE  # who wrote the draft
    wanted: AnswerMode = AnswerMode.EXTRACTIVE  # who should have; the documents stand in for a model that fails
    cleaned: str = ""
    standalone: str = ""
    asked: Asked | None = None
    status: AnswerStatus | None = None
    text: str = ""
    found: SearchResult | None = None
    parts: tuple[State, ...] = ()  # one for each thing that the question asks, where it asks several
    evidence: tuple[Evidence, ...] = ()
    opened: tuple[Passage, ...] = ()  # passages that compose read beyond those found: the rest of a list
    shown: tuple[Passage, ...] = ()  # passages that a chat model was shown, in the order of their numbers
    draft: tuple[DraftSentence, ...] = ()
    closest: DraftSentence | None = None  # where nothing answers, what comes nearest to it
    reply: ModelReply | None = None  # what the chat model wrote, where one was asked
    notes: tuple[Note, ...] = ()
    suggestions: tuple[str, ...] = ()
    detail: dict[str, object] = field(default_factory=dict)  # of the step just run, for its trace line

    @property
    def language(self) -> str:
        """The language the person writes in."""
        return self.asked.language if self.asked else "it"

    def ended(self, status: AnswerStatus, text: str, **detail: object) -> State:
        """The state with its end fixed."""
        return replace(self, status=status, text=text, detail=detail)

    def noting(self, kind: str, text: str) -> State:
        """The state with one more note."""
        return replace(self, notes=(*self.notes, Note(kind, text)))


@dataclass(frozen=True, slots=True)
class Tools:
    """What the steps may use."""

    library: Library
    searcher: Search
    embedder: Embedder
    weights: WordWeights
    near_words: NearWords
    contact: str
    max_question_chars: int
    chat: ChatModel | None = None
    decision: LogisticModel | None = None  # the release's own; the shipped one where it keeps none


def first_state(question: str, tools: Tools, *, history: Sequence[str] = (), mode: AnswerMode | None = None) -> State:
    """The state that a question begins with; where no mode is asked for, a chat model writes if there is one."""
    default = AnswerMode.GENERATED if tools.chat is not None else AnswerMode.EXTRACTIVE
    return State(question=question, history=tuple(history), wanted=mode or default)


Step = Callable[[State, Tools], State]
