"""First stage: the passages worth a closer look, by vectors and by words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from kb.language.words import content_stems
from kb.ports import LexicalIndex, Matrix, Vector, VectorIndex
from kb.records import Document, Passage, PassageFilter
from kb.retrieval.features import WordSequences
from kb.retrieval.fusion import bm25_shares, fuse

POOL = 100
"""Candidates taken from each of the two."""
SCAN_MOST = 50_000
"""Passages up to which every vector is compared: exact, and no slower than the vector store (notes of 2026-11)."""


class Searchable(Protocol):
    """What a release must hold to be searched."""

    @property
    def folder(self) -> Path | None:
        """Where its files are, if it has any."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Documents by id."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Passages in document order."""

    @property
    def matrix(self) -> Matrix:
        """The passages' vectors in the same order, rows of length 1."""

    @property
    def vectors(self) -> VectorIndex:
        """The passages' vectors, indexed."""

    @property
    def lexical(self) -> LexicalIndex:
        """The passages' words."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Raw scores by passage: cosine (every candidate), bm25 (> 0 only), and what is fused of them."""

    cosine: Mapping[str, float]
    bm25: Mapping[str, float]
    share: Mapping[str, float]
    fused: Mapping[str, float]


class FirstStage:
    """Finds candidates in one release."""

    def __init__(self, release: Searchable) -> None:
        self._release = release
        self._ids = [passage.id for passage in release.passages]
        self.places = {id_: place for place, id_ in enumerate(self._ids)}

    def find(self, vector: Vector, text: str, narrow: PassageFilter, allowed: set[str] | None) -> Candidates:
        """The best by vector and the best by words, each with both scores; allowed narrows to those ids."""
        bm25 = dict(self._release.lexical.search(text, count=POOL, allowed=allowed))
        cosine = self._near(vector, narrow, allowed)
        cosine |= self._exact(vector, [id_ for id_ in bm25 if id_ not in cosine])
        rest = cosine.keys() - bm25.keys()
        if bm25 and rest:
            bm25 |= dict(self._release.lexical.search(text, count=len(rest), allowed=set(rest)))
        share = bm25_shares(bm25, self._most(text))
        return Candidates(cosine, bm25, share, fuse(cosine, share))

    def _near(self, vector: Vector, narrow: PassageFilter, allowed: set[str] | None) -> dict[str, float]:
        if len(self._ids) > SCAN_MOST and not narrow.mission:
            open_ = None if narrow.is_open() else replace(narrow, mission=None)
            return dict(self._release.vectors.nearest(vector, count=POOL, narrow=open_))
        cosines = np.asarray(self._release.matrix @ vector)
        places = np.arange(len(self._ids)) if allowed is None else np.array(sorted(self.places[i] for i in allowed))
        if len(places) > POOL:
            least = np.partition(cosines[places], -POOL)[-POOL]
            places = places[cosines[places] >= least]
        best = sorted(places, key=lambda place: (-cosines[place], self._ids[place]))[:POOL]
        return {self._ids[place]: float(cosines[place]) for place in best}

    def _exact(self, vector: Vector, ids: Sequence[str]) -> dict[str, float]:
        if not ids:
            return {}
        rows = np.asarray(self._release.matrix[[self.places[id_] for id_ in ids]])
        return {id_: float(score) for id_, score in zip(ids, rows @ vector, strict=True)}

    def _most(self, text: str) -> float:
        """The most that BM25 could give this text; without an index that knows, its best score here stands in."""
        index = self._release.lexical
        asked = sorted(set(content_stems(text)))
        if isinstance(index, WordSequences):
            return sum(index.idf(term) for term in asked)
        return float(np.log(1 + (len(self._ids) + 0.5) / 0.5)) * len(asked)
