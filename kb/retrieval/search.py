"""Search: question in, ranked passages out, with every raw score kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, TypeVar

from kb.ports import Embedder, LexicalIndex, VectorIndex
from kb.records import Document, DocumentStatus, Passage, PassageFilter, ScoredPassage
from kb.retrieval.boosts import boost, edition_named
from kb.retrieval.fusion import fuse
from kb.retrieval.query import QueryReading, read_query
from kb.retrieval.vocabulary import Vocabulary, read_vocabulary

POOL = 100
"""Candidates taken from each retriever."""

_Result = TypeVar("_Result")


class Searchable(Protocol):
    """What a release must hold to be searched."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Documents by id."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Passages in document order."""

    @property
    def vectors(self) -> VectorIndex:
        """The passages' vectors."""

    @property
    def lexical(self) -> LexicalIndex:
        """The passages' words."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Ranked passages, best first, and how the question was read."""

    passages: tuple[ScoredPassage, ...]
    reading: QueryReading
    timings_ms: dict[str, float] = field(default_factory=dict)


class Searcher:
    """Searches one release with one embedder; holds no state of a question."""

    def __init__(self, release: Searchable, embedder: Embedder) -> None:
        self._release = release
        self._embedder = embedder

    @cached_property
    def _by_id(self) -> dict[str, Passage]:
        return {passage.id: passage for passage in self._release.passages}

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
        given = narrow or PassageFilter()
        merged = _merge(given, reading.narrow)
        found = self._ranked(reading, merged, timings)
        if not found and merged != given:
            reading = replace(reading, narrow=PassageFilter())
            found = self._ranked(reading, given, timings)
        return SearchResult(tuple(found[:count]), reading, timings)

    def _ranked(self, reading: QueryReading, narrow: PassageFilter, timings: dict[str, float]) -> list[ScoredPassage]:
        allowed = None if narrow.is_open() else {p.id for p in self._release.passages if self._fits(p, narrow)}
        if allowed is not None and not allowed:
            return []
        dense = _timed(timings, "dense", lambda: self._dense(reading, narrow, allowed))
        lexical = _timed(timings, "lexical", lambda: self._lexical(reading, dense, allowed))
        fused = fuse(dense, lexical)
        scored = [self._scored(id_, score, {"cosine": dense, "bm25": lexical}, reading) for id_, score in fused.items()]
        return self._in_force_first(sorted(scored, key=lambda one: (-one.score, one.passage.id)), reading)

    def _dense(self, reading: QueryReading, narrow: PassageFilter, allowed: set[str] | None) -> dict[str, float]:
        vector = self._embedder.embed_query(reading.plain)
        # The store knows nothing of missions: they are sifted here, from a wider net.
        stored = replace(narrow, mission=None)
        count = POOL * 5 if narrow.mission else POOL
        found = self._release.vectors.nearest(vector, count=count, narrow=None if stored.is_open() else stored)
        return {id_: score for id_, score in found if allowed is None or id_ in allowed}

    def _lexical(self, reading: QueryReading, dense: Mapping[str, float], allowed: set[str] | None) -> dict[str, float]:
        text = " ".join([reading.plain, *reading.added])
        index = self._release.lexical
        found = dict(index.search(text, count=POOL, allowed=allowed))
        rest = set(dense) - set(found)
        return found | dict(index.search(text, count=max(1, len(rest)), allowed=rest))

    def _scored(
        self, id_: str, fused: float, raw: Mapping[str, Mapping[str, float]], reading: QueryReading
    ) -> ScoredPassage:
        passage = self._by_id[id_]
        scores = {name: found[id_] for name, found in raw.items() if id_ in found} | {"fused": fused}
        extra = boost(passage, self._release.documents[passage.document], reading)
        if extra:
            scores["boost"] = extra
        return ScoredPassage(passage, fused + extra, scores)

    def _in_force_first(self, found: Iterable[ScoredPassage], reading: QueryReading) -> list[ScoredPassage]:
        def late(one: ScoredPassage) -> bool:
            document = self._release.documents[one.passage.document]
            return document.status is DocumentStatus.SUPERSEDED and not edition_named(document, reading)

        return sorted(found, key=late)

    def _fits(self, passage: Passage, narrow: PassageFilter) -> bool:
        document = self._release.documents[passage.document]
        return (
            narrow.driver in (None, passage.driver)
            and narrow.document in (None, passage.document)
            and narrow.kind in (None, document.kind)
            and narrow.article in (None, passage.article)
            and (narrow.mission is None or _speaks_of(passage, narrow.mission))
        )


def _speaks_of(passage: Passage, mission: str) -> bool:
    from kb.language.words import fold
    from kb.retrieval.references import read_missions

    return mission in read_missions(fold(" ".join((*passage.section, passage.text))))


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
