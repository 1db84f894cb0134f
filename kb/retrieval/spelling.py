"""Misspelt words, mended only towards words that the documents hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from rapidfuzz.distance import OSA

from kb.language.words import stem

_SHORTEST = 5  # letters; a doubled or halved letter and a swap are slips of the hand from here on
_ONE_SLIP = 8  # any one slip; in shorter words it is as often another word ("risotto", "ridotto")
_TWO_SLIPS = 10


class SpellingBook:
    """The words of the documents, arranged for mending; built once a release."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = words

    def correct(self, tokens: Iterable[str]) -> dict[str, str]:
        """
        Corrections of folded words: misspelt → as the documents spell it.

        Only a word that stands in no document, nor by its stem, is replaced, by the nearest word with the same first
        letter: from five letters where a letter is doubled, halved or swapped with its neighbour, from eight where any
        one is wrong, from ten where two are. Ties: the word in most passages, then alphabet.
        """
        unknown = [token for token in dict.fromkeys(tokens) if self._may_be_misspelt(token)]
        return {token: near for token in unknown if (near := self._nearest(token)) is not None}

    def knows(self, token: str) -> bool:
        """True when the documents hold the word, or another of its stem."""
        return token in self._words or stem([token])[0] in self._stems

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(stem(self._words))

    @cached_property
    def _by_start(self) -> dict[tuple[str, int], list[str]]:
        """Words by first letter and length."""
        found: dict[tuple[str, int], list[str]] = {}
        for word in self._words:
            if word.isalpha():
                found.setdefault((word[0], len(word)), []).append(word)
        return found

    def _may_be_misspelt(self, token: str) -> bool:
        return len(token) >= _SHORTEST and token.isalpha() and not self.knows(token)

    def _nearest(self, token: str) -> str | None:
        limit = 2 if len(token) >= _TWO_SLIPS else 1
        near = [
            (distance, -self._words[word], word)
            for length in range(len(token) - limit, len(token) + limit + 1)
            for word in self._by_start.get((token[0], length), ())
            if (distance := edit_distance(token, word, limit=limit)) <= limit
            and (len(token) >= _ONE_SLIP or slip_of_hand(token, word))
        ]
        return min(near)[2] if near else None


def slip_of_hand(one: str, other: str) -> bool:
    """True when the words differ by one letter doubled or halved, or by two neighbours swapped."""
    if len(one) == len(other):
        places = [place for place, (left, right) in enumerate(zip(one, other, strict=True)) if left != right]
        return len(places) == 2 and one[places[0]] == other[places[1]] and one[places[1]] == other[places[0]]
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return any(
        longer[place] == longer[place - 1] and longer[:place] + longer[place + 1 :] == shorter
        for place in range(1, len(longer))
    )


def edit_distance(one: str, other: str, *, limit: int) -> int:
    """
    Slips between two words: a letter added, lost, changed, or swapped with its neighbour; limit + 1 when more.

    Source: optimal string alignment (Damerau 1964; Boytsov 2011, section 2).
    """
    return OSA.distance(one, other, score_cutoff=limit)
