"""Provisos: "dove possibile", "se", "può", "affinché"; what a quote says under one is no fact without it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.answering.claims.alignment import Aligned, Place, Reading, Word, roots_of
from kb.answering.claims.clauses import parse
from kb.answering.claims.conditions import drops_condition, is_only_but
from kb.answering.claims.cues import DETERMINERS
from kb.answering.claims.phrases import Phrase, Voice, has_own_subject
from kb.language.kinship import DERIVED, are_rivals, is_generic, is_idle
from kb.language.polarity import Mark, MarkKind, find_marks
from kb.language.verbs import Mood, read_verb
from kb.language.words import fold

SELF = frozenset("citta metropolitana milano ente piano strategico strategica psttm driver documento agenda".split())
"""Whoever the documents speak of throughout: a quote may name it in one way and the claim in another."""
TIMES = frozenset("minuto minuti ora ore giorno giorni settimana settimane mese mesi anno anni volta volte".split())
"""Folded units of time, which a "non" before them does not deny."""
REACH = 7
"""Words after a proviso that stand under it, at most."""
MOST = 0.4
"""The share of a claim's words that must stand under a proviso where it has no verb of its own to tell by."""
BEFORE = 2
"""Words before "dove possibile" that stand under it too."""
_CONDITION = re.compile(
    r"\b(?:se(?! ne\b| non (?:solo|altro))|qualora|purché|salvo|eccetto|tranne|a (?:condizione|patto)|sempre che|"
    r"nel caso|in caso|d?ove (?:possibile|necessario|opportuno|si p\w+)|(?:se|quando) possibile|"
    r"in via sperimentale|sperimental\w+|eventual\w+|a titolo \w+|per quanto possibile)\b",
    re.IGNORECASE,
)
_AROUND = re.compile(r"possibile|necessario|opportuno|sperimental|eventual", re.IGNORECASE)
_RISK = re.compile(r"\b(?:rischi\w*|potrebb\w+|\w{2,}rebber?o?|forse|probabil\w+)\b", re.IGNORECASE)
_MAY_BEFORE = re.compile(r"(?<!non )\b(?:può|possono|potr\w+)\s+$", re.IGNORECASE)
_FINITE = re.compile(r"(?:[aei]|ono|ano|rà|ranno)$")
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
_QUALITY = re.compile(r"(?:ant|ent|evol|bil|al|ar|iv)[ei]$")
"""How an adjective ends that a "non" before it denies alone."""
_ENDS = re.compile(r"[.;:]\s")
_NOT = re.compile(r"\bnon\s+(?:si\s+)?$", re.IGNORECASE)
_THOSE = re.compile(r"\bquell[aeio]\s", re.IGNORECASE)
_OF_THOSE = re.compile(r"\s*(?:quell[ei]|coloro|ciò)\b", re.IGNORECASE)
"""After a "tutte" of what was named before: "le domande …, e tutte quelle per cui"."""
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
    said = [verb.word for verb in verbs]
    if _are_under(said or _telling(aligned.claim.words), _CONDITION, aligned, share=0.0 if said else MOST):
        return True
    if _TO_COME.search(claim) or any(mark.kind in _HEDGES for mark in find_marks(claim)):
        return False
    if _does_what_may_be_done(aligned):
        return True
    finite = [verb.word for verb in verbs if has_own_subject(verb)]
    return _are_under(said, _RISK, aligned) or _are_under(finite or _predicates(aligned.claim), _OPEN, aligned)


def _does_what_may_be_done(aligned: Aligned) -> bool:
    """True for a "trattiene" where the quotes have "può trattenere", also of a verb that is in no list."""
    for word in aligned.claim.words:
        if word.before.split() or not _FINITE.search(word.text) or read_verb(word.text) is not None:
            continue
        places = [place for place in aligned.of(word) if place.nearness >= DERIVED]
        if places and all(_MAY_BEFORE.search(aligned.sources[p.source].text[: p.word.start]) for p in places):
            return True
    return False


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
    if any(_denies_a_denial(word, aligned) for word in aligned.claim.words if DENYING.fullmatch(word.text)):
        return True
    if denies or (DENYING.search(aligned.claim.text) and not says_denial(aligned)):
        return False
    wholes = [any(mark.kind is MarkKind.NOT_ONLY for mark in find_marks(source.text)) for source in aligned.sources]
    for word in aligned.claim.words:
        places = [] if word.light or word.figure or is_idle(word.stem) or is_common(word) else aligned.best(word)
        if not {place.source for place in places} & aligned.fullest(word):
            continue  # "i bambini non pagano" denies nothing of who is told of elsewhere
        if places and all(
            _is_denied(place.word, aligned.sources[place.source])
            and not wholes[place.source]
            and not _is_denied_by_opposite(place, aligned)
            and not goes_on_as_those(place, aligned)
            and not is_only_but(aligned.claim.text, aligned.sources[place.source].text)
            for place in places
        ):
            return True
    return False


def _is_denied_by_opposite(place: Place, aligned: Aligned) -> bool:
    """True where the claim says the opposite of what a quote denies: "gratuita" for "non paga"."""
    source = aligned.sources[place.source]
    first = [
        next((word for word in source.words if word.start >= mark.end), None)
        for mark in find_marks(source.text)
        if mark.kind is MarkKind.NEGATION and mark.end <= place.word.start
    ][-1:]
    mine = [root for word in aligned.claim.words if not word.negated for root in roots_of(word)]
    if any(DENYING.fullmatch(word.text) for word in first if word):
        return True  # "non sono esclusi" denies nothing
    return any(are_rivals(one, root) for word in first if word for one in mine for root in roots_of(word))


def goes_on_as_those(place: Place, aligned: Aligned) -> bool:
    """True for a noun that a later "quelle" stands for: "non si aprono cave, quelle esistenti si recuperano"."""
    source = aligned.sources[place.source]
    those = _THOSE.search(source.text, place.word.end)
    if those is None or _ENDS.search(source.text[place.word.end : those.start()].replace(";", ",")):
        return False
    which = [one for one in source.words if one.start >= those.end()][:2]
    said = [other for one in aligned.claim.words for other in aligned.best(one)]
    return any(other.source == place.source and other.word in which for other in said)


def says_denial(aligned: Aligned) -> bool:
    """True where each "escluso" or "vietato" of the claim is its quotes' own: then it stands for no "non" of theirs."""
    words = [word for word in aligned.claim.words if not DETERMINERS & set(word.before.split())]
    denying = [word for word in words if DENYING.fullmatch(word.text)]
    return bool(denying) and all(any(place.nearness >= DERIVED for place in aligned.best(word)) for word in denying)


def _denies_a_denial(word: Word, aligned: Aligned) -> bool:
    """True for an "escluso" on what the quotes say "non è escluso" of, or the reverse."""
    if DETERMINERS & set(word.before.split()):
        return False  # "non rispetta il divieto"
    places = [place for place in aligned.best(word) if place.nearness >= DERIVED]
    near = [one for one in aligned.claim.words if one is not word and not one.light and one.figure is None]
    about = {
        (place.source, sentence_at(place.word.start, aligned.sources[place.source].text))
        for one in near
        for place in aligned.best(one)
    }
    told = [p for p in places if (p.source, sentence_at(p.word.start, aligned.sources[p.source].text)) in about]
    return bool(told) and all(place.word.negated != word.negated for place in told)


def sentence_at(place: int, text: str) -> int:
    """Where the sentence of a place begins."""
    return max((stop.end() for stop in _ENDS.finditer(text, 0, place)), default=0)


def is_common(word: Word) -> bool:
    """True for a word of every use, which may stand in a quote of something else too."""
    return not word.is_capital and read_verb(word.text) is None and is_generic(word.stem)


def _is_denied(word: Word, source: Reading) -> bool:
    denied = [mark.end for mark in find_marks(source.text) if mark.kind is MarkKind.NEGATION and mark.end <= word.start]
    if not word.negated or not denied or fold(word.text) in SELF or fold(word.text) in TIMES:
        return False
    first = next(one for one in source.words if one.start >= denied[-1])
    alone = _QUALITY.search(first.text) and not source.text[denied[-1] : first.start].strip()
    return first is word or not alone  # "parere non vincolante sui turni" denies no turns


def speaks_of_all(place: Place, mark: Mark, aligned: Aligned) -> bool:
    """True for a noun that a "tutte quelle che …" of its sentence stands for, where the claim says which too."""
    source, word = aligned.sources[place.source], place.word
    if word.end > mark.start or not _OF_THOSE.match(source.text[mark.end :]):
        return False
    if re.search(r"[.;]\s", source.text[word.end : mark.start]):
        return False
    which = [one for one in source.words if one.start >= mark.end][:3]
    said = [other for one in aligned.claim.words for other in aligned.best(one)]
    return any(other.source == place.source and other.word in which for other in said)


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


def _are_under(words: list[Word], proviso: re.Pattern[str], aligned: Aligned, *, share: float = 0.0) -> bool:
    """True when the quotes have one of these words, and more than a share, nowhere but under a proviso."""
    verdicts = []
    for word in words:
        places = [place for place in aligned.of(word) if place.nearness >= DERIVED] or aligned.best(word)
        if places:
            verdicts.append(all(place.word in _governed(aligned.sources[place.source], proviso) for place in places))
    return sum(verdicts) > share * len(verdicts)


def _governed(reading: Reading, proviso: re.Pattern[str]) -> list[Word]:
    """The words of a quote under a proviso: those after it up to a pause, and those before "dove possibile"."""
    found: list[Word] = []
    pauses = r"[;.]" if proviso is _CONDITION else r"[;.,]"
    for match in proviso.finditer(reading.text):
        if proviso is _OPEN and _NOT.search(reading.text[: match.start()]):
            continue  # "non possono" leaves nothing open
        found += _after(match, reading, pauses)[:REACH]
        if _AROUND.search(match.group()):
            found += [word for word in reading.words if word.end <= match.start()][-BEFORE:]
    return found


def _after(match: re.Match[str], reading: Reading, pauses: str) -> list[Word]:
    """The words of a quote after a proviso, up to the next pause."""
    stop = re.compile(pauses).search(reading.text, match.end())
    end = stop.start() if stop else len(reading.text)
    return [word for word in reading.words if match.end() <= word.start < end]
