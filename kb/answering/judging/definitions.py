"""Definitions: whether a sentence says what a term is, tells something of it, or merely names it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from kb.answering.state import Evidence
from kb.answering.weighing.weights import stems_of
from kb.language.figures import number_words
from kb.language.questions import Asked, Expectation, term_to_define
from kb.language.stems import has_stem
from kb.language.verbs import Mood, read_verb
from kb.language.words import STOP_WORDS, content_stems, fold, stem, tokenize

_WORD = re.compile(r"[\w’']+")
_CALLED = re.compile(
    r"(?:\b(?:chiamat\w|denominat\w|dett\w|definit\w|nome di|(?:cioè|ovvero|ossia)(?: \w{1,5})?|sigla|indica\w*"
    r"|significa\w*|vuol dire|(?:è|sono|come) (?:il|lo|la|i|gli|le|un|uno|una|l')?)|\()\W*$"
)
"""What stands before a term that is the name of what was just told."""
_TOLD_AFTER = re.compile(
    r"\W{0,2}\s*(?:\(|:|[–-]\s|(?:\w+ ?){0,2},\s*(?:un[oa']?\s|un'|cioè|ovvero|ossia|denominat|chiamat|dett)"
    r"|(?:,[^,.;:]{3,50},|,)?\s*(?:che|il quale|la quale|i quali|le quali"
    r"|(?:grazie a|con|in|per)(?:l|i|lla|gli|lle)? (?:qual\w+|cui))\b)"
)
"""What stands after a term of which something is told: a bracket, an apposition, a clause of its own."""
_DEFINES = re.compile(r"\b(?:è|sono|significa|significano|indica|vuol dire)\b|\s\(|\s–\s|:")
_DONE_TO = re.compile(r"\b(?:è|sono) (?:stat[oaie] |ora |già )?\w+(?:[aiu]t|ess|ost|ers)[oaie]\b")
_BESIDE_THE_SUBJECT = 3
"""Words that may stand beside the thing defined, before what it is."""
_REPORTED = 0.5
"""What a sentence counts that tells what is done to the thing ("I Driver sono elencati …"), not what it is."""
_SMALL = STOP_WORDS | {"vari", "varie", "nuovo", "nuova", "nuovi", "nuove", "anche", "cosiddetti", "cosiddette"}
_ARTICLES = frozenset(("il", "lo", "la", "i", "gli", "le", "un", "uno", "una", "l'"))
_OBLIQUE = re.compile(
    r"\b(?:di|a|da|in|con|su|per|tra|fra|[dn]e[il]\w*|[dn]egli|a[il]\w*|da[il]\w*|su[il]\w*|coi|col)\b"
)
_ONE_OF_THEM = re.compile(r"\s*\d")
"""A number after a term makes it one of its kind: "il Driver 6" says nothing of what the Drivers are."""
AS_MUCH = 0.9
"""A sentence that tells what a term is comes first where it holds this share of what the best one holds."""
_SOON = 6
"""Words after a term within which its verb stands."""


def defines(asked: Asked, text: str) -> float:
    """In [0, 1]: 1 when a sentence opens with the thing asked about and says what it is or stands for, else less."""
    opening = _DEFINES.search(text)
    subject = stems_of(text[: opening.start()]) if opening else frozenset()
    # A bracket after a whole clause explains another thing: "Il PTM riconosce nella Rete Verde (RVM) il perno …".
    is_short = 0 < len(subject) <= len(asked.focus) + _BESIDE_THE_SUBJECT
    # "La STTM 3 è …" defines one of them.
    is_one = any(word[0].isdigit() and word not in asked.focus for word in subject)
    if not is_short or is_one or not all(has_stem(subject, word) for word in asked.focus) or _is_of_it(asked, text):
        return 0.0
    return _REPORTED if opening and _DONE_TO.match(text, opening.start()) else 1.0


def _is_of_it(asked: Asked, text: str) -> bool:
    """True where a sentence opens with something of the thing asked about: "Il terzo carattere dei Driver è …"."""
    tokens = tokenize(text)
    place = next((at for at, token in enumerate(tokens) if has_stem(asked.focus, stem([token])[0])), 0)
    return place > 1 and bool(_OBLIQUE.fullmatch(tokens[place - 1]))


def undefined_term(asked: Asked, question: str, chosen: Sequence[Evidence]) -> str | None:
    """The term whose definition alone is asked where none of the sentences says what it is; None elsewhere."""
    term = term_to_define(question)
    if asked.expects is not Expectation.DEFINITION or asked.language == "en" or term is None or not chosen:
        return None
    told = any(one.features.get("definition") or tells_what_it_is(term, one.text) for one in chosen)
    return None if told else _as_typed(" ".join(_without_article(term)), question)


def told_first(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """
    Where no sentence defines the term asked, those that tell what it is before the others that hold as much of it.

    The rest keep their order; all of them do where something else than a definition is asked.
    """
    term = term_to_define(question)
    if term is None or not evidence or any(one.features.get("definition") == 1.0 for one in evidence):
        return list(evidence)
    least = AS_MUCH * evidence[0].features.get("coverage", 0.0)
    return sorted(
        evidence,
        key=lambda one: one.features.get("coverage", 0.0) < least or not tells_what_it_is(term, one.text),
    )


def tells_what_it_is(term: str, sentence: str) -> bool:
    """
    True where a sentence has a term as the subject of its verb, glosses it, or tells of it in a clause of its own.

    "Il PTM è uno strumento", "la Rete Verde (RVM)" and "un nodo che unisce" do; "organizzati per Zone" does not. A
    sentence that holds none of the term's words tells of it in others, which is not judged here.
    """
    said = sentence.lower().replace("’", "'")
    wanted = frozenset(content_stems(term))
    places = [match for match in _WORD.finditer(said) if wanted & stems_of(match.group())]
    if not wanted or not places:
        return True
    # The whole term, and each stretch of it: "i poli produttivi" where "poli produttivi sovracomunali" is asked.
    stretches = [(places[0], places[-1]), *pairwise([*places, places[-1]])]
    return any(_is_told(said[: first.start()], said[last.end() :]) for first, last in stretches)


def _is_told(before: str, after: str) -> bool:
    if _ONE_OF_THEM.match(after):
        return False
    if _CALLED.search(before) or _TOLD_AFTER.match(after):
        return True
    return _opens(before) and _has_verb(after)


def _opens(before: str) -> bool:
    """True where only small words stand before, and no preposition that would make the term another's."""
    return not _OBLIQUE.search(before) and all(
        word in _SMALL or word.isdigit() or word in number_words() for word in tokenize(before)
    )


def _has_verb(after: str) -> bool:
    readings = (read_verb(word) for word in tokenize(after)[:_SOON])
    return any(reading is not None and reading.mood is Mood.FINITE for reading in readings) or bool(
        re.match(r"\W*(?:\w+ ){0,4}?(?:è|sono|ha|hanno|va|vanno|serve|servono)\b", after)
    )


def _as_typed(term: str, question: str) -> str:
    """A folded term as it stands in the question, accents and all; itself where its letters are not found there."""
    typed = " ".join(question.split())
    at = fold(typed).find(term)
    return typed[at : at + len(term)] if at >= 0 and len(fold(typed)) == len(typed) else term


def _without_article(term: str) -> list[str]:
    words = term.replace("'", "' ").split()
    return words[1:] if words[0] in _ARTICLES else words
