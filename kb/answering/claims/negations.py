"""Negations: a "non" that the quotes don't have, or that the claim leaves out."""

from __future__ import annotations

import re
from collections import Counter

from kb.answering.claims.alignment import Place, Word
from kb.answering.claims.conditions import is_only_but
from kb.answering.claims.novelty import is_wide
from kb.answering.claims.opposites import is_opposed
from kb.answering.claims.provisos import DENYING, SELF, says_denial, sentence_at
from kb.answering.claims.turned import Turned, governed, is_beside, is_governed, text_of
from kb.language.kinship import DERIVED, is_idle
from kb.language.polarity import Mark, MarkKind
from kb.language.verbs import read_verb
from kb.language.words import fold

GOVERNED = 4
"""Words that a negation governs, at most."""
APART = 8
"""Words between what excludes and what is excluded, at most."""
_EXCEPT = re.compile(
    r"\b(?:fuori|altr[oaie]|altrove|tranne|eccetto|rest[oi]|divers[oaie]|rimanent[ei])\b", re.IGNORECASE
)
_OF_NOUN = re.compile(r"\s*(?:(?:il|lo|la|i|gli|le|un|uno|una)\s|l['’])", re.IGNORECASE)
"""After a "non" that denies something of a thing: "non l’acquisto di merce"."""
_WHERE = re.compile(r"\b(?:se|chi|quando|qualora|mentre)\b", re.IGNORECASE)
_STOPPED = re.compile(
    r"\b(?:sospes[oaie]|revocat[oaie]|decad\w+|interrott[oaie]|chius[oaie]|perd(?:e|ono|er\w+)|gratuit[oaie]|abrogat[oaie]|"
    r"cancellat[oaie]|eliminat[oaie]|esoner\w+|cess(?:a|ano|at[oaie]|er\w+)|(?:rest\w+|riman\w+|ancora) da)\b",
    re.IGNORECASE,
)
_FORBIDS = re.compile(r"\b(?:vietat[oaie]|proibit[oaie]|divieto)\b", re.IGNORECASE)
_PARTS = re.compile(r"[.;:]|\b(?:ma|mentre|invece)\b")
_EXCEPTS = re.compile(
    r"\b(?:salvo|tranne|eccetto|se|quando|prima|dopo|fino|dal|dalle|nelle?|nei|senza)\b", re.IGNORECASE
)
_OTHERWISE = re.compile(r"\b(?:altriment\w*|altri casi|caso contrario|diversamente)\b", re.IGNORECASE)
"""What says in one word what holds where a condition does not."""
_TURNS = re.compile(
    r"\b(?:ma|bensì|invece|mentre|però|anzi)\b|"
    r"(?<!chi )(?<!che )(?<!non )\b(?:può|possono|deve|devono|è|sono|ha|hanno)\s",
    re.IGNORECASE,
)
"""What begins another statement, which a "non" before it does not deny."""
_MODAL = re.compile(r"(?:pu|poss|pot|dev|dov|vuol|vogl|vol|vien|veng|va|vann|sar|stat|avr)[aeiou]?$")


def turns_negation(turned: Turned) -> bool:
    """True when the claim denies what the quotes say, or says what they deny."""
    return (
        _claims_a_negation(turned)
        or _loses_a_negation(turned)
        or _opens_the_only(turned)
        or _permits_the_forbidden(turned)
    )


def _permits_the_forbidden(turned: Turned) -> bool:
    """ "i tigli si possono tagliare" where the quote says that this "è vietato"."""
    claim = turned.aligned.claim
    if turned.mine(MarkKind.NEGATION, MarkKind.ONLY) or DENYING.search(claim.text):
        return False
    for mark in turned.mine(MarkKind.MAY):
        words = [word for word in governed(mark, claim, reach=GOVERNED) if not word.light]
        places = turned.aligned.best(words[0]) if words else []
        if places and all(_is_forbidden(place, turned) for place in places):
            return True
    return False


def _is_forbidden(place: Place, turned: Turned) -> bool:
    """True for a word of a quote close to an "è vietato", with no exception between or behind."""
    source = turned.aligned.sources[place.source]
    for match in _FORBIDS.finditer(source.text):
        first, last = sorted((match.start(), place.word.start))
        between = [word for word in source.words if first < word.start < last]
        apart = _PARTS.search(source.text[first:last]) or _EXCEPTS.search(source.text)
        if not apart and len(between) <= APART:
            return True
    return False


def _opens_the_only(turned: Turned) -> bool:
    """A "non solo" on what the quotes say "solo" of."""
    if turned.theirs(MarkKind.NOT_ONLY):
        return False
    only = turned.theirs(MarkKind.ONLY)
    return any(
        is_governed(place, only, turned, 2)
        for mark in turned.mine(MarkKind.NOT_ONLY)
        if " più " not in text_of(mark, turned.aligned.claim)  # "non devono più essere soltanto": it was so
        for word in governed(mark, turned.aligned.claim, reach=2)
        for place in turned.aligned.best(word)
    )


def _claims_a_negation(turned: Turned) -> bool:
    """A "non" of the claim on what the quotes say without it."""
    return any(_denies_what_is_said(mark, turned) for mark in _unlicensed(turned))


def _unlicensed(turned: Turned) -> list[Mark]:
    """The negations of the claim that no quote has on the same words."""
    claim = turned.aligned.claim
    return [
        mark
        for mark in turned.mine(MarkKind.NEGATION)
        if not _is_second(mark, turned)
        and (words := governed(mark, claim, reach=GOVERNED))
        and not _licences(mark, turned)
        and not _is_excluded(mark, words, turned)
        and not is_opposed(words[0], turned, denied=True)
    ]


def _is_excluded(mark: Mark, words: list[Word], turned: Turned) -> bool:
    """True where the quotes deny in another way: "sono esclusi", "solo per", "negli altri casi", or of the subject."""
    claim = turned.aligned.claim
    telling = [word for word in words if not word.light]
    own = _says_the_same_denied(words[0], turned)
    if not own and any(_is_denied_there(place, turned) for word in telling for place in turned.aligned.best(word)):
        return True
    if _EXCEPT.search(claim.text) and any(
        is_governed(place, turned.theirs(MarkKind.ONLY), turned, GOVERNED) or _is_before_only(place, turned)
        for word in telling
        for place in turned.aligned.best(word)
    ):
        return True
    conditional = _WHERE.search(claim.text[: mark.end]) is not None
    return _is_of_denied(mark, turned) or any(
        conditional and _stands_otherwise(place, turned) for word in telling for place in turned.aligned.best(word)
    )


def _says_the_same_denied(first: Word, turned: Turned) -> bool:
    """True for "non comporta l’esclusione" where a quote says "comporta l’esclusione": nothing denies that."""
    aligned = turned.aligned
    homes = {_sentence_of(place, turned) for place in aligned.best(first) if place.nearness >= DERIVED}
    denying = [word for word in aligned.claim.words if DENYING.fullmatch(word.text) or _STOPPED.fullmatch(word.text)]
    return any(_sentence_of(place, turned) in homes for word in denying for place in aligned.best(word))


def _is_denied_there(place: Place, turned: Turned) -> bool:
    """True for a word of a quote close behind or before an "è escluso", "è vietato", in one sentence."""
    source = turned.aligned.sources[place.source]
    if says_denial(turned.aligned):
        return False
    for match in (*DENYING.finditer(source.text), *_STOPPED.finditer(source.text)):
        first, last = sorted((match.start(), place.word.start))
        between = [word for word in source.words if first < word.start < last]
        if not re.search(r"[.;:]", source.text[first:last]) and len(between) <= APART:
            return True
    return False


def _is_before_only(place: Place, turned: Turned) -> bool:
    """True for the word right before an "only": "vincolante solo per le piazze"."""
    text = turned.aligned.sources[place.source].text
    return any(
        n == place.source and not text[place.word.end : mark.start].strip() for n, mark in turned.theirs(MarkKind.ONLY)
    )


def _is_of_denied(mark: Mark, turned: Turned) -> bool:
    """True where what the claim denies something of stands in the quotes under a "non" alone: "non la merce"."""
    words = turned.aligned.claim.words
    after = next((word for word in words if word.start >= mark.end), None)
    before = [word for word in words if word.end <= mark.start and not word.light and word.figure is None]
    if after is None or not before:
        return False
    theirs = [
        (n, mark)
        for n, mark in turned.theirs(MarkKind.NEGATION)
        if _OF_NOUN.match(turned.aligned.sources[n].text[mark.end :])
    ]
    places = turned.aligned.best(before[-1])
    return bool(places) and all(any(_stands_under(place, one, turned) for one in theirs) for place in places)


def _stands_otherwise(place: Place, turned: Turned) -> bool:
    """True for a word of a quote whose sentence says also what holds otherwise."""
    text = turned.aligned.sources[place.source].text
    return any(
        not re.search(r"[.;]", text[min(match.start(), place.word.start) : max(match.start(), place.word.start)])
        for match in _OTHERWISE.finditer(text)
    )


def _is_second(mark: Mark, turned: Turned) -> bool:
    """True for the "nulla" of "non si paga nulla", which denies nothing more."""
    first = [other for other in turned.mine(MarkKind.NEGATION) if other.end <= mark.start]
    between = turned.aligned.claim.text[first[-1].end : mark.start] if first else ","
    return text_of(mark, turned.aligned.claim) != "né" and not re.search(r"[,;:.]|\bche\b", between)


def _denies_what_is_said(mark: Mark, turned: Turned) -> bool:
    words = [word for word in governed(mark, turned.aligned.claim, reach=GOVERNED) if not word.light]
    if not words:  # "non vuole che i Centri chiudano"
        words = [word for word in turned.aligned.claim.words if word.start >= mark.end and not word.light]
    return any(turned.aligned.is_said(word) for word in words[:2])


def _licences(mark: Mark, turned: Turned) -> list[tuple[int, Mark]]:
    """The negations of the quotes that stand on the words of one of the claim's."""
    words = [word for word in governed(mark, turned.aligned.claim, reach=GOVERNED) if not _MODAL.match(word.stem)]
    # What is denied is the first word; only where the sentence told of does not say it, or has it for a verb of every
    # use, may another word of the clause tell.
    wide = bool(words) and (words[0].light or is_idle(words[0].stem) or not _is_said_there(words[0], turned))
    denied = [*words, *_clause_before(mark, words[0], turned)] if wide else words[:1]
    places = [place for word in denied for place in turned.aligned.best(word)]
    theirs = [one for one in turned.theirs(MarkKind.NEGATION) if not (wide and _denies_denial(one, turned))]
    if text_of(mark, turned.aligned.claim) == "né":
        return [one for one in theirs if any(_stands_under(place, one, turned) for place in places)]
    found = [one for one in theirs if any(is_governed(place, [one], turned, GOVERNED) for place in places)]
    if text_of(mark, turned.aligned.claim).startswith("nessun"):
        near = [place for word in words for place in turned.aligned.best(word)]
        nobody = [one for one in theirs if _says_nobody(one, turned)]
        told = [one for one in nobody if any(is_beside(place, *one, turned) for place in near)]
        found += [one for one in theirs if any(_are_together(one, other, turned) for other in told)]
    if wide and not found:
        found = [one for one in theirs if any(_is_before_in_clause(place, one, turned) for place in places)]
    if wide and not found:
        found = [one for one in theirs if any(_goes_on_under(place, one, turned) for place in places)]
    return found


def _clause_before(mark: Mark, first: Word, turned: Turned) -> list[Word]:
    """The telling words of the mark's clause that stand before it: "gli attestati non sono redatti"."""
    words = [word for word in turned.aligned.claim.words if word.end <= mark.start and word.clause == first.clause]
    return [word for word in words if not (word.light or word.figure or fold(word.text) in SELF)]


def _is_said_there(word: Word, turned: Turned) -> bool:
    """True for a word that a quote says in the sentence which holds most else of the claim's clause."""
    aligned = turned.aligned
    others = [one for one in aligned.claim.words if one.clause == word.clause and one is not word and not one.light]
    homes: Counter[tuple[int, int]] = Counter()
    for one in others:
        homes.update({_sentence_of(place, turned) for place in aligned.best(one)})
    places = aligned.best(word)
    if not homes or not places:
        return bool(places)
    most = max(homes.values())
    return any(homes[_sentence_of(place, turned)] == most for place in places)


def _sentence_of(place: Place, turned: Turned) -> tuple[int, int]:
    return place.source, sentence_at(place.word.start, turned.aligned.sources[place.source].text)


def _denies_denial(one: tuple[int, Mark], turned: Turned) -> bool:
    """True for "non sono esclusi", which denies nothing of what stands after it."""
    first = governed(one[1], turned.aligned.sources[one[0]], reach=1)
    return any(DENYING.fullmatch(word.text) for word in first)


def _is_before_in_clause(place: Place, one: tuple[int, Mark], turned: Turned) -> bool:
    """True for the subject of a quote's "non": "la tassa non è dovuta"."""
    number, mark = one
    words = turned.aligned.sources[number].words
    first = next((word for word in words if word.start >= mark.end), None)
    before = first is not None and place.word.end <= mark.start and place.word.clause == first.clause
    return number == place.source and before


def _are_together(one: tuple[int, Mark], other: tuple[int, Mark], turned: Turned) -> bool:
    """True for two marks of one sentence: "non c’è nessuno"."""
    text = turned.aligned.sources[one[0]].text
    return one[0] == other[0] and sentence_at(one[1].start, text) == sentence_at(other[1].start, text)


def _says_nobody(one: tuple[int, Mark], turned: Turned) -> bool:
    return text_of(one[1], turned.aligned.sources[one[0]]).startswith("nessun")


def _goes_on_under(place: Place, one: tuple[int, Mark], turned: Turned) -> bool:
    """True for a word of the list that a "non" of a quote opens: "non possono accedere A e chi ha B"."""
    number, mark = one
    source = turned.aligned.sources[number]
    between = source.text[mark.end : place.word.start]
    first = next((word for word in source.words if word.start >= mark.end), None)
    of_verb = first is not None and not first.before.split()[1:] and read_verb(first.text) is not None
    return of_verb and _stands_under(place, one, turned) and not _TURNS.search(between)


def _stands_under(place: Place, negation: tuple[int, Mark], turned: Turned) -> bool:
    """True for a word after a negation in the same sentence of a quote, in whichever clause: "né" goes on a list."""
    number, mark = negation
    between = turned.aligned.sources[number].text[mark.end : place.word.start]
    return number == place.source and place.word.start >= mark.end and not re.search(r"[.;:]", between)


def _loses_a_negation(turned: Turned) -> bool:
    """A "non" of a quote on words that the claim says without it."""
    mine = turned.mine(MarkKind.NEGATION, MarkKind.NOT_ONLY)
    covered = [word for mark in mine for word in governed(mark, turned.aligned.claim, reach=GOVERNED + 1, back=1)]
    if DENYING.search(turned.aligned.claim.text) and not says_denial(turned.aligned):
        return False
    kept = [one for mark in turned.mine(MarkKind.NEGATION) for one in _licences(mark, turned)]
    for number, mark in turned.theirs(MarkKind.NEGATION):
        first = governed(mark, turned.aligned.sources[number], reach=2)
        heads = [word for word in first if not _MODAL.match(word.stem)][:1]
        if (number, mark) in kept or is_only_but(turned.aligned.claim.text, turned.aligned.sources[number].text):
            continue
        for word in turned.aligned.claim.words:
            best = turned.aligned.of(word) if word.light or is_wide(word) else turned.aligned.best(word)
            there = bool(best) and all(p.source == number and p.word in heads for p in best)
            if there and word not in covered and number in turned.aligned.fullest(word):
                return True
    return False
