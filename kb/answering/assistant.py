"""The assistant: the visible list of steps, run one after the other, each with its line in the trace."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from copy import copy
from dataclasses import replace

from kb.answering.compose import compose
from kb.answering.conclude import cite, conclude
from kb.answering.condense import condense
from kb.answering.corroborate import corroborate
from kb.answering.decide import decide
from kb.answering.divide import divide, each_part, join
from kb.answering.examples import Examples
from kb.answering.gather import gather
from kb.answering.generate import generate, write_sentences
from kb.answering.guard import guard
from kb.answering.premises import check_premises
from kb.answering.retrieve import retrieve
from kb.answering.route import route
from kb.answering.state import State, Step, Tools, first_state
from kb.answering.verify import verify
from kb.answering.weighing.decision import load_decision
from kb.answering.weighing.nearness import NearWords
from kb.answering.weighing.weights import load_weights
from kb.ports import ChatModel, Embedder
from kb.records import Answer, AnswerMode, AnswerSentence, Citation, PassageFilter, SentenceEvent, TraceLine
from kb.releases.opened import OpenRelease
from kb.retrieval.search import Searcher, SearchResult
from kb.settings import Settings

STEPS: tuple[tuple[str, Step], ...] = (
    ("guard", guard),
    ("route", route),
    ("condense", condense),
    ("divide", divide),
    ("retrieve", each_part(retrieve)),
    ("gather", each_part(gather)),
    ("decide", each_part(decide)),
    ("compose", each_part(compose)),
    ("corroborate", each_part(corroborate)),
    ("join", join),
    ("generate", generate),
    ("verify", verify),
    ("premises", check_premises),
    ("conclude", conclude),
)
"""
The way of a question; a step that sets the status ends it.

A question that asks several things is divided: from "retrieve" to "corroborate" each part goes its own way.

What is sent is the model's verified sentences, else the extractive draft, else that the documents don't say: "compose"
always writes the extractive draft first, "generate" may replace it, "verify" judges whichever is left.
"""


BESIDE_THE_POINT = ("corroborate", "generate")
"""Steps that don't change whether a question is answered."""

OnAnswer = Callable[[Answer], object]


class Assistant:
    """
    Answers questions from one release; safe to use from several threads, holds nothing of a question.

    on_answer, where one is set, is called with every answer before it is returned: there receipts are kept.
    """

    def __init__(
        self, release: OpenRelease, embedder: Embedder, settings: Settings, *, chat: ChatModel | None = None
    ) -> None:
        self.release = release
        self.on_answer: OnAnswer | None = None
        self._searcher = Searcher(release, embedder)
        self.tools = Tools(
            library=release,
            searcher=self._searcher,
            embedder=embedder,
            weights=load_weights(release),
            near_words=NearWords(embedder),
            contact=settings.contact,
            max_question_chars=settings.max_question_chars,
            chat=chat,
            decision=load_decision(release.folder),
        )
        self._examples = Examples(release, self._quick_end)

    def ask(self, question: str, *, history: Sequence[str] = (), mode: AnswerMode | None = None) -> Answer:
        """
        A cited answer; history holds the person's earlier questions, oldest first.

        Without a mode, the chat model writes where there is one.

        Raises:
            InputError: the question is empty or too long.
        """
        *_, answer = self.stream(question, history=history, mode=mode)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: str, *, history: Sequence[str] = (), mode: AnswerMode | None = None
    ) -> Iterator[SentenceEvent | Answer]:
        """
        Each sentence as soon as it is verified, in order, then the whole answer: the one that `ask` gives.

        A sentence that was sent stands in the answer word for word, under the same citation numbers; notes, openings
        and refusals come with the answer alone.

        Raises:
            InputError: the question is empty or too long; raised by the first step of the iterator.
        """
        state = first_state(question, self.tools, history=history, mode=mode)
        trace: list[TraceLine] = []
        sent = 0
        for name, step in STEPS:
            start = time.perf_counter()
            if step is generate:
                state, sent = yield from self._written(replace(state, detail={}))
            else:
                state = step(replace(state, detail={}), self.tools)
            trace.append(TraceLine(name, (time.perf_counter() - start) * 1000, state.detail))
            if state.status is not None:
                break
        answer = self._answer(state, trace)
        yield from _events(answer.sentences[sent:], answer.citations)
        yield answer

    @property
    def chat(self) -> ChatModel | None:
        """The chat model that writes its answers, None where there is none."""
        return self.tools.chat

    def answering_with(self, chat: ChatModel) -> Assistant:
        """The same assistant with another chat model, for a replay; it leaves no receipt."""
        other = copy(self)
        other.on_answer = None
        other.tools = replace(self.tools, chat=chat)
        return other

    def _written(self, state: State) -> Generator[SentenceEvent, None, tuple[State, int]]:
        """The step `generate`, its sentences sent while it writes; the state it ends with and how many were sent."""
        steps, sent = write_sentences(state, self.tools), 0
        while True:
            try:
                certain = next(steps)
            except StopIteration as end:
                ended: State = end.value
                return ended, sent
            sentences, citations = cite(certain, self.tools)
            yield from _events(sentences[sent:], citations)
            sent = len(sentences)

    def search(self, text: str, *, count: int = 10, narrow: PassageFilter | None = None) -> SearchResult:
        """Ranked passages for a query, best first."""
        return self._searcher.search(text, count=count, narrow=narrow)

    def examples(self, wished: Sequence[str], *, language: str) -> tuple[str, ...]:
        """As many questions as are wished for, all answered by the release, those first; fewer where it has no more."""
        return self._examples.offer(wished, language=language)

    def _quick_end(self, question: str) -> State:
        """The state that a question by itself ends with; nothing is written, and nobody is told."""
        tools = replace(self.tools, chat=None)
        state = first_state(question, tools)
        for name, step in STEPS:
            if name not in BESIDE_THE_POINT and state.status is None:
                state = step(replace(state, detail={}), tools)
        return state

    def _offered(self, state: State) -> tuple[str, ...]:
        return self._examples.offer(state.suggestions, language=state.language, asked=state.question)

    def _answer(self, state: State, trace: Sequence[TraceLine]) -> Answer:
        assert state.status is not None
        sentences, citations = cite(state, self.tools)
        answer = Answer(
            id=_answer_id(state, self.release.id),
            question=state.question,
            standalone_question=state.standalone or state.question,
            language=state.language,
            status=state.status,
            mode=state.mode,
            text=state.text,
            sentences=sentences,
            citations=citations,
            notes=state.notes,
            suggestions=self._offered(state) if state.suggestions else (),
            release=self.release.id,
            timings_ms={line.step: line.ms for line in trace} | {"total": sum(line.ms for line in trace)},
            trace=tuple(trace),
            history=state.history,
            reply=state.reply,
        )
        if self.on_answer is not None:
            self.on_answer(answer)
        return answer


def _events(sentences: Sequence[AnswerSentence], citations: Sequence[Citation]) -> Iterator[SentenceEvent]:
    by_number = {citation.number: citation for citation in citations}
    for sentence in sentences:
        yield SentenceEvent(sentence, tuple(by_number[number] for number in sentence.citations))


def _answer_id(state: State, release: str) -> str:
    """The same question to the same release has the same id, so an answer's address lasts."""
    parts = "\n".join([release, state.mode.value, *state.history, state.question])
    return "ans_" + hashlib.sha256(parts.encode()).hexdigest()[:16]
