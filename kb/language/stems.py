"""Stems: whether two of them are of one word, though Snowball cut it elsewhere."""

from __future__ import annotations

from collections.abc import Iterable


def same_stem(one: str, other: str) -> bool:
    """
    True when two stems are of one word; tolerates what the stemmer leaves ("metropolitan", "metropolit").

    Source: chosen on the development questions; numbers must be equal.
    """
    if one == other:
        return True
    if one[:5] != other[:5]:  # most pairs: asked some thousand times a question
        return one[:2] == other[:2] and _is_uncut(one) and _is_uncut(other) and one[:-1] == other[:-1]
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(shorter) < 5 or len(longer) - len(shorter) > 2 or not longer.startswith(shorter):
        return False
    return not any(char.isdigit() for char in longer)


def _is_uncut(word: str) -> bool:
    """True for a short word that the stemmer leaves with its ending, since it begins with a vowel: "orto", "ente"."""
    return (
        len(word) in (3, 4) and word[0] in "aeiou" and word[1] not in "aeiou" and word[-1] in "aeio" and word.isalpha()
    )


def has_stem(words: Iterable[str], word: str) -> bool:
    """True when some of the stems is of the same word."""
    start = word[:-1] if _is_uncut(word) else word[:5]  # equal in all that same_stem takes for one word
    alike = [other for other in words if other.startswith(start)]
    return any(same_stem(word, other) for other in alike)
