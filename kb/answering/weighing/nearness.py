"""Words that mean nearly the same: each word of the question against the words of a sentence, by token vectors."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from kb.language.words import stem, tokenize
from kb.ports import Embedder, TokenEmbedder, TokenVectors, Vector
from kb.records import Passage

LAYER = -1
UNRELATED, SAME = 0.76, 0.92
"""Cosines of token vectors that mean nothing and everything (measured on question words and their synonyms)."""
KEPT_PASSAGES = 512
"""Passages whose token vectors are kept in memory."""

_WORD = re.compile(r"\w+(?:[/'’-]\w+)*%?")

Near = Mapping[str, float]
"""Stem of a word of the question → how near the nearest word is, in [0, 1]."""


class NearWords:
    """Compares a question's words with passages' words; the passages' vectors are kept for the next question."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder if isinstance(embedder, TokenEmbedder) else None
        self._kept: OrderedDict[str, tuple[NDArray[np.float16], NDArray[np.int32]]] = OrderedDict()
        self._lock = Lock()

    def read(self, question: str, focus: Sequence[str], passages: Sequence[Passage]) -> NearTable | None:
        """A table to look sentences up in; None where the embedder has no token vectors."""
        if self._embedder is None or not focus or not passages:
            return None
        self._keep(passages)
        asked = self._embedder.embed_tokens([question], is_query=True, layer=LAYER)[0]
        words = _question_words(question, asked, frozenset(focus))
        table = {}
        for passage in passages:
            with self._lock:
                vectors, offsets = self._kept[passage.id]
            tokens = vectors.astype(np.float32)
            starts, ends = np.ascontiguousarray(offsets.T)
            table[passage.id] = TokenTable(starts, ends, _nearness(_similarities(words, tokens)), tokens)
        return NearTable(list(words), table, asked.pooled)

    def _keep(self, passages: Sequence[Passage]) -> None:
        assert self._embedder is not None
        with self._lock:
            missing = [passage for passage in passages if passage.id not in self._kept]
        found = self._embedder.embed_tokens([p.text for p in missing], is_query=False, layer=LAYER) if missing else []
        with self._lock:
            for passage, one in zip(missing, found, strict=True):
                self._kept[passage.id] = (one.vectors.astype(np.float16), one.offsets)
            for passage in passages:
                self._kept.move_to_end(passage.id)
            while len(self._kept) > max(KEPT_PASSAGES, len(passages)):
                self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True, eq=False)
class TokenTable:
    """A passage's tokens beside one question."""

    starts: NDArray[np.int32]  # of each token, in the passage's text
    ends: NDArray[np.int32]
    near: NDArray[np.float32]  # the question's words × tokens, in [0, 1]
    vectors: NDArray[np.float32]  # tokens × width, rows of length 1


class NearTable:
    """How near each word of one question, and its whole, is to the tokens of some passages."""

    def __init__(self, words: list[str], table: Mapping[str, TokenTable], question: Vector) -> None:
        self._words = words
        self._table = table
        self._question = question
        self._senses: dict[tuple[str, int, int], float] = {}

    def look_up(self, passage: str, start: int, end: int) -> Near:
        """The nearest token of passage text[start:end] for each word of the question, in [0, 1]."""
        tokens = self._table[passage]
        inside = _inside(tokens, start, end)
        if inside.start >= inside.stop:
            return dict.fromkeys(self._words, 0.0)
        return dict(zip(self._words, tokens.near[:, inside].max(axis=1).tolist(), strict=True))

    def sense(self, passage: str, start: int, end: int) -> float:
        """Cosine between the whole question and the mean of the tokens of passage text[start:end]."""
        place = passage, start, end
        if place not in self._senses:
            self._senses[place] = self._sense(*place)
        return self._senses[place]

    def _sense(self, passage: str, start: int, end: int) -> float:
        tokens = self._table[passage]
        inside = _inside(tokens, start, end)
        if inside.start >= inside.stop:
            return 0.0
        mean = tokens.vectors[inside].mean(axis=0)
        return float(mean @ self._question / max(float(np.linalg.norm(mean)), 1e-9))


def _inside(tokens: TokenTable, start: int, end: int) -> slice:
    """The tokens that touch text[start:end]; they follow each other as in the text."""
    return slice(int(tokens.ends.searchsorted(start, side="right")), int(tokens.starts.searchsorted(end, side="left")))


def _question_words(question: str, asked: TokenVectors, focus: frozenset[str]) -> dict[str, NDArray[np.float32]]:
    """Stem → the mean vector of the word's tokens, of length 1, for the words that carry the subject."""
    found: dict[str, NDArray[np.float32]] = {}
    for match in _WORD.finditer(question):
        inside = (asked.offsets[:, 0] < match.end()) & (asked.offsets[:, 1] > match.start())
        for word in stem(tokenize(match.group())):
            if word in focus and word not in found and inside.any():
                mean = asked.vectors[inside].mean(axis=0)
                found[word] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return found


def _similarities(words: Mapping[str, NDArray[np.float32]], tokens: NDArray[np.float32]) -> NDArray[np.float32]:
    """words × tokens, cosines."""
    if not words or not len(tokens):
        return np.zeros((len(words), len(tokens)), dtype=np.float32)
    similarities: NDArray[np.float32] = np.stack(list(words.values())) @ tokens.T
    return similarities


def _nearness(similarities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosines as parts of the way from unrelated to the same, in [0, 1]."""
    near: NDArray[np.float32] = np.clip((similarities - UNRELATED) / (SAME - UNRELATED), 0.0, 1.0)
    return near
