"""Opposites: "aumenta" where the quotes say "riduce" of the same thing, "da A a B" where they say "da B ad A"."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned, Place, Word
from kb.answering.claims.binding import votes
from kb.answering.claims.bounds import ELSE
from kb.answering.claims.turned import Turned, governed, is_governed
from kb.language.kinship import DERIVED, SAME, are_rivals
from kb.language.polarity import MarkKind
from kb.language.words import fold, stem

RIVAL_LEAD = 1.5
"""How much better a rival must fit than the word itself, to be the one meant."""
_EARLY = re.compile(r"(?:\s+\w+)?\s+prima\s+(?:d|che\b)", re.IGNORECASE)
_WAY = re.compile(r"\s*(?:in|di)\s+(più|meno)\b", re.IGNORECASE)
"""After a figure: by how much something has grown or shrunk."""
TOGETHER = 4
"""Words apart, at most, for two opposites to be said side by side."""
_AND = re.compile(r"\b(?:e|ed|o|sia|che|né)\b", re.IGNORECASE)
LEAST_FIT = 0.3
"""How far a rival must fit where the quotes lack the claim's own word."""
BESIDE = 6
"""Words apart, at most, for a word to stand beside another."""
CLAUSE_APART = 6
"""What a clause between counts, in words."""
_LIST = re.compile(r"\s*(?:,|e|ed|,\s*e)\s+(?:(?:il|la|i|le|del|della|di|anche)\s+)?|\s*,\s*", re.IGNORECASE)
"""Between two members of a list."""
_LESSENING = re.compile(
    r"\b(?:ridu\w+|riduzione|diminu\w+|allegger\w+|elimin\w+|evit\w+|limit\w+|super\w+|combatt\w+)\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
"""Before a word these say what its opposite by prefix says: "ridurre la congestione", "decongestionare"."""
CLEAR_LEAD = 2
"""Words that only the rival has beside it, beyond those that only the claim's own word has, for the rival to win."""


def turns_direction(turned: Turned) -> bool:
    """True when the claim says the opposite of its quotes, or turns round where from and where to."""
    return (
        _is_swapped(turned.aligned)
        or _goes_the_other_way(turned.aligned)
        or any(is_opposed(word, turned) for word in turned.aligned.claim.words)
    )


def is_opposed(word: Word, turned: Turned, *, denied: bool = False) -> bool:
    """True when the quotes say the opposite of a word where the claim says it; denied: the claim says it is not so."""
    aligned = turned.aligned
    if word.figure is not None:
        return False
    for number, source in enumerate(aligned.sources):
        for other in source.words:
            if other.figure or not are_rivals(word.stem, other.stem):
                continue
            if not denied and _opposes_nothing(word, other, number, turned):
                continue
            if _is_meant_otherwise(word, other, number, aligned):
                continue
            if _wins(Place(number, other, 1.0), word, aligned) or _says_more(number, word, aligned):
                return True
    return False


def _is_meant_otherwise(word: Word, other: Word, number: int, aligned: Aligned) -> bool:
    """True for "ridurre la congestione" beside "decongestionare", and for what another quote says with a figure."""
    lessened = other.stem.endswith(word.stem) and _LESSENING.search(aligned.claim.text[: word.start])
    if _is_turned_round(word, other, number, aligned) or _is_listed_beside(word, other, number, aligned):
        return True
    return bool(lessened) or _has_figure_with_it(word, number, aligned)


def _is_turned_round(word: Word, other: Word, number: int, aligned: Aligned) -> bool:
    """True for "il parere prima della decisione" where the quote says "decide dopo il parere"."""
    if {fold(word.text), fold(other.text)} != {"prima", "dopo"}:
        return False
    before = [one for one in aligned.claim.words if one.end <= word.start and not one.light]
    after = [one for one in aligned.claim.words if one.start >= word.end and not one.light]
    turned = [place.word.start > other.start for one in before for place in aligned.best(one) if place.source == number]
    kept = [place.word.start > other.start for one in after for place in aligned.best(one) if place.source == number]
    return any(turned) and not any(kept)


def _is_listed_beside(word: Word, other: Word, number: int, aligned: Aligned) -> bool:
    """True for a day of "il martedì, il giovedì e il venerdì", which the others of its list do not oppose."""
    source = aligned.sources[number]
    for place in aligned.best(word):
        first, last = sorted((place.word, other), key=lambda one: one.start)
        between = [one for one in source.words if first.at < one.at < last.at]
        listed = _LIST.fullmatch(source.text[first.end : last.start]) is not None
        listed = listed or (bool(between) and all(are_rivals(word.stem, one.stem) for one in between))
        if listed and place.source == number and place.nearness == SAME and place.word is not other:
            return True
    return False


def _opposes_nothing(word: Word, other: Word, number: int, turned: Turned) -> bool:
    """True where the claim says both of two opposites, or denies the one that the quotes say, or the reverse."""
    aligned = turned.aligned
    return (
        any(_are_both_said(one, word, aligned) for one in aligned.claim.words)
        or _is_cut_short(word, number, aligned)
        or _parity_differs(word, other, number, turned)
        or _is_claimed(other, number, word, aligned)
    )


def _are_both_said(one: Word, word: Word, aligned: Aligned) -> bool:
    """True for "dentro e fuori": both sides side by side in the claim oppose nothing."""
    if one is word or abs(one.at - word.at) > TOGETHER or not are_rivals(one.stem, word.stem):
        return False
    first, second = sorted((one, word), key=lambda each: each.start)
    return _AND.search(aligned.claim.text[first.end : second.start]) is not None


def _has_figure_with_it(word: Word, rival: int, aligned: Aligned) -> bool:
    """True for what another quote than the rival's says, with a figure of the claim: "chiuso il 13 novembre"."""
    mine = {figure.value for figure in aligned.claim.figures}
    theirs = [{figure.value for figure in source.figures} for source in aligned.sources]
    homes = [place.source for place in aligned.best(word) if place.source != rival and place.nearness >= DERIVED]
    return any(mine & theirs[home] for home in homes) and not mine & theirs[rival]


def _is_cut_short(word: Word, source: int, aligned: Aligned) -> bool:
    """True for "chi chiude prima di tre anni" where the quote says for how long to stay open, and what happens else."""
    early = _EARLY.match(aligned.claim.text[word.end :])
    return early is not None and ELSE.search(aligned.sources[source].text) is not None


def _is_claimed(rival: Word, source: int, word: Word, aligned: Aligned) -> bool:
    """True when the claim says the rival too, elsewhere: then it opposes nothing."""
    return any(
        place.word is rival and place.source == source
        for one in aligned.claim.words
        if one is not word
        for place in aligned.best(one)
    )


def _wins(rival: Place, word: Word, aligned: Aligned) -> bool:
    """True when the rival stands clearly nearer to what the claim says around a word, and nothing speaks against."""
    theirs = votes(word, rival.word, rival.source, aligned)
    if not aligned.is_said(word):
        return sum(theirs.values()) > LEAST_FIT
    near_rival = _beside(rival, word, aligned)
    for place in aligned.of(word):
        near_own = _beside(place, word, aligned)
        only_theirs, only_mine = len(near_rival - near_own), len(near_own - near_rival)
        own = sum(votes(word, place.word, place.source, aligned).values()) * place.nearness**2
        ahead = only_theirs > only_mine and sum(theirs.values()) > own * RIVAL_LEAD + 0.05
        if not (ahead or only_theirs >= only_mine + CLEAR_LEAD):
            return False
    return True


def _beside(place: Place, word: Word, aligned: Aligned) -> set[int]:
    """The places in the claim of the words that also stand within a few words of one of a quote."""
    return {
        one.at
        for one in aligned.claim.words
        if one is not word
        and not one.light
        and one.clause == word.clause
        and any(_stand_near(other, place) for other in aligned.best(one))
    }


def _stand_near(one: Place, other: Place) -> bool:
    apart = abs(one.word.at - other.word.at) + CLAUSE_APART * abs(one.word.clause - other.word.clause)
    return one.source == other.source and one.word is not other.word and apart <= BESIDE


def _says_more(source: int, word: Word, aligned: Aligned) -> bool:
    """True when the quote that holds a rival says more of the word's clause than those that hold the word."""
    homes = {place.source for place in aligned.of(word)}
    if not homes or source in homes:
        return False
    clause = [one for one in aligned.claim.words if one.clause == word.clause and one is not word]
    theirs = sum(not one.light and any(p.source == source for p in aligned.best(one)) for one in clause)
    return all(
        theirs > sum(any(place.source == home for place in aligned.of(one)) for one in clause if not one.light)
        for home in homes
    )


def _parity_differs(word: Word, other: Word, source: int, turned: Turned) -> bool:
    mine = any(word in governed(mark, turned.aligned.claim, reach=2) for mark in turned.mine(MarkKind.NEGATION))
    theirs = is_governed(Place(source, other, 1.0), turned.theirs(MarkKind.NEGATION), turned, 2)
    return mine != theirs


def _is_swapped(aligned: Aligned) -> bool:
    """ "da X a Y" where the quote says "da Y a X"."""
    swapped = set()
    for word in aligned.claim.words:
        theirs = {place.word.preposition for place in aligned.of(word)[:1]}
        if (word.preposition, theirs) in (("da", {"a"}), ("a", {"da"})):
            swapped.add(word.preposition)
    return len(swapped) == 2


def _is_more_for_less(figure: Word, aligned: Aligned) -> bool:
    """True for a figure "in più" that every quote which has it has "in meno", or the reverse."""
    mine = _WAY.match(aligned.claim.text[figure.end :])
    theirs = [_WAY.match(aligned.sources[place.source].text[place.word.end :]) for place in aligned.of(figure)]
    ways = {way[1].lower() for way in theirs if way}
    return mine is not None and bool(ways) and None not in theirs and mine[1].lower() not in ways


def _goes_the_other_way(aligned: Aligned) -> bool:
    """ "calati del 12%" or "il 12% in meno" where the quote says "il 12% in più"."""
    figures = [word for word in aligned.claim.words if word.figure is not None]
    if any(_is_more_for_less(word, aligned) for word in figures):
        return True
    ways = {
        way[1].lower()
        for word in figures
        for place in aligned.of(word)
        if (way := _WAY.match(aligned.sources[place.source].text[place.word.end :]))
    }
    (up,), (down,) = stem(["aumentare"]), stem(["ridurre"])
    mine = [word.stem for word in aligned.claim.words if word.figure is None]
    falls = any(are_rivals(one, up) for one in mine)
    rises = any(are_rivals(one, down) for one in mine)
    return ("più" in ways and falls and not rises) or ("meno" in ways and rises and not falls)
