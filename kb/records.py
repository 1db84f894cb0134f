"""The values that travel through the house; this module knows no library and no other room."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class DocumentKind(StrEnum):
    """What sort of source a document is."""

    PLAN = "plan"
    TERRITORIAL_PLAN = "territorial_plan"
    MOBILITY_PLAN = "mobility_plan"
    DRIVER_RECORD = "driver_record"
    GUIDE = "guide"
    OTHER = "other"


class DocumentStatus(StrEnum):
    """Whether a document binds today."""

    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Document:
    """One source in one edition."""

    id: str
    title: str
    kind: DocumentKind
    sha256: str  # of the file's bytes
    edition: str | None = None
    date: str | None = None  # ISO 8601
    publisher: str | None = None
    url: str | None = None
    status: DocumentStatus = DocumentStatus.IN_FORCE
    source: str = ""  # file name, as given


class BlockKind(StrEnum):
    """What a stretch of a page is, as far as the reader could tell."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    BOX = "box"  # pull quote, abstract, caption: reads alone, joins nothing


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a page's text that belongs together."""

    start: int  # offsets into Page.text, end exclusive
    end: int
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0  # headings only: 1 is the document's own title
    continues: bool = False  # goes on with the sentence that the block before left open (also across pages)
    label: str | None = None  # a heading's number, a table's title, "art. 18"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document, its text in reading order."""

    document: str
    index: int  # from 1
    text: str
    blocks: tuple[Block, ...] = ()
    label: str | None = None  # as printed ("106", "iv"); None where nothing is printed
    label_source: str = "none"  # "pdf" | "printed" | "inferred" | "none"
    readable: bool = True
    problems: tuple[str, ...] = ()  # why a page is doubtful or unreadable, in words


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one page's text."""

    page_index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """
    The unit that is searched.

    text is made of the pages' own characters: for each i, joins[i] followed by
    pages[spans[i].page_index].text[spans[i].start:spans[i].end]; joins[0] is "".
    """

    id: str
    document: str
    text: str
    spans: tuple[Span, ...]
    joins: tuple[str, ...]
    section: tuple[str, ...] = ()
    driver: int | None = None
    article: str | None = None  # "18", "5-bis"
    comma: str | None = None
    ordinal: int = 0  # place in the document, from 0
    continues: bool = False  # begins mid-unit: the passage before belongs to the same sentence or list

    def locate(self, start: int, end: int) -> tuple[Span, ...]:
        """
        The page stretches behind text[start:end], in order, without the joins.

        Raises:
            ValueError: start or end lies outside the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"[{start}:{end}] lies outside a passage of {len(self.text)} characters")
        found: list[Span] = []
        at = 0
        for join, span in zip(self.joins, self.spans, strict=True):
            at += len(join)
            length = span.end - span.start
            low, high = max(start, at), min(end, at + length)
            if low < high:
                found.append(Span(span.page_index, span.start + low - at, span.start + high - at))
            at += length
        return tuple(found)


@dataclass(frozen=True, slots=True)
class PassageFilter:
    """What a search is narrowed to; None leaves a field open."""

    driver: int | None = None
    document: str | None = None
    kind: DocumentKind | None = None
    mission: str | None = None  # "M3"
    article: str | None = None

    def is_open(self) -> bool:
        """True when nothing is narrowed."""
        return self == PassageFilter()


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage and why it ranks where it does."""

    passage: Passage
    score: float  # larger is better; comparable within one search only, unless scores says otherwise
    scores: dict[str, float] = field(default_factory=dict)  # each raw score by name: "cosine", "bm25", …


class AnswerStatus(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"
    PARTLY_ANSWERED = "partly_answered"
    NOT_FOUND = "not_found"
    OUT_OF_SCOPE = "out_of_scope"
    SMALL_TALK = "small_talk"
    NEEDS_CLARIFICATION = "needs_clarification"
    BLOCKED = "blocked"
    UNAVAILABLE = "unavailable"


class AnswerMode(StrEnum):
    """Who wrote the sentences: the documents, or a chat model under check."""

    EXTRACTIVE = "extractive"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class Citation:
    """A locator and a quote: page.text[start:end] == quote, always."""

    number: int  # from 1, as shown
    document: str
    title: str
    edition: str | None
    section: tuple[str, ...]
    driver: int | None
    article: str | None
    page_label: str | None
    page_index: int
    quote: str
    passage: str
    start: int
    end: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence that is sent, with the numbers of the citations that back it."""

    text: str
    citations: tuple[int, ...]
    support: float  # in [0, 1]


@dataclass(frozen=True, slots=True)
class Note:
    """Something the person should know beside the answer; kind is a stable code."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class TraceLine:
    """What one step did."""

    step: str
    ms: float
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a chat model wrote for an answer, as far as it was read: kept so that the answer can be given again."""

    prompt: str  # the digest of what it was asked
    text: str
    failure: str | None  # what broke it off: "slow", "paused", "unusable", "unreachable"
    context_chars: int  # characters of passages that the model is shown, at most


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent, whole; its JSON form is a contract (DESIGN: "The answer as JSON")."""

    id: str
    question: str
    standalone_question: str
    language: str
    status: AnswerStatus
    mode: AnswerMode
    text: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    notes: tuple[Note, ...] = ()
    suggestions: tuple[str, ...] = ()
    release: str = ""
    timings_ms: dict[str, float] = field(default_factory=dict)
    trace: tuple[TraceLine, ...] = ()
    history: tuple[str, ...] = ()  # the earlier questions, without personal data; for the receipt, not in the JSON
    reply: ModelReply | None = None  # for the receipt alone too: nobody is sent what was not verified


@dataclass(frozen=True, slots=True)
class SentenceEvent:
    """A sentence that passed every check, on its way while the rest of the answer is still being written."""

    sentence: AnswerSentence  # as it will stand in the answer, in the same place
    citations: tuple[Citation, ...]  # those that the sentence names, numbered as in the answer
