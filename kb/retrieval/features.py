"""What the second stage looks at: each feature by name, one value a candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kb.language.words import content_stems
from kb.ports import TokenVectors
from kb.retrieval.interaction import block_maxima, coverage, window_coverage
from kb.retrieval.tokens import TokenStore

Array = NDArray[np.float32]
Features = dict[str, Array]

_TOKEN_BLOCK = 16
_WORD_BLOCK = 8
_KIN_SHARE = 0.8
"""What a word of the same root counts beside the word itself."""


@runtime_checkable
class WordSequences(Protocol):
    """A lexical index that also knows the order of the words."""

    def sequences(self, ids: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The passages' terms as numbers in order, one passage after the other, and how many each has (never 0)."""

    def number(self, term: str) -> int:
        """The number of a term in sequences."""

    def kin(self, term: str) -> list[int]:
        """Numbers of the terms of the same root."""

    def idf(self, term: str) -> float:
        """How rare a term is."""


def token_features(store: TokenStore, asked: TokenVectors, places: Sequence[int]) -> Features:
    """
    Late interaction of a question with the passages at some places.

    "late": rarity-weighted MaxSim over the whole passage; "late_near", "late_wide": the same within the best 32 and 64
    tokens in a row; "late_even": every token of the question weighs the same; all cosines.
    """
    weights = store.rarity(asked.ids)
    rows, lengths = store.read(places)
    blocks, counts = block_maxima(store.project(asked.vectors) @ rows.T, lengths, block=_TOKEN_BLOCK)
    return {
        "late": coverage(blocks, counts, weights),
        "late_near": window_coverage(blocks, counts, weights, width=2),
        "late_wide": window_coverage(blocks, counts, weights, width=4),
        "late_even": coverage(blocks, counts, np.ones_like(weights)),
    }


def word_features(index: WordSequences, text: str, ids: Sequence[str]) -> Features:
    """
    Share of the question's words, by rarity, that a passage holds.

    "words": anywhere in it; "words_near": within the best 24 content words in a row; a word of the same root counts
    four fifths.
    """
    asked = list(dict.fromkeys(content_stems(text)))
    if not asked:
        return {name: np.zeros(len(ids), dtype=np.float32) for name in ("words", "words_near")}
    weights = np.array([index.idf(term) for term in asked], dtype=np.float32)
    sequence, lengths = index.sequences(ids)
    match = (sequence[None, :] == np.array([index.number(term) for term in asked])[:, None]).astype(np.float32)
    for row, term in enumerate(asked):
        if kin := index.kin(term):
            match[row] = np.maximum(match[row], _KIN_SHARE * np.isin(sequence, kin))
    blocks, counts = block_maxima(match, lengths, block=_WORD_BLOCK)
    return {
        "words": coverage(blocks, counts, weights),
        "words_near": window_coverage(blocks, counts, weights, width=3),
    }


def as_columns(scores: Mapping[str, Mapping[str, float]], ids: Sequence[str]) -> Features:
    """Scores kept by passage, as one array a name in the order of ids; a passage without one has 0."""
    return {name: np.array([found.get(id_, 0.0) for id_ in ids], dtype=np.float32) for name, found in scores.items()}
