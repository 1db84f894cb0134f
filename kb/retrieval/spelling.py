"""Misspelt words, mended only towards words that the documents hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kb.language.words import stem

_LONG = 9  # letters; from here on two slips are mended, below one


def correct(tokens: Iterable[str], words: Mapping[str, int]) -> dict[str, str]:
    """
    Corrections of folded words: misspelt → as the documents spell it.

    A word of five letters or more that stands in no document, nor by its stem, is replaced by the nearest word with the
    same first letter: one slip away, or two where it has nine letters. Ties: the word in most passages, then alphabet.
    """
    unknown = [token for token in dict.fromkeys(tokens) if len(token) >= 5 and token.isalpha() and token not in words]
    if not unknown or not words:
        return {}
    known_stems: set[str] | None = None
    found: dict[str, str] = {}
    for token in unknown:
        nearest = _nearest(token, words)
        if nearest is None:
            continue
        known_stems = known_stems if known_stems is not None else set(stem(words))
        if stem([token])[0] not in known_stems:
            found[token] = nearest
    return found


def _nearest(token: str, words: Mapping[str, int]) -> str | None:
    limit = 2 if len(token) >= _LONG else 1
    best: tuple[int, int, str] | None = None
    for word, count in words.items():
        if word[:1] != token[0] or abs(len(word) - len(token)) > limit or not word.isalpha():
            continue
        distance = edit_distance(token, word, limit=limit)
        if distance <= limit and (best is None or (distance, -count, word) < best):
            best = (distance, -count, word)
    return best[2] if best else None


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
