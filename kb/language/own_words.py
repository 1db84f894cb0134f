"""Own words: those by which the documents speak of themselves, and which tell none of their sentences from another."""

from __future__ import annotations

from functools import lru_cache

from kb.language.word_files import read_word_file
from kb.language.words import stem


@lru_cache(maxsize=1)
def everywhere() -> frozenset[str]:
    """The stems of the words that stand in nearly every sentence: who tells of them need not repeat them."""
    return frozenset(stem(read_word_file("own_words")["everywhere"].split()))
