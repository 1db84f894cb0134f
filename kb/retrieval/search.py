"""Search: question in, ranked passages out, with every raw score kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from kb.language.words import fold
from kb.ports import Embedder
from kb.records import DocumentStatus, Passage, PassageFilter, ScoredPassage
from kb.retrieval.boosts import boost, edition_named, outdated
from kb.retrieval.candidates import Candidates, FirstStage, Searchable
from kb.retrieval.confidence import measure_confidence
from kb.retrieval.query import QueryReading, read_query
from kb.retrieval.references import read_missions
from kb.retrieval.second_stage import Question, SecondStage, understand
from kb.retrieval.vocabulary import Vocabulary, read_vocabulary

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """
    Ranked passages, best first, and how the question was read.

    confidence is the probability, in [0, 1], that the passages hold the answer; features says from what.
    """

    passages: tuple[ScoredPassage, ...]
    reading: QueryReading
    timings_ms: dict[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    features: Mapping[str, float] = field(default_factory=dict)


class Searcher:
    """
    Searches one release with one embedder; holds nothing of a question, so threads may share it.

    Without the second stage the order is the fusion's own: to measure what the second stage gives.
    """

    def __init__(self, release: Searchable, embedder: Embedder, *, second_stage: bool = True) -> None:
        self._release = release
        self._embedder = embedder
        self._ranks_again = second_stage

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the release teaches about words, read once."""
        lexical = self._release.lexical
        return read_vocabulary(
            self._release.passages, self._release.documents, words=lexical.words, acronyms=lexical.acronyms
        )

    def search(self, text: str, *, count: int = 10, narrow: PassageFilter | None = None) -> SearchResult:
        """
        The passages that best fit a question, at most count, best first, ties by id.

        What the question says for sure ("Driver 3") narrows the search as narrow does; a filter read in the question
        that leaves nothing is dropped, one that was asked for is kept. Superseded editions rank after those in force
        unless the question names their edition or year.
        """
        timings: dict[str, float] = {}
        reading = _timed(timings, "read", lambda: read_query(text, vocabulary=self.vocabulary))
        question = _timed(timings, "embed", lambda: understand(reading, self._embedder, self._second.store))
        given = narrow or PassageFilter()
        merged = _merge(given, reading.narrow)
        found = self._ranked(question, merged, timings)
        if not found and merged != given:
            reading = replace(reading, narrow=PassageFilter())
            found = self._ranked(replace(question, reading=reading), given, timings)
        confidence = _timed(timings, "confidence", lambda: measure_confidence(found, folder=self._release.folder))
        return SearchResult(tuple(found[:count]), reading, timings, confidence.probability, confidence.features)

    @cached_property
    def _outdated(self) -> frozenset[str]:
        return outdated(self._release.documents.values())

    @cached_property
    def _first(self) -> FirstStage:
        return FirstStage(self._release)

    @cached_property
    def _second(self) -> SecondStage:
        return SecondStage(self._release, self._first.places)

    def _ranked(self, question: Question, narrow: PassageFilter, timings: dict[str, float]) -> list[ScoredPassage]:
        allowed = None if narrow.is_open() else {p.id for p in self._release.passages if self._fits(p, narrow)}
        if allowed is not None and not allowed:
            return []
        text = question.reading.lexical_text
        found = _timed(timings, "candidates", lambda: self._first.find(question.vector, text, narrow, allowed))
        scored = self._scored(found, question.reading)
        if self._ranks_again:
            scored = _timed(timings, "rank", lambda: self._second.rank(scored, question))
        return self._in_force_first(scored, question.reading)

    def _scored(self, found: Candidates, reading: QueryReading) -> list[ScoredPassage]:
        """The candidates by fused score and boost, best first, ties by id."""
        raw = {"cosine": found.cosine, "bm25": found.bm25, "bm25_share": found.share, "fused": found.fused}
        scored = []
        for id_, fused in found.fused.items():
            passage = self._release.passages[self._first.places[id_]]
            extra = boost(passage, self._release.documents[passage.document], reading)
            scores = {name: by_id[id_] for name, by_id in raw.items() if id_ in by_id}
            scored.append(ScoredPassage(passage, fused + extra, scores | ({"boost": extra} if extra else {})))
        return sorted(scored, key=lambda one: (-one.score, one.passage.id))

    def _in_force_first(self, found: Iterable[ScoredPassage], reading: QueryReading) -> list[ScoredPassage]:
        def late(one: ScoredPassage) -> bool:
            document = self._release.documents[one.passage.document]
            old = document.status is DocumentStatus.SUPERSEDED or document.id in self._outdated
            return old and not edition_named(document, reading)

        return sorted(found, key=late)

    def _fits(self, passage: Passage, narrow: PassageFilter) -> bool:
        document = self._release.documents[passage.document]
        return (
            narrow.driver in (None, passage.driver)
            and narrow.document in (None, passage.document)
            and narrow.kind in (None, document.kind)
            and narrow.article in (None, passage.article)
            and (narrow.mission is None or passage.id in self._on_mission.get(narrow.mission, ()))
        )

    @cached_property
    def _on_mission(self) -> Mapping[str, frozenset[str]]:
        """Ids of the passages that speak of each mission; every text is read, at the first filter by mission."""
        found: dict[str, set[str]] = {}
        for passage in self._release.passages:
            for mission in read_missions(_whole_text(passage)):
                found.setdefault(mission, set()).add(passage.id)
        return {mission: frozenset(ids) for mission, ids in found.items()}


def _whole_text(passage: Passage) -> str:
    return fold(" ".join((*passage.section, passage.text)))


def _merge(given: PassageFilter, read: PassageFilter) -> PassageFilter:
    """What was asked for, completed by what was read; the first wins."""
    return PassageFilter(
        driver=given.driver if given.driver is not None else read.driver,
        document=given.document or read.document,
        kind=given.kind or read.kind,
        mission=given.mission or read.mission,
        article=given.article or read.article,
    )


def _timed(timings: dict[str, float], name: str, work: Callable[[], _Result]) -> _Result:
    start = time.perf_counter()
    result = work()
    timings[name] = timings.get(name, 0.0) + (time.perf_counter() - start) * 1000
    return result
