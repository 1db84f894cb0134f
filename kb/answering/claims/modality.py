"""Modality and causes: what is planned said as done, "deve" for "può", a cause or an order in time of one's own."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned, Place, Reading, Word
from kb.answering.claims.binding import votes
from kb.answering.claims.cues import DETERMINERS
from kb.answering.claims.turned import Turned, governed, is_beside, is_governed, text_of
from kb.language.polarity import Mark, MarkKind

CLOSE = 3
"""Words that a quantifier governs, at most."""
PLANNED_REACH = 6
"""Words that a verb of wish or duty governs, at most."""
FIGURE_AFTER = 30
"""Characters after a "prima" in which the figure that it bounds begins."""
RIGHT_AFTER = 3
"""Characters between a "dopo" and the figure of the time that it tells, at most."""
_IS = re.compile(r"(?:^|[\s'’])(?:è|sono)\s+(?:già\s+)?$", re.IGNORECASE)
_REMAINS = re.compile(r"\b(?:rest\w+|riman\w+|ancora|(?:è|sono))\s+da\s+$", re.IGNORECASE)
"""Before what is still to be done."""
_STILL = re.compile(r"\blo\s+(?:sarà|saranno|farà|faranno)\b", re.IGNORECASE)
"""After what is done for some: "120 sono già collegati, gli altri lo saranno"."""
_ASKED = re.compile(r"\b(?:spieg|motiv|chiari|capi|sap|dic|dire)\w*\b[^,.;:]{0,25}$", re.IGNORECASE)
"""Before a "perché" that gives no cause: "deve spiegare perché"."""
_WHEN = re.compile(r"\b(?:se|quando|appena|in caso)\b[^.;:,]*$", re.IGNORECASE)
"""Up to what something must come after."""
_FOR = re.compile(r"^(?:dovut|per\b|a seguito|caus)")
"""Causes that Italian also gives with "per" and a noun alone."""
_BECAUSE = re.compile(r"^(?:perché|poiché|siccome|giacché|dato|visto|in quanto)")
_PARTICIPLE = re.compile(r"(?:at|ut|it|ss|tt|st|rs|rt|lt|nt|s)[oaie]$")
ONE_FAMILY = 0.9
"""How near a word of a quote must be to be taken for the same."""
CLEARLY = 1.2
"""How much better one place must fit than another, to be the one meant."""
_DUTY = re.compile(r"dev|dovr|debba|obblig")
_BINDING = re.compile(
    r"dev|dovr|debba|obblig|vincol|necess|occorr|bisogna|serv|indispens|impo|rich|essenz|tenut|va|vuol|vogl|inten|"
    r"propon|prev|\w+r(?:à|anno)$"
)
_ABLE = re.compile(r"(?:abil|ibil)[ei]$")
"""How an adjective of what may be done ends: "prorogabile"."""
_FIRST = re.compile(
    r"\b(?:la|una|come|per|di|or[ae]|giorn[oi]|mes[ei]|ann[oi]|settiman[ae]|minut[oi]|viene|vengono|sera)\s+$",
    re.IGNORECASE,
)
"""Before a "prima" that is first, or counts back from a time, and orders nothing: "la prima linea", "48 ore prima"."""


def turns_modality(turned: Turned) -> bool:
    """True for what is planned said as done or the reverse, and for a "deve" that is a "può" or the reverse."""
    return (
        _claims_as_done(turned)
        or _claims_as_come_about(turned)
        or _claims_what_remains(turned)
        or _claims_as_planned(turned)
        or (bool(turned.mine(MarkKind.OBLIGED)) and not turned.theirs(MarkKind.MUST, MarkKind.OBLIGED))
        or (bool(turned.mine(MarkKind.OPTIONAL)) and not turned.theirs(MarkKind.MAY, MarkKind.OPTIONAL))
        or _trades(MarkKind.MUST, MarkKind.MAY, turned)
        or _binds_the_free(turned)
        or _trades(MarkKind.MAY, MarkKind.MUST, turned)
    )


def _claims_as_done(turned: Turned) -> bool:
    """What the quote only plans, said as done."""
    done = turned.theirs(MarkKind.DONE)
    planned = turned.theirs(MarkKind.PLANNED)
    for mark in turned.mine(MarkKind.DONE):
        words = governed(mark, turned.aligned.claim, reach=1)
        places = [place for word in words for place in _likeliest(word, turned.aligned)]
        if any(is_governed(place, done, turned, 2) for place in places):
            continue
        if (
            words
            and not _PARTICIPLE.search(words[0].text)
            and (not words[0].before.split()[-1:] or text_of(mark, turned.aligned.claim) == "già")
            and (not words[0].before.split()[-1:] or set(words[0].before.split()[-1:]) & DETERMINERS)
        ):
            continue  # "è stato residente", "ha già un alloggio" tell a state
        if places and any(_is_planned(place, planned, turned) for place in places):
            return True
        if any(_PARTICIPLE.search(place.word.text) for place in places):  # "sottoscritto dai Sindaci" is done too
            continue
        if not done and (planned or (places and not any(_PARTICIPLE.search(place.word.text) for place in places))):
            return True
    return False


def _claims_what_remains(turned: Turned) -> bool:
    """ "è definito" where the quote says "resta da definire"."""
    claim = turned.aligned.claim
    for word in claim.words:
        if word.negated or not _IS.search(claim.text[: word.start]) or not _PARTICIPLE.search(word.text):
            continue
        places = [place for place in turned.aligned.of(word) if place.nearness >= ONE_FAMILY]
        if places and all(
            _REMAINS.search(turned.aligned.sources[place.source].text[: place.word.start]) for place in places
        ):
            return True
    return False


def _claims_as_come_about(turned: Turned) -> bool:
    """ "è stato trovato un gestore unico" where the quotes find none, and speak of one as still to come."""
    for mark in turned.mine(MarkKind.DONE):
        words = governed(mark, turned.aligned.claim, reach=CLOSE)
        if not words or not _PARTICIPLE.search(words[0].text):
            continue
        if any(_PARTICIPLE.search(place.word.text) for place in turned.aligned.of(words[0])):
            continue
        places = [place for word in words[1:] for place in turned.aligned.best(word)]
        if places and all(_is_to_come(place, turned) for place in places):
            return True
    return False


def _is_to_come(place: Place, turned: Turned) -> bool:
    """True for a word of a quote in a sentence that tells what must be or is wanted, and nothing done."""
    to_come = turned.theirs(MarkKind.MUST, MarkKind.PLANNED, MarkKind.MAY, MarkKind.PURPOSE)
    done = turned.theirs(MarkKind.DONE)
    return any(is_beside(place, *one, turned) for one in to_come) and not any(
        is_beside(place, *one, turned) for one in done
    )


def _likeliest(word: Word, aligned: Aligned) -> list[Place]:
    """Where the quotes say a word, the places that fit best by what stands around it."""
    places = [place for place in aligned.of(word) if place.nearness >= ONE_FAMILY] or aligned.best(word)
    fits = [sum(votes(word, place.word, place.source, aligned).values()) for place in places]
    return [place for place, fit in zip(places, fits, strict=True) if fit * CLEARLY >= max(fits)]


def _is_planned(place: Place, planned: list[tuple[int, Mark]], turned: Turned) -> bool:
    word = place.word
    if any(n == place.source and mark.start <= word.start < mark.end for n, mark in planned):
        return True
    return is_governed(place, planned, turned, PLANNED_REACH)


def _claims_as_planned(turned: Turned) -> bool:
    """What the quote says as done, said as wish or as to come."""
    done = turned.theirs(MarkKind.DONE)
    for mark in turned.mine(MarkKind.PLANNED):
        text = turned.aligned.claim.text[mark.start : mark.end].lower()
        if text.split()[0] in ("da", "per", "di"):
            continue
        words = [word for word in turned.aligned.claim.words if mark.start <= word.start < mark.end]
        words += governed(mark, turned.aligned.claim, reach=2)
        for word in words:
            places = [] if word.light else _likeliest(word, turned.aligned)
            if places and all(
                is_governed(place, done, turned, 1)
                and not _STILL.search(turned.aligned.sources[place.source].text, place.word.end)
                for place in places
            ):
                return True
    return False


def _trades(claimed: MarkKind, quoted: MarkKind, turned: Turned) -> bool:
    """ "deve" for "può", or the reverse, on the same words."""
    for mark in turned.mine(claimed):
        near = governed(mark, turned.aligned.claim, reach=CLOSE)
        words = [word for word in near if not (word.light or word.figure)][:2]
        places = [place for word in words for place in turned.aligned.of(word)[:1]]
        denied = turned.aligned.claim.text[: mark.start].lower().endswith("non ")
        least = 0.0 if denied else ONE_FAMILY
        alike = [place for word in words for place in turned.aligned.of(word) if place.nearness >= least]
        if any(is_governed(place, turned.theirs(claimed), turned, PLANNED_REACH) for place in (*places, *alike)):
            continue
        if any(is_governed(place, turned.theirs(quoted), turned, CLOSE) for place in places):
            return True
    return False


def _binds_the_free(turned: Turned) -> bool:
    """A "deve" on what the quotes only say as what may be done ("può", "prorogabile"), with no duty beside it."""
    for mark in turned.mine(MarkKind.MUST):
        if not _DUTY.match(text_of(mark, turned.aligned.claim)):
            continue
        words = [word for word in governed(mark, turned.aligned.claim, reach=CLOSE) if not word.light][:2]
        places = [place for word in words for place in turned.aligned.best(word)]
        if places and all(_is_free(place, turned) for place in places):
            return True
        if places and _ABLE.search(places[0].word.text) and places[0].nearness >= ONE_FAMILY:
            return True
    return False


def _is_free(place: Place, turned: Turned) -> bool:
    """True for a word of a quote in a sentence with a "può", and with no duty or plan in its clause."""
    may = turned.theirs(MarkKind.MAY, MarkKind.OPTIONAL)
    free = [one for one in may if not _is_denied(one, turned) and _text_there(one, turned) != "opportunità"]
    bound = [one for one in turned.theirs(MarkKind.MUST, MarkKind.PLANNED) if _BINDING.match(_text_there(one, turned))]
    return any(_is_with(place, one, turned) for one in free) and not any(_binds(place, one, turned) for one in bound)


def _binds(place: Place, one: tuple[int, Mark], turned: Turned) -> bool:
    """True for a duty beside a word, or before it in its sentence: "occorre che la rete raggiunga"."""
    before = one[1].start < place.word.start and is_beside(place, *one, turned)
    return before or _is_with(place, one, turned)


def _is_denied(one: tuple[int, Mark], turned: Turned) -> bool:
    """True for a mark of a quote right after a "non": "non può" frees nobody."""
    number, mark = one
    return turned.aligned.sources[number].text[: mark.start].lower().endswith("non ")


def _is_with(place: Place, one: tuple[int, Mark], turned: Turned) -> bool:
    """True for a word and a mark of one sentence of a quote with no "che" between them."""
    first, last = sorted((one[1].start, place.word.start))
    apart = re.search(r"\b(?:che|cui|quali|quale)\b", turned.aligned.sources[one[0]].text[first:last])
    return apart is None and is_beside(place, *one, turned)


def _text_there(one: tuple[int, Mark], turned: Turned) -> str:
    return text_of(one[1], turned.aligned.sources[one[0]])


def turns_cause(turned: Turned) -> bool:
    """A cause, or an order in time, that the claim gives and no quote does, or that a quote gives of something else."""
    given = turned.theirs(MarkKind.CAUSE, MarkKind.GROUND, MarkKind.PURPOSE)
    mine = [mark for mark in turned.mine(MarkKind.CAUSE) if not _ASKED.search(turned.aligned.claim.text[: mark.start])]
    mine = [mark for mark in mine if not _is_given_otherwise(mark, turned)]
    if mine and not given:
        return True
    ordered = [mark for mark in turned.mine(MarkKind.SEQUENCE) if _orders(mark, turned.aligned.claim)]
    if not turned.theirs(MarkKind.SEQUENCE) and any(not _follows_anyhow(mark, turned) for mark in ordered):
        return True
    return _swaps_order(turned) or any(_is_cause_of_another(mark, turned) for mark in mine)


def _is_given_otherwise(mark: Mark, turned: Turned) -> bool:
    """True for a cause that a quote gives with "per" and a noun, or behind a colon after what it is the cause of."""
    claim = turned.aligned.claim
    words = [word for word in governed(mark, claim, reach=CLOSE) if not word.light]
    places = [place for word in words for place in turned.aligned.best(word)]
    if any(_FOR.search(text_of(mark, claim)) and place.word.preposition == "per" for place in places[:1]):
        return True
    effects = [word for word in claim.words if word.end <= mark.start and not word.light]
    before = [place for word in effects for place in turned.aligned.best(word)]
    return _BECAUSE.search(text_of(mark, claim)) is not None and any(
        one.source == place.source and _is_behind_colon(one, place, turned) for one in before for place in places
    )


def _is_behind_colon(effect: Place, cause: Place, turned: Turned) -> bool:
    between = turned.aligned.sources[effect.source].text[effect.word.end : cause.word.start]
    return between.count(":") == 1 and not re.search(r"[.;]\s", between)


def _follows_anyhow(mark: Mark, turned: Turned) -> bool:
    """True for a "dopo" on what the quotes give as the cause or condition of the rest: "tre assenze comportano"."""
    claim = turned.aligned.claim
    if text_of(mark, claim) != "dopo":
        return False
    words = [word for word in governed(mark, claim, reach=CLOSE) if not word.light]
    places = [place for word in words for place in turned.aligned.best(word)]
    given = turned.theirs(MarkKind.CAUSE, MarkKind.GROUND)
    if any(is_beside(place, *one, turned) for place in places for one in given):
        return True
    return any(_WHEN.search(turned.aligned.sources[place.source].text[: place.word.start]) for place in places)


def _swaps_order(turned: Turned) -> bool:
    """ "il rendiconto dopo il saldo" where the quote says "il saldo dopo il rendiconto"."""
    claim = turned.aligned.claim
    for mark in turned.mine(MarkKind.SEQUENCE):
        word = text_of(mark, claim)
        first = next((one for one in claim.words if one.start >= mark.end and not one.light), None)
        before = [one for one in claim.words if one.end <= mark.start and not one.light]
        if word not in ("dopo", "prima") or first is None:
            continue
        for number, other in turned.theirs(MarkKind.SEQUENCE):
            if text_of(other, turned.aligned.sources[number]) != word:
                continue
            sides = [_side_of(one, number, other, turned) for one in before]
            if _side_of(first, number, other, turned) == "before" and "after" in sides and "before" not in sides:
                return True
    return False


def _side_of(word: Word, number: int, mark: Mark, turned: Turned) -> str:
    """On which side of a mark the quote has a word: "before" or "after"; "" on both or none."""
    places = [place.word.start for place in turned.aligned.best(word) if place.source == number]
    sides = {"before" if start < mark.start else "after" for start in places}
    return sides.pop() if len(sides) == 1 else ""


def _orders(mark: Mark, claim: Reading) -> bool:
    """True for "dopo", and for a "prima" that is no "la prima" and binds no figure ("prima di tre anni")."""
    word = text_of(mark, claim)
    figures = [figure.start - mark.end for figure in claim.figures if figure.start >= mark.end]
    free = min(figures, default=FIGURE_AFTER) >= FIGURE_AFTER and not _FIRST.search(claim.text[: mark.start])
    timed = (
        word == "dopo" and min(figures, default=FIGURE_AFTER) <= RIGHT_AFTER
    )  # kb.answering.claims.bounds sees to it
    return (word == "dopo" and not timed) or (word == "prima" and free)


def _is_cause_of_another(mark: Mark, turned: Turned) -> bool:
    """True when what a claim gives as a cause stands in the quotes, and never in a clause with a cause or purpose."""
    words = governed(mark, turned.aligned.claim, reach=CLOSE)
    places = [place for word in words if not word.light for place in turned.aligned.best(word)]
    given = turned.theirs(MarkKind.CAUSE, MarkKind.GROUND, MarkKind.PURPOSE)
    return bool(places) and not any(is_beside(place, *one, turned) for place in places for one in given)
