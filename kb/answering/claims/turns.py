"""Turns: what flips a sentence against its quotes: "non", "solo", "tutti", "deve" for "può", "prima" for "dopo"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kb.answering.claims.alignment import Aligned, Place, Reading, Word
from kb.answering.claims.binding import votes
from kb.language.kinship import are_rivals
from kb.language.polarity import Mark, MarkKind, find_marks

GOVERNED = 4
"""Words that a negation governs, at most."""
CLOSE = 3
"""Words that a quantifier governs, at most."""
PLANNED_REACH = 6
"""Words that a verb of wish or duty governs, at most."""
RIVAL_LEAD = 1.5
_PARTICIPLE = re.compile(r"(?:at|ut|it|ss|tt|st|rs|rt|lt|nt|s)[oaie]$")
_MODAL = re.compile(r"(?:pu|poss|pot|dev|dov|vuol|vogl|vol|vien|veng|va|vann|sar|stat|avr)[aeiou]?$")
ONE_FAMILY = 0.9
"""How near a word of a quote must be to be taken for the same verb."""
CLEARLY = 1.2
"""How much better one place must fit than another, to be the one meant."""
LEAST_FIT = 0.1
"""How far a rival must fit where the quotes lack the claim's own word."""
BESIDE = 6
"""Words apart, at most, for a word to stand beside another."""
CLAUSE_APART = 6
"""What a clause between counts, in words."""
CLEAR_LEAD = 2
"""Words that only the rival has beside it, beyond those that only the claim's own word has, for the rival to win."""


@dataclass(frozen=True)
class Turned:
    """A claim and its quotes with the marks that turn them."""

    aligned: Aligned
    marks: tuple[Mark, ...]
    source_marks: tuple[tuple[Mark, ...], ...]

    def mine(self, *kinds: MarkKind) -> list[Mark]:
        """The claim's marks of these kinds."""
        return [mark for mark in self.marks if mark.kind in kinds]

    def theirs(self, *kinds: MarkKind) -> list[tuple[int, Mark]]:
        """The sources' marks of these kinds, with the source's number."""
        return [(n, mark) for n, marks in enumerate(self.source_marks) for mark in marks if mark.kind in kinds]


def read_turns(aligned: Aligned) -> Turned:
    """The marks of a claim and of its quotes."""
    sources = tuple(tuple(find_marks(source.text)) for source in aligned.sources)
    return Turned(aligned, tuple(find_marks(aligned.claim.text)), sources)


def find_turn(aligned: Aligned) -> str | None:
    """ "negation", "quantifier", "direction", "modality" or "cause" where the claim is turned, None where it is not."""
    turned = read_turns(aligned)
    return next((name for name, is_turned in _CHECKS if is_turned(turned)), None)


def _governed(mark: Mark, reading: Reading, *, reach: int, back: int = 0) -> list[Word]:
    """The words that a mark governs: those after it in its clause, and some before it where asked for."""
    after = [word for word in reading.words if word.end > mark.end]
    before = [word for word in reading.words if word.start < mark.start][-back:] if back else []
    clause = after[0].clause if after else -1
    return before + [word for word in after if word.clause == clause][:reach]


def _is_governed(place: Place, marks: list[tuple[int, Mark]], turned: Turned, reach: int) -> bool:
    return any(
        number == place.source and place.word in _governed(mark, turned.aligned.sources[number], reach=reach)
        for number, mark in marks
    )


def _negation_turns(turned: Turned) -> bool:
    return _claims_a_negation(turned) or _loses_a_negation(turned)


def _claims_a_negation(turned: Turned) -> bool:
    """A "non" of the claim that no quote has on the same words."""
    for mark in turned.mine(MarkKind.NEGATION):
        words = _governed(mark, turned.aligned.claim, reach=GOVERNED)
        if not words or _licences(mark, turned) or _is_opposed(words[0], turned, denied=True):
            continue
        return True
    return False


def _licences(mark: Mark, turned: Turned) -> list[tuple[int, Mark]]:
    """The negations of the quotes that stand on the words of one of the claim's."""
    words = [word for word in _governed(mark, turned.aligned.claim, reach=GOVERNED) if not _MODAL.match(word.stem)]
    # What is denied is the first word; only where no quote says it may a later one tell.
    denied = words[:1] if words and turned.aligned.is_said(words[0]) else words
    places = [place for word in denied for place in turned.aligned.best(word)]
    theirs = turned.theirs(MarkKind.NEGATION)
    return [one for one in theirs if any(_is_governed(place, [one], turned, GOVERNED) for place in places)]


def _loses_a_negation(turned: Turned) -> bool:
    """A "non" of a quote on words that the claim says without it."""
    mine = turned.mine(MarkKind.NEGATION, MarkKind.NOT_ONLY)
    covered = [word for mark in mine for word in _governed(mark, turned.aligned.claim, reach=GOVERNED + 1, back=1)]
    kept = [one for mark in turned.mine(MarkKind.NEGATION) for one in _licences(mark, turned)]
    for number, mark in turned.theirs(MarkKind.NEGATION):
        governed = _governed(mark, turned.aligned.sources[number], reach=2)
        heads = [word for word in governed if not _MODAL.match(word.stem)][:1]
        if (number, mark) in kept:
            continue
        for word in turned.aligned.claim.words:
            best = turned.aligned.best(word)
            if word not in covered and best and all(p.source == number and p.word in heads for p in best):
                return True
    return False


def _quantifier_turns(turned: Turned) -> bool:
    return any(_is_unlicensed(kind, turned) for kind in (MarkKind.ONLY, MarkKind.ALL, MarkKind.SHARE)) or _is_weakened(
        turned
    )


def _is_unlicensed(kind: MarkKind, turned: Turned) -> bool:
    """A "solo", "tutti" or "la maggior parte" of the claim that no quote has on the same words."""
    theirs = turned.theirs(kind)
    for mark in turned.mine(kind):
        if kind is MarkKind.SHARE and not any(_same_words(mark, turned, n, other) for n, other in theirs):
            return True
        words = _governed(mark, turned.aligned.claim, reach=CLOSE, back=2)
        places = [place for word in words for place in turned.aligned.of(word)]
        if not any(
            place.source == number
            and place.word in _governed(other, turned.aligned.sources[number], reach=CLOSE + 1, back=2)
            for number, other in theirs
            for place in places
        ):
            return True
    return False


def _same_words(mark: Mark, turned: Turned, source: int, other: Mark) -> bool:
    mine = turned.aligned.claim.text[mark.start : mark.end].lower()
    theirs = turned.aligned.sources[source].text[other.start : other.end].lower()
    parts = ("maggior", "gran", "buona")
    return mine[:5] == theirs[:5] or (mine.startswith(parts) and theirs.startswith(parts))


def _is_weakened(turned: Turned) -> bool:
    """ "alcuni" where the quote says "tutti"."""
    theirs = turned.theirs(MarkKind.ALL)
    for mark in turned.mine(MarkKind.SOME):
        words = _governed(mark, turned.aligned.claim, reach=2)
        if any(_is_governed(place, theirs, turned, 2) for word in words for place in turned.aligned.of(word)):
            return True
    return False


def _direction_turns(turned: Turned) -> bool:
    return _is_swapped(turned.aligned) or any(_is_opposed(word, turned) for word in turned.aligned.claim.words)


def _is_opposed(word: Word, turned: Turned, *, denied: bool = False) -> bool:
    """True when the quotes say the opposite of a word where the claim says it; denied: the claim says it is not so."""
    aligned = turned.aligned
    if word.figure is not None:
        return False
    for number, source in enumerate(aligned.sources):
        for other in source.words:
            if other.figure or not are_rivals(word.stem, other.stem):
                continue
            if not denied and (
                _parity_differs(word, other, number, turned) or _is_claimed(other, number, word, aligned)
            ):
                continue
            if _wins(Place(number, other, 1.0), word, aligned) or _says_more(number, word, aligned):
                return True
    return False


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
    mine = any(word in _governed(mark, turned.aligned.claim, reach=2) for mark in turned.mine(MarkKind.NEGATION))
    theirs = _is_governed(Place(source, other, 1.0), turned.theirs(MarkKind.NEGATION), turned, 2)
    return mine != theirs


def _is_swapped(aligned: Aligned) -> bool:
    """ "da X a Y" where the quote says "da Y a X"."""
    swapped = set()
    for word in aligned.claim.words:
        theirs = {place.word.preposition for place in aligned.of(word)[:1]}
        if (word.preposition, theirs) in (("da", {"a"}), ("a", {"da"})):
            swapped.add(word.preposition)
    return len(swapped) == 2


def _modality_turns(turned: Turned) -> bool:
    return (
        _claims_as_done(turned)
        or _claims_as_planned(turned)
        or (bool(turned.mine(MarkKind.OBLIGED)) and not turned.theirs(MarkKind.MUST))
        or (bool(turned.mine(MarkKind.OPTIONAL)) and not turned.theirs(MarkKind.MAY, MarkKind.OPTIONAL))
        or _trades(MarkKind.MUST, MarkKind.MAY, turned)
        or _trades(MarkKind.MAY, MarkKind.MUST, turned)
    )


def _claims_as_done(turned: Turned) -> bool:
    """What the quote only plans, said as done."""
    done = turned.theirs(MarkKind.DONE)
    planned = turned.theirs(MarkKind.PLANNED)
    for mark in turned.mine(MarkKind.DONE):
        words = _governed(mark, turned.aligned.claim, reach=1)
        places = [place for word in words for place in _likeliest(word, turned.aligned)]
        if any(_is_governed(place, done, turned, 2) for place in places):
            continue
        if places and any(_is_planned(place, planned, turned) for place in places):
            return True
        if any(_PARTICIPLE.search(place.word.text) for place in places):  # "sottoscritto dai Sindaci" is done too
            continue
        if not done and (planned or (places and not any(_PARTICIPLE.search(place.word.text) for place in places))):
            return True
    return False


def _likeliest(word: Word, aligned: Aligned) -> list[Place]:
    """Where the quotes say a word, the places that fit best by what stands around it."""
    places = [place for place in aligned.of(word) if place.nearness >= ONE_FAMILY] or aligned.best(word)
    fits = [sum(votes(word, place.word, place.source, aligned).values()) for place in places]
    return [place for place, fit in zip(places, fits, strict=True) if fit * CLEARLY >= max(fits)]


def _is_planned(place: Place, planned: list[tuple[int, Mark]], turned: Turned) -> bool:
    word = place.word
    if any(n == place.source and mark.start <= word.start < mark.end for n, mark in planned):
        return True
    return _is_governed(place, planned, turned, PLANNED_REACH)


def _claims_as_planned(turned: Turned) -> bool:
    """What the quote says as done, said as wish or as to come."""
    done = turned.theirs(MarkKind.DONE)
    for mark in turned.mine(MarkKind.PLANNED):
        text = turned.aligned.claim.text[mark.start : mark.end].lower()
        if text.split()[0] in ("da", "per", "di"):
            continue
        words = [word for word in turned.aligned.claim.words if mark.start <= word.start < mark.end]
        words += _governed(mark, turned.aligned.claim, reach=2)
        for word in words:
            places = [] if word.light else _likeliest(word, turned.aligned)
            if places and all(_is_governed(place, done, turned, 1) for place in places):
                return True
    return False


def _trades(claimed: MarkKind, quoted: MarkKind, turned: Turned) -> bool:
    """ "deve" for "può", or the reverse, on the same words."""
    for mark in turned.mine(claimed):
        words = [word for word in _governed(mark, turned.aligned.claim, reach=CLOSE) if not word.light][:2]
        places = [place for word in words for place in turned.aligned.of(word)[:1]]
        if any(_is_governed(place, turned.theirs(claimed), turned, PLANNED_REACH) for place in places):
            continue
        if any(_is_governed(place, turned.theirs(quoted), turned, CLOSE) for place in places):
            return True
    return False


def _cause_turns(turned: Turned) -> bool:
    """A cause that the claim gives and no quote does."""
    return bool(turned.mine(MarkKind.CAUSE)) and not turned.theirs(MarkKind.CAUSE, MarkKind.PURPOSE)


_CHECKS: tuple[tuple[str, Callable[[Turned], bool]], ...] = (
    ("negation", _negation_turns),
    ("quantifier", _quantifier_turns),
    ("direction", _direction_turns),
    ("modality", _modality_turns),
    ("cause", _cause_turns),
)
