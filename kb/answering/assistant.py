"""The assistant: the visible list of steps, run one after the other, each with its line in the trace."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from kb.answering.compose import compose
from kb.answering.conclude import cite, conclude
from kb.answering.condense import condense
from kb.answering.corroborate import corroborate
from kb.answering.decide import decide
from kb.answering.evidence import gather
from kb.answering.guard import guard
from kb.answering.nearness import NearWords
from kb.answering.premises import check_premises
from kb.answering.retrieve import retrieve
from kb.answering.route import route
from kb.answering.state import State, Step, Tools
from kb.answering.verify import verify
from kb.answering.weights import count_words
from kb.ports import Embedder
from kb.records import Answer, AnswerMode, PassageFilter, SentenceEvent, TraceLine
from kb.releases.opened import OpenRelease
from kb.retrieval.search import Searcher, SearchResult
from kb.settings import Settings

STEPS: tuple[tuple[str, Step], ...] = (
    ("guard", guard),
    ("route", route),
    ("condense", condense),
    ("retrieve", retrieve),
    ("gather", gather),
    ("decide", decide),
    ("compose", compose),
    ("corroborate", corroborate),
    ("verify", verify),
    ("premises", check_premises),
    ("conclude", conclude),
)
"""The way of a question; a step that sets the status ends it."""


OnAnswer = Callable[[Answer], object]


class Assistant:
    """
    Answers questions from one release; safe to use from several threads, holds nothing of a question.

    on_answer, where one is set, is called with every answer before it is returned: there receipts are kept.
    """

    def __init__(self, release: OpenRelease, embedder: Embedder, settings: Settings) -> None:
        self.release = release
        self.on_answer: OnAnswer | None = None
        self._searcher = Searcher(release, embedder)
        self.tools = Tools(
            library=release,
            searcher=self._searcher,
            embedder=embedder,
            weights=count_words(release.passages),
            near_words=NearWords(embedder),
            contact=settings.contact,
            max_question_chars=settings.max_question_chars,
        )

    def ask(self, question: str, *, history: Sequence[str] = (), mode: AnswerMode | None = None) -> Answer:
        """
        A cited answer; history holds the person's earlier questions, oldest first.

        Raises:
            InputError: the question is empty or too long.
        """
        state = State(question=question, history=tuple(history), mode=mode or AnswerMode.EXTRACTIVE)
        trace: list[TraceLine] = []
        for name, step in STEPS:
            start = time.perf_counter()
            state = step(replace(state, detail={}), self.tools)
            trace.append(TraceLine(name, (time.perf_counter() - start) * 1000, state.detail))
            if state.status is not None:
                break
        return self._answer(state, trace)

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
        answer = self.ask(question, history=history, mode=mode)
        by_number = {citation.number: citation for citation in answer.citations}
        for sentence in answer.sentences:
            yield SentenceEvent(sentence, tuple(by_number[number] for number in sentence.citations))
        yield answer

    def search(self, text: str, *, count: int = 10, narrow: PassageFilter | None = None) -> SearchResult:
        """Ranked passages for a query, best first."""
        return self._searcher.search(text, count=count, narrow=narrow)

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
            suggestions=state.suggestions,
            release=self.release.id,
            timings_ms={line.step: line.ms for line in trace} | {"total": sum(line.ms for line in trace)},
            trace=tuple(trace),
            history=state.history,
        )
        if self.on_answer is not None:
            self.on_answer(answer)
        return answer


def _answer_id(state: State, release: str) -> str:
    """The same question to the same release has the same id, so an answer's address lasts."""
    parts = "\n".join([release, state.mode.value, *state.history, state.question])
    return "ans_" + hashlib.sha256(parts.encode()).hexdigest()[:16]
