"""Provisos: "dove possibile", "se", "può", "affinché"; what a quote says under one is no fact without it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.answering.claims.alignment import Aligned, Reading, Word
from kb.answering.claims.clauses import parse
from kb.answering.claims.conditions import drops_condition
from kb.answering.claims.phrases import Phrase, Voice, has_own_subject
from kb.language.kinship import DERIVED, is_generic, is_idle
from kb.language.polarity import MarkKind, find_marks
from kb.language.verbs import Mood, read_verb
from kb.language.words import fold

SELF = frozenset("citta metropolitana milano ente piano strategico strategica psttm driver documento agenda".split())
"""Whoever the documents speak of throughout: a quote may name it in one way and the claim in another."""
REACH = 7
"""Words after a proviso that stand under it, at most."""
BEFORE = 2
"""Words before "dove possibile" that stand under it too."""
_CONDITION = re.compile(
    r"\b(?:se(?! ne\b| non (?:solo|altro))|qualora|purché|salvo|eccetto|tranne|a (?:condizione|patto)|sempre che|"
    r"nel caso|in caso|d?ove (?:possibile|necessario|opportuno|si p\w+)|(?:se|quando) possibile|"
    r"in via sperimentale|sperimental\w+|eventual\w+|a titolo \w+|per quanto possibile)\b",
    re.IGNORECASE,
)
_AROUND = re.compile(r"possibile|necessario|opportuno|sperimental|eventual", re.IGNORECASE)
_RISK = re.compile(r"\b(?:rischi\w*|potrebb\w+|forse|probabil\w+)\b", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:può|possono|possa\w*|potr\w+|possibilità d\w+|affinché|"
    r"consent\w+|permett\w+|facoltà)\b|\bcapacità [^.;,]{1,60}?\bdi\b",
    re.IGNORECASE,
)
DENYING = re.compile(
    r"\b(?:esclu[sd]\w*|vieta\w*|divieto|esent\w+|manca\w*|assen[tz]\w+|rifiut(?:a|ano|at[oaie]|are|ando|er\w+)|impossibil\w+|proibi\w+|incompatibil\w+|salvo|tranne|eccetto)\b",
    re.IGNORECASE,
)
"""Words that say without a "non" what a quote says with one."""
EACH = re.compile(r"\b(?:per|a|di|da|in)\s+(?:ogni|ciascun\w?)$", re.IGNORECASE)
"""Up to an "ogni" that tells one by one."""
_MORE = frozenset(("piu", "meno"))
"""By these a quote tells that something has grown or shrunk: "il 15% in più"."""
_HEDGES = frozenset((MarkKind.PLANNED, MarkKind.MAY, MarkKind.PURPOSE, MarkKind.OPTIONAL))
_TO_COME = re.compile(
    r"\b(?:serv\w+ a|aiut\w+ a|consent\w+|permett\w+|punta\w* a|mira\w* a|per \w+(?:are|ere|ire)|"
    r"obiettivo|in grado|capac\w+)\b",
    re.IGNORECASE,
)


def loses_proviso(aligned: Aligned) -> bool:
    """True when the claim says as a fact what its quotes say under a condition, as a risk or as a mere possibility."""
    claim = aligned.claim.text
    if drops_condition(aligned):
        return True
    if _CONDITION.search(claim) or _RISK.search(claim) or _names_condition(aligned):
        return False
    verbs = [verb for verb in parse(aligned.claim).verbs if verb.voice is not Voice.MODIFIER and not verb.word.light]
    said = [verb.word for verb in verbs] or _telling(aligned.claim.words)
    if _are_under(said, _CONDITION, aligned):
        return True
    if _TO_COME.search(claim) or any(mark.kind in _HEDGES for mark in find_marks(claim)):
        return False
    finite = [verb.word for verb in verbs if has_own_subject(verb)]
    return _are_under(said, _RISK, aligned) or _are_under(finite or _predicates(aligned.claim), _OPEN, aligned)


def _telling(words: Iterable[Word]) -> list[Word]:
    return [word for word in words if not word.light and word.figure is None]


def _predicates(claim: Reading) -> list[Word]:
    """The words of what a claim without a verb says with "è"; none where it gives a figure."""
    if claim.figures:
        return []
    said = [node for node in parse(claim).nodes if isinstance(node, Phrase) and node.subjects]
    return _telling(word for node in said for word in node.words)


def _names_condition(aligned: Aligned) -> bool:
    """True when the claim says itself what a quote's condition is: "per i veicoli elettrici"."""
    named = {
        (number, word.at)
        for number, source in enumerate(aligned.sources)
        for match in _CONDITION.finditer(source.text)
        if not _AROUND.search(match.group())
        for word in _after(match, source, r"[,;.]")[:3]
    }
    if not named:
        return False
    said = [word for word in aligned.claim.words if not word.light]
    return any((place.source, place.word.at) in named for word in said for place in aligned.best(word))


def loses_negation(aligned: Aligned) -> bool:
    """True for a word that the quotes only have under a "non", in a claim that denies nothing."""
    denies = any(mark.kind in (MarkKind.NEGATION, MarkKind.NOT_ONLY) for mark in find_marks(aligned.claim.text))
    if denies or DENYING.search(aligned.claim.text):
        return False
    wholes = [any(mark.kind is MarkKind.NOT_ONLY for mark in find_marks(source.text)) for source in aligned.sources]
    for word in aligned.claim.words:
        places = [] if word.light or word.figure or is_idle(word.stem) or is_common(word) else aligned.best(word)
        if places and all(
            _is_denied(place.word, aligned.sources[place.source]) and not wholes[place.source] for place in places
        ):
            return True
    return False


def is_common(word: Word) -> bool:
    """True for a word of every use, which may stand in a quote of something else too."""
    return not word.is_capital and read_verb(word.text) is None and is_generic(word.stem)


def _is_denied(word: Word, source: Reading) -> bool:
    denied = [mark.end for mark in find_marks(source.text) if mark.kind is MarkKind.NEGATION]
    return word.negated and fold(word.text) not in SELF and bool(denied)


def widens(aligned: Aligned) -> bool:
    """True for a "tutti" on a noun that no quote says it of."""
    for mark in find_marks(aligned.claim.text):
        if mark.kind is not MarkKind.ALL:
            continue
        noun = next((word for word in aligned.claim.words if word.start >= mark.end), None)
        if noun is None or not aligned.is_said(noun):
            continue
        if EACH.search(aligned.claim.text[: mark.end]):
            continue  # "per ogni": kb.answering.claims.turns holds it against its noun
        if not any(_is_whole(place.word, aligned.sources[place.source]) for place in aligned.of(noun)):
            return True
    return False


def _is_whole(word: Word, source: Reading) -> bool:
    for mark in find_marks(source.text):
        if mark.kind is MarkKind.ALL:
            after = [one for one in source.words if one.start >= mark.start]
            if word in after[:3]:
                return True
    return False


def claims_as_done(aligned: Aligned) -> bool:
    """True for "ha fatto" where no quote says that it has been done."""
    done = [_done_words(source, reach=4) for source in aligned.sources]
    for word in _done_words(aligned.claim):
        if not _is_participle(word):
            continue
        places = aligned.of(word)
        told = [place.word in done[place.source] or _is_participle(place.word) for place in places]
        if places and not (any(told) or all(fold(place.word.text) in _MORE for place in places)):
            return True
    return False


def _done_words(reading: Reading, *, reach: int = 2) -> list[Word]:
    """The words right after each "ha", "è stato" or "si è"; in a claim only those that say something as done."""
    marks = [mark.end for mark in find_marks(reading.text) if mark.kind is MarkKind.DONE]
    marks += [match.end() for match in re.finditer(r"\bsi (?:è|sono)\s+(?=\w+[oaie]\b)", reading.text)]
    first = [[one for one in reading.words if one.start >= end][:reach] for end in marks]
    return [word for some in first if some and (reach > 2 or _is_participle(some[0])) for word in some]


def _is_participle(word: Word) -> bool:
    form = read_verb(word.text)
    return form is not None and form.mood is Mood.PARTICIPLE


def _are_under(words: list[Word], proviso: re.Pattern[str], aligned: Aligned) -> bool:
    """True when the quotes have one of these words nowhere but under a proviso."""
    verdicts = []
    for word in words:
        places = [place for place in aligned.of(word) if place.nearness >= DERIVED] or aligned.best(word)
        if places:
            verdicts.append(all(place.word in _governed(aligned.sources[place.source], proviso) for place in places))
    return any(verdicts)


def _governed(reading: Reading, proviso: re.Pattern[str]) -> list[Word]:
    """The words of a quote under a proviso: those after it up to a pause, and those before "dove possibile"."""
    found: list[Word] = []
    pauses = r"[;.]" if proviso is _CONDITION else r"[;.,]"
    for match in proviso.finditer(reading.text):
        found += _after(match, reading, pauses)[:REACH]
        if _AROUND.search(match.group()):
            found += [word for word in reading.words if word.end <= match.start()][-BEFORE:]
    return found


def _after(match: re.Match[str], reading: Reading, pauses: str) -> list[Word]:
    """The words of a quote after a proviso, up to the next pause."""
    stop = re.compile(pauses).search(reading.text, match.end())
    end = stop.start() if stop else len(reading.text)
    return [word for word in reading.words if match.end() <= word.start < end]
