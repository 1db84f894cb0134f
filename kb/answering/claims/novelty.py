"""Novelty: the words of a claim that no quote says, in no form and by no other word for the same."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned, Word, roots_of
from kb.answering.claims.clauses import parse
from kb.answering.claims.cues import DETERMINERS
from kb.answering.claims.phrases import Part, Phrase, Verb, Voice, above, all_words
from kb.answering.claims.provisos import DENYING, SELF
from kb.language.kinship import are_loosely_near, are_rivals, frame_phrases, is_generic, is_idle
from kb.language.names import stands_for
from kb.language.verbs import read_verb
from kb.language.words import fold

_ALONE = re.compile(r"\bda\s+sol[oaie]$", re.IGNORECASE)
_ALONE_THERE = re.compile(
    r"\b(?:da|viv\w+|abit\w+|person[ae]|anzian\w)\s+sol[oaie]\b|\bautonom\w+|\bnon accompagnat\w\b", re.IGNORECASE
)
"""Who does something alone does it without what the quotes may ask for: "solo con un genitore"."""
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
    if _ALONE.search(aligned.claim.text[: word.end]):
        return not any(_ALONE_THERE.search(source.text) for source in aligned.sources)
    if aligned.is_said(word) or fold(word.text) in SELF or fold(word.text) in _SHARES:
        return False
    if is_wide(word) and not _is_deed_of_someone(word, aligned):
        return False
    if word.is_capital and any(stands_for(word.text, source.text) for source in aligned.sources if word.text.isupper()):
        return False
    if any(match.start() <= word.start < match.end() for match in frame_phrases().finditer(aligned.claim.text.lower())):
        return False
    if aligned.claim.text[: word.end].lower().endswith(_AGAIN) or _denies_alike(word, aligned):
        return False
    return not any(_is_loosely_said(word, other) for source in aligned.sources for other in source.words)


def _denies_alike(word: Word, aligned: Aligned) -> bool:
    """True for an "è vietato", "escluso" on what the quotes deny with "non", and for "non accetta" of "rifiuta"."""
    if DENYING.fullmatch(word.text):
        near = [one for one in aligned.claim.words if one.clause == word.clause and one is not word]
        near = [one for one in near if not (one.light or one.negated)]
        return any(place.word.negated for one in near for place in aligned.best(one))
    return any(
        other.negated != word.negated and are_rivals(one, another)
        for source in aligned.sources
        for other in source.words
        for one in roots_of(word)
        for another in roots_of(other)
    )


def _is_deed_of_someone(word: Word, aligned: Aligned) -> bool:
    """
    True for a verb by which the claim has someone do something: "i Comuni verificano le perdite".

    Who does what is never framing, however wide the verb; "vengono verificate" and "si verificano" give nobody a deed.
    """
    if is_idle(word.stem) or word.negated:
        return False
    parsed = parse(aligned.claim)
    verb = parsed.home.get(word.at)
    if not isinstance(verb, Verb) or verb.voice is not Voice.ACTIVE or "si" in word.before.split():
        return False
    who = [
        one for one in all_words(verb.subjects) if fold(one.text) not in SELF and not one.light and one.figure is None
    ]
    what = any(isinstance(node, Phrase) and node.part is Part.OBJECT and verb in above(node) for node in parsed.nodes)
    return bool(who) and what


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
