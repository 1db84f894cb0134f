"""Novelty: the words of a claim that no quote says, in no form and by no other word for the same."""

from __future__ import annotations

from kb.answering.claims.alignment import Aligned, Word, roots_of
from kb.answering.claims.cues import DETERMINERS
from kb.answering.claims.provisos import SELF
from kb.language.kinship import are_loosely_near, is_generic, is_idle
from kb.language.verbs import read_verb
from kb.language.words import fold

_AGAIN = "di nuovo"
_SHARES = frozenset("meta maggioranza maggior gran buona parte".split())
"""Words of shares, which kb.answering.claims.shares holds against the quotes' numbers."""


def telling_words(aligned: Aligned, known: frozenset[str]) -> list[Word]:
    """
    The words of a claim that say something, in order, figures left out.

    known: folded words and stems that may be named without a quote, such as those of the titles.
    """
    words = [word for word in aligned.claim.words if not (word.light or word.figure)]
    return [word for word in words if not is_understood(word, known, aligned)]


def is_new(word: Word, aligned: Aligned) -> bool:
    """True for a word that no quote says, not even loosely, and that says more than a frame."""
    if aligned.is_said(word) or fold(word.text) in SELF or fold(word.text) in _SHARES or is_wide(word):
        return False
    if aligned.claim.text[: word.end].lower().endswith(_AGAIN):
        return False
    return not any(_is_loosely_said(word, other) for source in aligned.sources for other in source.words)


def is_wide(word: Word) -> bool:
    """True for a word of so many uses that a sentence may have it though its quotes have not."""
    named = word.is_capital and word.start > 0  # a capital that opens the sentence names nothing
    return is_idle(word.stem) or (not named and any(is_generic(root) for root in roots_of(word)))


def _is_loosely_said(word: Word, other: Word) -> bool:
    if other.figure is not None:
        return False
    return any(are_loosely_near(one, another) for one in roots_of(word) for another in roots_of(other))


def kind_of(word: Word) -> str:
    """ "verb", "noun" (behind an article or preposition) or "other": what a word does, as far as its form tells."""
    determined = bool(set(word.before.split()) & DETERMINERS)
    if word.is_capital and word.start > 0:
        return "other"
    if read_verb(word.text) is not None and not determined:
        return "verb"
    return "noun" if determined or (word.preposition and word.before) else "other"


def is_understood(word: Word, known: frozenset[str], aligned: Aligned) -> bool:
    """True for a known name that the quotes leave out and that the claim may speak of, as it would of a subject."""
    if not word.is_capital or aligned.is_said(word) or known.isdisjoint((fold(word.text), word.stem)):
        return False
    before = [other for other in aligned.claim.words if other.at == word.at - 1 and other.is_capital]
    if any(aligned.is_said(other) for other in before):  # "Next Milano": a name patched up
        return False
    return word.preposition in ("", "di") and not {"e", "ed"} & set(word.before.split())
