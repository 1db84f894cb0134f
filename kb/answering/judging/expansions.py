"""Expansions: what the searcher read a word of a question as, in stems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.language.stems import has_stem
from kb.language.words import STOP_WORDS, content_stems, stem, tokenize


def read_expansions(read: Mapping[str, str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """
    Stem of a word of the question → what it may stand for, each as stems, as the searcher read it.

    Each word of a name stands for its acronym too: "tassa" and "rifiuti" for "TARI".
    """
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for said, meaning in read.items():
        meant = tuple(tuple(w for w in stem(tokenize(one)) if w not in STOP_WORDS) for one in meaning.split(" | "))
        for word in content_stems(said):
            found[word] = (*found.get(word, ()), *meant)
    return found


def all_of_one(meanings: Sequence[Sequence[str]], words: frozenset[str]) -> bool:
    """True where the words hold all parts of one of the meanings."""
    return any(bool(meant) and all(has_stem(words, part) for part in meant) for meant in meanings)


def is_written(meanings: Sequence[Sequence[str]], known: Mapping[str, int]) -> bool:
    """True where the documents hold all parts of one of the meanings; known: stem → passages that hold it."""
    return any(bool(meant) and all(known.get(part) for part in meant) for meant in meanings)
