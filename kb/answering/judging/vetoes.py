"""Vetoes: questions whose best sentences can't be an answer, whatever they share with them in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from kb.answering.forms import talk_pattern
from kb.answering.judging.conditions import meets_names
from kb.answering.judging.expansions import read_expansions
from kb.answering.judging.expected import is_year
from kb.answering.judging.outvoting import is_nearest, stands_out
from kb.answering.judging.things import own_names
from kb.answering.judging.untold import FAR, LACKS_WHAT_OTHERS_HAVE, NOTHING_NEAR, is_untold, names_nobody
from kb.answering.state import Evidence, State, Tools
from kb.answering.weighing.weights import WordWeights, stems_of
from kb.language import kinship
from kb.language.figures import missing_figures, number_words
from kb.language.questions import Asked, Expectation, offers_choice, term_to_define
from kb.language.stems import has_stem, same_stem
from kb.language.verbs import verb_stems
from kb.language.words import fold, stem, tokenize

NARROW_QUESTION = 3
"""Words of the subject up to which each of them is the point of a question."""
LONG_QUESTION = 5
"""Words of the subject from which one of them may be beside the point."""
MOST_HELD = 0.6
"""What a sentence must hold of such a question."""
ALSO_HELD = 0.85
"""What a sentence put first for its verb must hold of the question, as a share of what the better one holds."""
FAR_THING = 0.55
"""Below this no document names the things that a list is asked of, whatever is near them."""
FAR_BESIDE = 0.5
"""The same for the question's other words, beside such a one."""
BEST = 5
"""Sentences among which a term must be named where its definition is asked."""
NEAR_WORDS = 6
"""Words between the parts of a term that still is one."""
ENDING = 3
"""Letters in which two forms of a word may differ at their end."""
MOST_PASSAGES = 0.4
"""A word of more than this share of the passages tells none of them from another."""

_NOT_GUESSED = frozenset(
    {Expectation.TIME, Expectation.WHERE, Expectation.PLACE, Expectation.PERSON, Expectation.ACTOR}
)
"""Kinds whose verb is not outvoted: a date, a place or a doer of another deed reads as well as the right one."""
_WHICH = re.compile(r"\W*(?:che|quale|qual e (?:il|lo|la|l))\W(?P<noun>\w+)")
_NAMED_OTHERWISE = frozenset(
    "problema difficolta criticita vantaggio beneficio rischio limite differenza novita ragione conseguenza".split()
)
"""What a sentence may tell without calling it so."""


@dataclass(frozen=True, slots=True)
class Veto:
    """Why a question has no answer; words are the person's own that the reason is about."""

    kind: str  # "elsewhere", "unknown_driver", "not_in_driver", "unknown_word", "untold", "no_subject"
    words: str = ""


def find_veto(state: State, tools: Tools) -> Veto | None:
    """The first reason not to answer, or None; the state holds what was found and its evidence, best first."""
    assert state.asked is not None and state.found is not None
    drivers = state.found.reading.drivers
    known = {passage.driver for passage in tools.library.passages}
    if re.search(talk_pattern("never"), fold(state.standalone)):
        return Veto("elsewhere")
    if lacking := [str(driver) for driver in drivers if driver not in known]:
        return Veto("unknown_driver", ", ".join(lacking))
    if len(drivers) == 1 and (words := words_elsewhere(state.asked, drivers[0], tools)):
        return Veto("not_in_driver", words)
    if state.evidence and asks_of_the_unknown(state.asked, state.evidence[0]):
        return Veto("unknown_word")
    if state.evidence and asks_for_the_unknown(state.asked, state.evidence[0], tools.weights):
        return Veto("unknown_word")
    if state.evidence and _is_untold(state, tools):
        return Veto("untold")
    return Veto("no_subject") if names_nothing(state.asked, tools) else None


def _is_untold(state: State, tools: Tools) -> bool:
    assert state.asked is not None
    return (
        turns_on_the_untold(state.asked, state.evidence[0])
        or tells_of_another(state.evidence)
        or lists_the_unknown(state, tools)
        or defines_the_unnamed(state, tools)
    )


def asks_of_the_unknown(asked: Asked, evidence: Evidence) -> bool:
    """
    True when the point of a narrow question is a word that no document holds and nothing near it.

    "Il PTM è obbligatorio?" and "Chi presiede AFOL?" find every sentence on the PTM and on AFOL, and no answer.
    """
    if asked.language == "en" or evidence.features.get("unknown", 0.0) <= NOTHING_NEAR:
        return False
    if asked.expects is Expectation.YES_NO:
        told = offers_choice(asked.text) or is_nearest(evidence.features)
        return not told and not _one_of_many(asked, evidence)
    told = asked.relation is not None and evidence.features.get("related", 0.0) >= FAR
    return asked.expects is Expectation.ACTOR and len(asked.focus) <= NARROW_QUESTION and not told


def asks_for_the_unknown(asked: Asked, evidence: Evidence, weights: WordWeights) -> bool:
    """
    True where it is asked which so-and-so, and no document has that word and the best sentence none near it.

    "Che fatturato ha CAP Holding?" finds what CAP Holding does.
    """
    match = _WHICH.match(fold(asked.text))
    if match is None or asked.language == "en" or evidence.features.get("unknown", 0.0) <= NOTHING_NEAR:
        return False
    noun = next(iter(stem([match["noun"]])), "")
    if noun not in asked.focus or match["noun"] in _NAMED_OTHERWISE or kinship.is_generic(noun):
        return False
    if weights.frequency.get(noun) or _one_of_many(asked, evidence):
        return False
    return not any(kinship.nearness(noun, word) > 0 for word in stems_of(evidence.text))


def _one_of_many(asked: Asked, evidence: Evidence) -> bool:
    """True where one word of a long question is unknown and the sentence holds most of the others."""
    features = evidence.features
    return (
        len(asked.focus) >= LONG_QUESTION
        and features.get("ghosts", 0.0) <= 1
        and features.get("coverage", 0.0) >= MOST_HELD
    )


def turns_on_the_untold(asked: Asked, evidence: Evidence) -> bool:
    """
    True when neither the sentence nor what stands around it tells what the question turns on or takes for granted.

    "Chi finanzia il Patto?" finds who signed it; "Perché il Politecnico ha abbandonato DITA?" finds what DITA is.
    """
    if asked.language == "en":
        return False
    features = evidence.features
    untold = is_untold(features) or features.get("granted", 1.0) < FAR or _lacks_the_one(asked, features)
    return (untold and not _is_outvoted(asked, evidence)) or not meets_names(asked, evidence.text)


def _lacks_the_one(asked: Asked, features: Mapping[str, float]) -> bool:
    """True where it is asked which the so-and-so is, and neither the sentence nor what is around it has one."""
    if asked.expects is not Expectation.SINGLE or asked.thing is None or kinship.is_generic(asked.thing):
        return False
    return features.get("thing", 1.0) < FAR


def _is_outvoted(asked: Asked, evidence: Evidence) -> bool:
    """True where the sense of a sentence counts for more than the verb or the thing that it lacks."""
    features = evidence.features
    dated = [figure for figure in missing_figures(asked.text, [evidence.text]) if is_year(figure)]
    if asked.expects is Expectation.YES_NO and dated:
        return False
    if asked.expects in _NOT_GUESSED or features.get("whole", 1.0) == LACKS_WHAT_OTHERS_HAVE:
        return False
    return stands_out(features, of_a_figure=features.get("whole", 1.0) < FAR)


def tells_of_another(evidence: Sequence[Evidence]) -> bool:
    """
    True when the first sentence was put before a better one for its verb, and holds far less of the question.

    "Chi possiede CAP Holding?" finds who owns the buildings. A sentence on another subject is no better one.
    """
    of_it = [one for one in evidence if one.features.get("subject", 1.0) >= FAR and not names_nobody(one.features)]
    first, better = evidence[0], max(of_it, key=lambda one: one.score, default=evidence[0])
    return first.features.get("coverage", 1.0) < ALSO_HELD * better.features.get("coverage", 0.0)


def lists_the_unknown(state: State, tools: Tools) -> bool:
    """
    True when things are listed or counted that no document names, nor anything near them ("Quali autostrade …?").

    What is counted may go by another name, but not where a second word is unknown too ("Quanti posti letto …?").
    """
    assert state.asked is not None and state.found is not None
    asked, reading = state.asked, state.found.reading
    thing = asked.thing or asked.counted
    if thing is None or state.asked.language == "en" or tools.weights.frequency.get(thing):
        return False
    mended = stems_of(" ".join(reading.corrections))
    features = state.evidence[0].features
    if asked.counted is not None and features.get("ghosts", 0.0) > 1:
        return True
    far = thing not in mended and features.get("thing", 1.0) < FAR_THING
    return far and (asked.counted is not None or features.get("others", 1.0) < FAR_BESIDE)


def defines_the_unnamed(state: State, tools: Tools) -> bool:
    """
    True when the definition of a term is asked, and nothing else, and none of the best sentences names it.

    "Che cos'è Forestami?" finds "forestazione"; "edilizia residenziale sociale" finds three words apart.
    """
    assert state.asked is not None and state.found is not None
    asked, reading = state.asked, state.found.reading
    term = term_to_define(reading.plain)
    if asked.expects is not Expectation.DEFINITION or asked.language == "en" or term is None:
        return False
    meant = read_expansions({**reading.expansions, **reading.corrections})
    stems = ((token, stem([token])[0]) for token in tokenize(term))
    words = [token for token, found in stems if found in asked.focus and found not in meant]
    return not any(_is_named(words, one, tools) for one in state.evidence[:BEST])


def _is_named(words: Sequence[str], evidence: Evidence, tools: Tools) -> bool:
    """True when a sentence names a term; its document's own names need not be repeated ("… nel regolamento di …")."""
    document = tools.library.documents.get(evidence.passage.document)
    about = own_names(document) if document else frozenset[str]()
    own = [word for word in words if stem([word])[0] not in about]
    return _stand_together(own or words, tokenize(evidence.text))


def _stand_together(words: Sequence[str], tokens: Sequence[str]) -> bool:
    """True when all the words, but for their endings, stand within a few tokens of each other."""
    places = [[at for at, token in enumerate(tokens) if _are_forms(word, token)] for word in words]
    return not places or any(
        all(any(abs(at - first) <= NEAR_WORDS for at in found) for found in places) for first in places[0]
    )


def _are_forms(one: str, other: str) -> bool:
    """True for two forms of a word ("comune", "comuni") or letters swapped, not for words of one root alone."""
    if sorted(one) == sorted(other):
        return True
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return same_stem(stem([one])[0], stem([other])[0]) and max(len(one), len(other)) - shared <= ENDING


def names_nothing(asked: Asked, tools: Tools) -> bool:
    """True when a date is asked of words that stand everywhere ("da quando esiste la Città metropolitana?")."""
    if asked.expects is not Expectation.TIME:
        return False
    most = MOST_PASSAGES * tools.weights.passages
    return all(tools.weights.frequency.get(word, 0) > most for word in asked.focus)


def words_elsewhere(asked: Asked, driver: int, tools: Tools) -> str:
    """The words of "Il Driver 3 riguarda …?" that documents hold and nothing on that Driver does, as typed."""
    if asked.expects is not Expectation.YES_NO or offers_choice(asked.text):
        return ""
    held = frozenset[str]().union(*(stems_of(p.text) for p in tools.library.passages if p.driver == driver))
    frequency = tools.weights.frequency
    wanted = {word for word in asked.focus if frequency.get(word) and word != "driver" and not _is_number(word)}
    missing = {word for word in wanted - verb_stems(asked.text) if not has_stem(held, word)}
    return ", ".join(word for word in re.findall(r"\w+", asked.text) if missing & stems_of(word))


def _is_number(word: str) -> bool:
    return word[0].isdigit() or word in number_words()
