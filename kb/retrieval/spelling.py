"""Misspelt words, mended only towards words that the documents hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kb.language.words import stem

_SHORTEST = 5  # letters; a doubled or halved letter and a swap are slips of the hand from here on
_ONE_SLIP = 8  # any one slip; in shorter words it is as often another word ("risotto", "ridotto")
_TWO_SLIPS = 10


def correct(tokens: Iterable[str], words: Mapping[str, int]) -> dict[str, str]:
    """
    Corrections of folded words: misspelt → as the documents spell it.

    Only a word that stands in no document, nor by its stem, is replaced, by the nearest word with the same first
    letter: from five letters where a letter is doubled, halved or swapped with its neighbour, from eight where any one
    is wrong, from ten where two are. Ties: the word in most passages, then alphabet.
    """
    unknown = [token for token in dict.fromkeys(tokens) if _may_be_misspelt(token, words)]
    found = {token: near for token in unknown if (near := _nearest(token, words)) is not None}
    if not found:
        return {}
    known_stems = set(stem(words))
    return {token: near for token, near in found.items() if stem([token])[0] not in known_stems}


def _may_be_misspelt(token: str, words: Mapping[str, int]) -> bool:
    return len(token) >= _SHORTEST and token.isalpha() and token not in words


def _nearest(token: str, words: Mapping[str, int]) -> str | None:
    limit = 2 if len(token) >= _TWO_SLIPS else 1
    best: tuple[int, int, str] | None = None
    for word, count in words.items():
        if word[:1] != token[0] or abs(len(word) - len(token)) > limit or not word.isalpha():
            continue
        distance = edit_distance(token, word, limit=limit)
        allowed = distance <= limit and (len(token) >= _ONE_SLIP or slip_of_hand(token, word))
        if allowed and (best is None or (distance, -count, word) < best):
            best = (distance, -count, word)
    return best[2] if best else None


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
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, right in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)
