"""Placed: a claim and its quotes cut into verbs and phrases, and where the quotes have those of the claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kb.answering.claims.alignment import Aligned, Word
from kb.answering.claims.clauses import parse
from kb.answering.claims.phrases import (
    Node,
    Phrase,
    above,
    all_words,
)
from kb.answering.claims.provisos import SELF
from kb.language.figures import FigureKind
from kb.language.kinship import DERIVED
from kb.language.words import fold

Place = tuple[int, Node]
"""A quote's number, and the verb or phrase of it that has a word of the claim."""
LONGEST_ARTICLE = 4
"""Characters before a name that opens a sentence, at most ("Gli ")."""


class Placed:
    """A claim and its quotes, cut into verbs and phrases."""

    def __init__(self, aligned: Aligned) -> None:
        self._aligned = aligned
        self._mine = parse(aligned.claim)
        self._theirs = [parse(source) for source in aligned.sources]
        self.verbs = self._mine.verbs
        self.phrases = [node for node in self._mine.nodes if isinstance(node, Phrase)]

    def _is_of_a_named(self, subjects: list[Phrase], homes: list[Place]) -> bool:
        """True when the quotes never name whoever the claim speaks of, and say it of another name."""
        named = {fold(word.text) for source in self._aligned.sources for word in source.words}
        if not subjects or not homes or named & SELF:
            return False
        return all(any(one.words[0].is_capital for one in node.subjects) for _, node in homes)

    def _is_firm(self, word: Word) -> bool:
        """True for a word that the quotes have in one of its own forms, not only as a synonym."""
        return any(place.nearness >= DERIVED for place in self._aligned.of(word))

    def _named(self, subjects: list[Phrase]) -> list[Phrase]:
        """Some subjects with their other names in brackets."""
        apposed = [node for node in self.phrases if node.apposed]
        return [*subjects, *(node for node in apposed if any(one in subjects for one in above(node)))]

    def _differ(self, word: Word, others: list[Word]) -> bool:
        """True when the quotes have a word elsewhere than others."""
        taken = {(place.source, place.word.at) for other in others for place in self._aligned.best(other)}
        return any((place.source, place.word.at) not in taken for place in self._aligned.of(word))

    def _has_name(self, phrases: Iterable[Phrase]) -> bool:
        """True for subjects that are called by a name."""
        return any(self._is_name(word) for word in all_words(phrases) if word.is_capital)

    def _is_name(self, word: Word) -> bool:
        """True for a capital that opens no sentence, or that is one in the quotes too."""
        if word.start > LONGEST_ARTICLE or fold(word.text) in SELF:
            return True
        return any(place.word.is_capital for place in self._aligned.best(word))

    def _places_of(self, phrases: list[Phrase]) -> list[Place]:
        return [place for phrase in phrases for place in self._places(phrase.words)]

    def _places(self, words: Iterable[Word]) -> list[Place]:
        """Where the quotes best have the words that say something; of a name, where most of it stands."""
        words = list(words)
        telling = [word for word in words if not word.light] or words
        own = [word for word in telling if fold(word.text) not in SELF] or telling
        homes = self._homes(own, best=True)
        if not any(word.is_capital for word in own):
            return homes
        held = Counter(homes)
        return [home for home in homes if held[home] == max(held.values())]

    def _homes(self, words: Iterable[Word], *, best: bool = False, least: float = 0.0) -> list[Place]:
        found: list[Place] = []
        for word in words:
            for place in self._aligned.best(word) if best else self._aligned.of(word):
                if place.nearness < least:
                    continue
                node = self._theirs[place.source].home.get(place.word.at)
                if node is not None:
                    found.append((place.source, node))
        return found


def are_self(words: Iterable[Word]) -> bool:
    """True for words that only name whoever the documents speak of throughout."""
    return all(
        fold(word.text) in SELF or (word.figure is not None and word.figure.kind is FigureKind.NUMBER) for word in words
    )
