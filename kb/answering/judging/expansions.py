"""Expansions: what the searcher read a word of a question as, in stems."""

from __future__ import annotations

from collections.abc import Mapping

from kb.language.words import STOP_WORDS, stem, tokenize


def read_expansions(read: Mapping[str, str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Stem of a word of the question → what it may stand for, each as stems, as the searcher read it."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for word, meaning in read.items():
        key = stem(tokenize(word))
        if len(key) == 1:
            found[key[0]] = tuple(
                tuple(w for w in stem(tokenize(one)) if w not in STOP_WORDS) for one in meaning.split(" | ")
            )
    return found
