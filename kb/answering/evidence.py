"""Evidence: the sentences of the passages found, each with what speaks for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.answering.expected import TYPED, meets, nearness, same_stem
from kb.answering.state import Evidence, State, Tools
from kb.answering.weights import WordWeights, stems_of
from kb.language.questions import Asked, Expectation
from kb.language.sentences import split_sentences
from kb.language.words import STOP_WORDS, stem, tokenize
from kb.records import Passage, ScoredPassage

# Weights of the evidence score, chosen on the development questions.
WEIGHTS = {"coverage": 1.0, "passage": 0.45, "rank": 0.15, "near": 0.35, "type": 0.2, "start": 0.05, "shape": 0.1}
CONTEXT_SHARE = 0.5
"""What a word of the question counts when the section or the neighbour sentence holds it, not the sentence."""
BEFORE_CHARS, AFTER_CHARS = 300, 100
"""How much of the passage around a sentence is its context."""
COMFORTABLE_CHARS = 300
"""Sentences up to this length read well on a phone; longer ones lose a little."""


def gather(state: State, tools: Tools) -> State:
    """Every sentence of the passages found, best first, ties by place in the documents."""
    assert state.found is not None and state.asked is not None
    judge = Judge(state.asked, tools.weights, read_expansions(state.found.reading.expansions))
    evidence = judge.rank(state.found.passages)
    best = evidence[0].features if evidence else {}
    return replace(state, evidence=tuple(evidence), detail={"sentences": len(evidence), "best": best})


def read_expansions(read: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Stem of a word of the question → the stems of what it stands for, as the searcher read it."""
    found: dict[str, tuple[str, ...]] = {}
    for word, meaning in read.items():
        key = stem(tokenize(word))
        if len(key) == 1:
            found[key[0]] = tuple(w for w in stem(tokenize(meaning)) if w not in STOP_WORDS)
    return found


@dataclass(frozen=True, slots=True)
class Judge:
    """Weighs sentences for one question."""

    asked: Asked
    weights: WordWeights
    expansions: Mapping[str, tuple[str, ...]]

    def rank(self, passages: Sequence[ScoredPassage]) -> list[Evidence]:
        """The sentences that may answer, best first; those that lack the kind of thing asked for are left out."""
        top = max((one.score for one in passages), default=1.0) or 1.0
        found = [
            self.weigh(one.passage, start, end, about={"passage": one.score / top, "rank": 1 / (1 + rank)})
            for rank, one in enumerate(passages)
            for start, end in split_sentences(one.passage.text)
            if self._may_answer(one.passage.text[start:end])
        ]
        return sorted(found, key=lambda one: (-one.score, one.passage.document, one.passage.ordinal, one.start))

    def weigh(self, passage: Passage, start: int, end: int, *, about: Mapping[str, float]) -> Evidence:
        """A sentence with its features, each in [0, 1], and their weighted sum."""
        text = passage.text[start:end]
        around = passage.text[max(0, start - BEFORE_CHARS) : end + AFTER_CHARS]
        features = {
            **about,
            "coverage": self.coverage(stems_of(text), stems_of(" ".join(passage.section)) | stems_of(around)),
            "near": nearness(self.asked, text),
            "type": float(self.asked.expects in TYPED),
            "start": float(start == 0),
            "shape": self._shape(text),
        }
        score = sum(WEIGHTS[name] * value for name, value in features.items())
        return Evidence(passage, start, end, round(score, 6), {k: round(v, 4) for k, v in features.items()})

    def coverage(self, words: frozenset[str], context: frozenset[str]) -> float:
        """
        The share of the question's weight that a sentence holds, in [0, 1]; what only the context holds counts half.

        A word of the question also counts where all the words that it stands for are ("lum": "luoghi urbani …").
        """
        total = sum(self.weights.weight(word) for word in self.asked.focus)
        if not total:
            return 0.0
        held = 0.0
        for word in self.asked.focus:
            if self._holds(word, words):
                held += self.weights.weight(word)
            elif self._holds(word, context):
                held += CONTEXT_SHARE * self.weights.weight(word)
        return held / total

    def _holds(self, word: str, words: frozenset[str]) -> bool:
        if word in words or any(same_stem(word, other) for other in words):
            return True
        meant = self.expansions.get(word, ())
        return bool(meant) and all(any(same_stem(part, other) for other in words) for part in meant)

    def _may_answer(self, text: str) -> bool:
        if len(text.split()) < 4 and ":" not in text:
            return False
        return self.asked.expects not in TYPED or meets(self.asked, text, known_words=self.weights.lowercase)

    def _shape(self, text: str) -> float:
        """How well the sentence's form fits: definitions like "X è …", no sentence that is over-long."""
        short = 1.0 if len(text) <= COMFORTABLE_CHARS else max(0.0, 1 - (len(text) - COMFORTABLE_CHARS) / 400)
        if self.asked.expects is Expectation.DEFINITION:
            return 0.5 * short + 0.5 * float(bool(re.search(r"\b(?:è|sono|significa|indica)\b|\(|–|:", text)))
        return short
