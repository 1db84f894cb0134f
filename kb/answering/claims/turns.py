"""Turns: what flips a sentence against its quotes: "non", "solo", "tutti", "deve" for "può", "prima" for "dopo"."""

from __future__ import annotations

import re
from collections.abc import Callable

from kb.answering.claims.alignment import Aligned, Place
from kb.answering.claims.modality import turns_cause, turns_modality
from kb.answering.claims.negations import turns_negation
from kb.answering.claims.opposites import turns_direction
from kb.answering.claims.provisos import EACH, speaks_of_all
from kb.answering.claims.shares import holds_by_number
from kb.answering.claims.turned import Turned, governed, is_governed, read_turns, text_of
from kb.language.polarity import Mark, MarkKind, find_marks

CLOSE = 3
"""Words that a quantifier governs, at most."""
ONE_FAMILY = 0.9
"""How near a word of a quote must be to be taken for the same."""
_IF = re.compile(r"(?:se|quando|qualora|purché)\b", re.IGNORECASE)
_IF_THERE = re.compile(r"\b(?:se(?! ne\b)|quando|qualora|purché|a condizione)\b", re.IGNORECASE)
_NEEDED = re.compile(
    r"\b(?:occorr\w+|bisogna|necessari\w+|riservat\w+|requisit\w+|bast(?:a|ano|erà)|sufficient\w)\b", re.IGNORECASE
)
_ENOUGH = re.compile(r"\b(?:bast(?:a|ano|erà)|sufficient\w)\b", re.IGNORECASE)
_BUT = re.compile(r"\b(?:salvo|tranne|eccetto|fuorché|all'infuori d\w+|se non)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:non|nessun\w?|vietat\w|esclus\w)\b", re.IGNORECASE)
_ALWAYS = re.compile(r"(?:sempre|completamente|totalmente|interamente)$", re.IGNORECASE)
"""What says "all" of a deed, not of the noun after it."""
_EVERY = re.compile(r"ogni|ciascun")
_APIECE = (["a"], ["per"], ["ad"])
"""Before a noun without article these say "one by one": "due ore al giorno a persona"."""
_PAUSE = re.compile(r"[.;:,]")
_SEVERAL = re.compile(r"\b(?:più|diverse?|molteplici|varie?|plurime?)\s+(?=\w+[ie]\b)", re.IGNORECASE)


def find_turn(aligned: Aligned) -> str | None:
    """ "negation", "quantifier", "direction", "modality" or "cause" where the claim is turned, None where it is not."""
    turned = read_turns(aligned)
    return next((name for name, is_turned in _CHECKS if is_turned(turned)), None)


def _quantifier_turns(turned: Turned) -> bool:
    kinds = (MarkKind.ONLY, MarkKind.ALL, MarkKind.SHARE)
    return any(_is_unlicensed(kind, turned) for kind in kinds) or _is_weakened(turned) or _multiplies(turned)


def _multiplies(turned: Turned) -> bool:
    """ "più domande" where the quote says "una sola domanda"."""
    claim = turned.aligned.claim
    several = [match.end() for match in _SEVERAL.finditer(claim.text)]
    nouns = [next((word for word in claim.words if word.start >= end), None) for end in several]
    ones = turned.theirs(MarkKind.ONLY)
    return any(
        is_governed(place, ones, turned, 1)
        for noun in nouns
        if noun is not None and noun.text[-1:] in "ie"
        for place in turned.aligned.best(noun)
        if place.nearness >= ONE_FAMILY
    )


def _is_unlicensed(kind: MarkKind, turned: Turned) -> bool:
    """A "solo", "tutti" or "la maggior parte" of the claim that no quote has on the same words."""
    theirs = [one for one in turned.theirs(kind) if not _is_under_not_only(one, turned)]
    for mark in turned.mine(kind):
        if (kind is not MarkKind.ONLY and holds_by_number(mark, turned)) or _is_only_if(mark, turned):
            continue
        if _is_each(mark, turned):
            continue
        if kind is MarkKind.SHARE and not any(_same_words(mark, turned, n, other) for n, other in theirs):
            return True
        words = governed(mark, turned.aligned.claim, reach=CLOSE, back=2)
        places = [place for word in words for place in turned.aligned.of(word)]
        if not any(_covers(number, other, place, turned) for number, other in theirs for place in places):
            return True
    return False


def _covers(number: int, mark: Mark, place: Place, turned: Turned) -> bool:
    """True where a quantifier of a quote is said of a word, right before or after it or as "tutte quelle"."""
    source = turned.aligned.sources[number]
    return place.source == number and (
        place.word in governed(mark, source, reach=CLOSE + 1, back=2) or speaks_of_all(place, mark, turned.aligned)
    )


def _is_only_if(mark: Mark, turned: Turned) -> bool:
    """True for "solo se" where the quotes give a condition, and for "solo" on what they say is needed or reserved."""
    if mark.kind is not MarkKind.ONLY:
        return False
    conditional = _IF.match(turned.aligned.claim.text[mark.end :].lstrip())
    if conditional and any(_IF_THERE.search(source.text) for source in turned.aligned.sources):
        return True
    words = [word for word in governed(mark, turned.aligned.claim, reach=CLOSE) if not word.light]
    first, second = ([place for word in some for place in turned.aligned.best(word)] for some in (words[:1], words[:2]))
    if not conditional and any(_is_needed(place, turned) for place in first):
        return True
    return any(_is_excepted(place, turned) for place in second)


def _is_excepted(place: Place, turned: Turned) -> bool:
    """True for a word of a quote close after "non …, salvo": what is excepted from a "non" is the only one."""
    text = turned.aligned.sources[place.source].text
    for match in _BUT.finditer(text[: place.word.start]):
        before = re.split(r"[.;]\s", text[: match.start()])[-1]
        if _NOT.search(before) and not re.search(r"[.;:,]", text[match.end() : place.word.start]):
            return True
    return False


def _is_needed(place: Place, turned: Turned) -> bool:
    """True for a word of a quote close after "occorre", "riservato a", "basta" (where the claim says no "basta")."""
    source = turned.aligned.sources[place.source]
    if _ENOUGH.search(source.text[: place.word.start]) and _ENOUGH.search(turned.aligned.claim.text):
        return False
    return any(
        match.end() <= place.word.start and len(_PAUSE.findall(source.text[match.end() : place.word.start])) == 0
        for match in _NEEDED.finditer(source.text)
    )


def _is_each(mark: Mark, turned: Turned) -> bool:
    """True for "per ogni albero" where a quote says it of "gli alberi"."""
    claim = turned.aligned.claim
    noun = next((word for word in claim.words if word.start >= mark.end), None)
    if mark.kind is not MarkKind.ALL or noun is None:
        return False
    places = turned.aligned.best(noun)
    if _EVERY.search(text_of(mark, claim)) and any(place.word.before.split()[-1:] in _APIECE for place in places):
        return True
    each = EACH.search(claim.text[: mark.end]) is not None
    return each and any({"i", "gli", "le"} & set(place.word.before.split()) for place in places)


def _is_under_not_only(one: tuple[int, Mark], turned: Turned) -> bool:
    """True for the "meramente" of "non limitarsi a una funzione meramente esortativa"."""
    number, mark = one
    wholes = [whole for n, whole in turned.theirs(MarkKind.NOT_ONLY) if n == number]
    text = turned.aligned.sources[number].text
    return any(whole.end <= mark.start and not re.search(r"[,.;:]", text[whole.end : mark.start]) for whole in wholes)


def _same_words(mark: Mark, turned: Turned, source: int, other: Mark) -> bool:
    mine = turned.aligned.claim.text[mark.start : mark.end].lower()
    theirs = turned.aligned.sources[source].text[other.start : other.end].lower()
    parts = ("maggior", "gran", "buona")
    return mine[:5] == theirs[:5] or (mine.startswith(parts) and theirs.startswith(parts))


def _is_weakened(turned: Turned) -> bool:
    """ "alcuni" where the quote says "tutti"."""
    theirs = turned.theirs(MarkKind.ALL)
    for mark in turned.mine(MarkKind.SOME):
        words = governed(mark, turned.aligned.claim, reach=2)
        if any(_same_words(mark, turned, *one) for one in turned.theirs(MarkKind.SOME)):
            continue
        if any(is_governed(place, theirs, turned, 2) for word in words for place in turned.aligned.of(word)):
            return True
    return False


def widens(aligned: Aligned) -> bool:
    """True for a "tutti" on a noun that no quote says it of."""
    turned = read_turns(aligned)
    for mark in turned.mine(MarkKind.ALL):
        if _ALWAYS.search(aligned.claim.text[mark.start : mark.end]):
            continue
        noun = next((word for word in aligned.claim.words if word.start >= mark.end), None)
        if noun is None or not aligned.is_said(noun):
            continue
        if EACH.search(aligned.claim.text[: mark.end]):
            continue  # "per ogni": held against its noun in another way
        if _is_each(mark, turned) or holds_by_number(mark, turned):
            continue
        if not any(_is_whole(place, aligned) for place in aligned.of(noun)):
            return True
    return False


def _is_whole(place: Place, aligned: Aligned) -> bool:
    source = aligned.sources[place.source]
    for mark in find_marks(source.text):
        if mark.kind is MarkKind.ALL:
            after = [one for one in source.words if one.start >= mark.start]
            if place.word in after[:3] or speaks_of_all(place, mark, aligned):
                return True
    return False


_CHECKS: tuple[tuple[str, Callable[[Turned], bool]], ...] = (
    ("negation", turns_negation),
    ("quantifier", _quantifier_turns),
    ("direction", turns_direction),
    ("modality", turns_modality),
    ("cause", turns_cause),
)
