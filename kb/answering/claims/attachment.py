"""
Attachment: whether what a claim ties together is tied together in its quotes: who does it, to what, and where.

All words of a false sentence may stand in its quote, recombined: "A fa X, B fa Y" → "A fa Y". So each verb of the claim
is looked up in the quotes with its subject, its agent and its object, each number with what it counts, each phrase with
what it hangs on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise

from kb.answering.claims.alignment import Aligned, Word
from kb.answering.claims.belonging import (
    COMMON_NAMES,
    agents_of,
    counted_by,
    doers_of,
    is_between,
    is_common_name,
    is_done_to,
    is_gapped,
    is_said_of,
    is_subject_in,
    is_topic,
    tools_of,
)
from kb.answering.claims.binding import is_year, mixes_figures, takes_the_whole
from kb.answering.claims.clauses import parse
from kb.answering.claims.phrases import (
    Node,
    Part,
    Phrase,
    Verb,
    Voice,
    above,
    all_words,
    are_close,
    are_listed,
    are_tied,
    do_touch,
    has_own_subject,
    own_subjects,
    words_of,
)
from kb.answering.claims.provisos import SELF
from kb.language.figures import FigureKind
from kb.language.kinship import DERIVED
from kb.language.verbs import Mood
from kb.language.words import fold

Place = tuple[int, Node]
"""A quote's number, and the verb or phrase of it that has a word of the claim."""
LITERAL_SHARE = 0.95
LONGEST_ARTICLE = 4
"""Characters before a name that opens a sentence, at most ("Gli ")."""
_CAUSED = re.compile(r"\b(?:far|fare|fa|fanno|a)\s+$", re.IGNORECASE)
"""Before an infinitive that someone else does: "aiuta i Comuni a far partire"."""
_LINKED = frozenset(("che", "mentre", "quando", "se", "cui"))
_LABELS = frozenset(
    "driver missione missioni linea azione capitolo pagina pagine sttm articolo comma numero zona".split()
)
_LEADING = frozenset("venire andare potere dovere volere stare sapere intendere puntare mirare".split())
_FRAMES = frozenset(
    """
    appartenere dare comprendere includere permettere consentire servire rendere occorrere bisognare spettare svolgere
    nascere figurare restare rimanere stare diventare trasformare comparire risultare rappresentare
    """.split()
)
"""Verbs that only say that there is something, of which the quotes may use another."""


def find_misattached(aligned: Aligned) -> str | None:
    """
    Which tie of the claim the quotes don't have, None where they have all.

    "figures" (two that no quote has together), "actor" (a deed of someone by name), "agent", "counted"; and, of a claim
    made wholly of the quotes' words, "subject", "object", "patched" (an adjective of another noun), "predicate" (said
    with "è" of something else), "phrase". What is said in other words is tied in other ways too.
    """
    if mixes_figures(aligned) or takes_the_whole(aligned):
        return "figures"
    ties = _Ties(aligned)
    of_verbs: dict[str, Callable[[Verb], bool]] = {"actor": ties.has_another_actor, "agent": ties.has_another_agent}
    of_phrases: dict[str, Callable[[Phrase], bool]] = {"counted": ties.counts_another}
    if is_literal(aligned):
        of_verbs |= {"subject": ties.has_another_subject, "object": ties.has_another_object}
        of_phrases |= {
            "patched": ties.is_patched,
            "predicate": ties.has_another_predicate,
            "phrase": ties.hangs_elsewhere,
        }
    faults = [name for verb in ties.verbs for name, is_wrong in of_verbs.items() if is_wrong(verb)]
    faults += [name for phrase in ties.phrases for name, is_wrong in of_phrases.items() if is_wrong(phrase)]
    return next(iter(faults), None)


def is_literal(aligned: Aligned) -> bool:
    """True for a claim whose telling words are, all but one in twenty, the quotes' own in some form."""
    words = [word for word in aligned.claim.words if not word.light and word.figure is None]
    telling = [word for word in words if fold(word.text) not in SELF]
    own = sum(any(place.nearness >= DERIVED for place in aligned.of(word)) for word in telling)
    return own >= LITERAL_SHARE * len(telling)


class _Ties:
    """A claim and its quotes, cut into verbs and phrases."""

    def __init__(self, aligned: Aligned) -> None:
        self._aligned = aligned
        self._mine = parse(aligned.claim)
        self._theirs = [parse(source) for source in aligned.sources]
        self.verbs = self._mine.verbs
        self.phrases = [node for node in self._mine.nodes if isinstance(node, Phrase)]

    def has_another_actor(self, verb: Verb) -> bool:
        """True for another subject, where it is called by a name: "i Comuni" for "la Regione"."""
        if not self._has_name(verb.subjects) or _CAUSED.search(self._aligned.claim.text[: verb.word.start]):
            return False
        return self.has_another_subject(verb)

    def _goes_on(self, verb: Verb) -> bool:
        """True when a quote gives the deed to "la società", of which the claim speaks by its name."""
        if any(fold(word.text) in COMMON_NAMES for word in self._aligned.claim.words):
            return False
        heads = [node for _, home in self._homes([verb.word]) for node in (home, *own_subjects(home))]
        return any(is_common_name(head) for head in heads if isinstance(head, Phrase))

    def has_another_subject(self, verb: Verb) -> bool:
        """True when the quotes have the verb, and never with the claim's subject."""
        subjects = self._named(verb.subjects)
        if not _is_main(verb) or self._leads(verb):
            return False
        if _are_self(all_words(subjects)):
            return self._is_of_a_named(subjects, self._homes([verb.word]))
        doers, homes = self._places_of(subjects), self._homes([verb.word])
        if not doers or (self._has_name(subjects) and self._goes_on(verb)):
            return False
        if verb.voice is Voice.PASSIVE and self._is_patient(doers, homes):
            return False
        if isinstance(verb.governor, Verb) and verb.governor.infinitive in _FRAMES:
            return bool(homes) and not any(a == b and are_tied(one, node) for a, one in doers for b, node in homes)
        known = any(is_subject_in(node, self._theirs[source]) for source, node in doers)
        if verb.word.light or verb.infinitive in _FRAMES:
            return not known and not self._touches(verb, doers)
        if known and not self._is_firm(verb.word):
            return False
        telling = [home for home in homes if _tells_who(home[1], named=self._has_name(subjects))]
        return bool(telling) and not any(self._is_done_by(home, doers, verb) for home in homes)

    def _is_of_a_named(self, subjects: list[Phrase], homes: list[Place]) -> bool:
        """True when the quotes never name whoever the claim speaks of, and say it of another name."""
        named = {fold(word.text) for source in self._aligned.sources for word in source.words}
        if not subjects or not homes or named & SELF:
            return False
        return all(any(one.words[0].is_capital for one in node.subjects) for _, node in homes)

    def _is_patient(self, doers: list[Place], homes: list[Place]) -> bool:
        """True when a quote does it to what is the subject of the claim's passive verb, also as "lo", "la"."""
        return any(isinstance(node, Verb) and node.clitic for _, node in homes) or any(
            a == b and is_done_to(node, one, turned=False) for a, node in homes for b, one in doers
        )

    def _is_firm(self, word: Word) -> bool:
        """True for a word that the quotes have in one of its own forms, not only as a synonym."""
        return any(place.nearness >= DERIVED for place in self._aligned.of(word))

    def _named(self, subjects: list[Phrase]) -> list[Phrase]:
        """Some subjects with their other names in brackets."""
        apposed = [node for node in self.phrases if node.apposed]
        return [*subjects, *(node for node in apposed if any(one in subjects for one in above(node)))]

    def _leads(self, verb: Verb) -> bool:
        """True for a "può", "deve", "vuole" with the verb that it leads right after it."""
        following = self._mine.nodes[self._mine.nodes.index(verb) + 1 :][:1]
        leads = verb.word.light or verb.infinitive in _LEADING
        return leads and any(isinstance(node, Verb) and node.voice is not Voice.MODIFIER for node in following)

    def _touches(self, verb: Verb, doers: list[Place]) -> bool:
        """True when what the claim says of the subject hangs on it in a quote, or the reverse."""
        said = [node for node in self._mine.nodes if verb in above(node) and node not in verb.subjects]
        places = [place for node in said for place in self._homes(words_of(node))]
        return any(a == b and do_touch(node, one) for a, node in doers for b, one in places)

    def _is_done_by(self, home: Place, doers: list[Place], verb: Verb) -> bool:
        source, node = home
        parsed = self._theirs[source]
        theirs = doers_of(node, parsed, passive=verb.voice is Voice.PASSIVE)
        if theirs is None:
            return True
        has_object = any(one.part is Part.OBJECT and verb in above(one) for one in self.phrases)
        if not has_object and verb.voice is Voice.ACTIVE:  # "gli accordi aumentano" where the quote increases them
            theirs += [thing for thing in parsed.nodes if is_done_to(node, thing, turned=False)]
        if any(not phrase.words[0].is_capital for phrase in verb.subjects):
            theirs += tools_of(node, parsed)
        if any(one == source and doer in theirs for one, doer in doers):
            return True
        if any(one == source and is_gapped(doer, node, parsed) for one, doer in doers):
            return True
        named = {fold(word.text) for one in theirs for word in words_of(one)}
        return not any(one == source for one, _ in doers) and bool(named) and named <= SELF

    def has_another_agent(self, verb: Verb) -> bool:
        """True when the quotes say by whom something is done, and it is not by whom the claim says."""
        if verb.voice is Voice.ACTIVE or not self._is_firm(verb.word):
            return False
        theirs = [(source, agents_of(node, self._theirs[source])) for source, node in self._homes([verb.word])]
        theirs = [(source, agents) for source, agents in theirs if agents]
        mine = [one for one in self.phrases if one.preposition == "da" and one.parent is verb and not one.inherits]
        for agent in mine:
            places = [] if _are_self(agent.words) else self._places(agent.words)
            if places and theirs and not any(a == b and one in agents for a, one in places for b, agents in theirs):
                return True
        return False

    def has_another_object(self, verb: Verb) -> bool:
        """True when the quotes have the verb and the object, and never the one on the other."""
        homes = self._homes([verb.word])
        if verb.word.light or verb.infinitive in _FRAMES or not any(isinstance(home, Verb) for _, home in homes):
            return False
        objects = [one for one in self.phrases if one.parent is verb and one.part is Part.OBJECT]
        objects += verb.subjects if verb.voice is Voice.PASSIVE else []
        return any(
            self._is_of_another(verb, thing, homes)
            for thing in objects
            if thing.sibling is None and not any(word.figure for word in thing.words)
        )

    def _is_of_another(self, verb: Verb, thing: Phrase, homes: list[Place]) -> bool:
        places = self._homes(thing.words[:1]) or self._homes(thing.words)
        if not places:
            return False
        if self._is_firm(verb.word):
            turned, firm = not verb.subjects, self._homes([verb.word], least=DERIVED)
            return not any(a == b and is_done_to(node, one, turned=turned) for a, node in firm for b, one in places)
        differ = self._differ(verb.word, thing.words)
        return not any(
            a == b and are_tied(node, one) and (differ or node is not one) for a, node in homes for b, one in places
        )

    def _differ(self, word: Word, others: list[Word]) -> bool:
        """True when the quotes have a word elsewhere than others."""
        taken = {(place.source, place.word.at) for other in others for place in self._aligned.best(other)}
        return any((place.source, place.word.at) not in taken for place in self._aligned.of(word))

    def has_another_predicate(self, phrase: Phrase) -> bool:
        """True when the claim says with "è" what the quotes say of something else."""
        subjects = self._named(phrase.subjects)
        if any(word.figure for word in phrase.words):
            return False
        if _are_self(all_words(subjects)):
            return self._is_of_a_named(subjects, self._places(phrase.words))
        if not all(self._is_firm(word) for word in phrase.words[:1]):
            return False
        mine, theirs = self._places_of(subjects), self._places(phrase.words)
        agree = do_touch if phrase.owned else is_said_of
        return bool(mine and theirs) and not any(
            a == b and agree(x, y) and not is_between(x, y) for a, x in mine for b, y in theirs
        )

    def is_patched(self, phrase: Phrase) -> bool:
        """True when an adjective of the claim goes, in the quotes, with another noun."""
        words = [word for word in phrase.words if not word.light and word.figure is None and self._is_firm(word)]
        if _are_self(phrase.words) or any(word.is_capital for word in words):
            return False
        over = [word for node in above(phrase)[:3] if isinstance(node, Phrase) for word in node.words]
        for noun, adjective in pairwise(words):
            if adjective.before or adjective.at != noun.at + 1:
                continue
            mine, theirs = self._homes([noun, *over]), self._homes([adjective])
            heads = [node for _, node in theirs if isinstance(node, Phrase)]
            if any(self._aligned.best(adjective)[0].word is node.words[0] for node in heads):
                continue  # a noun of its own in the quote
            if mine and theirs and not any(a == b and are_close(x, y) for a, x in mine for b, y in theirs):
                return True
        return False

    def counts_another(self, phrase: Phrase) -> bool:
        """True when a number counts, in the quotes, something else."""
        if _LABELS & {fold(word.text) for word in phrase.words}:
            return False
        alone = sum(word.figure is not None for word in self._aligned.claim.words) == 1
        for number in phrase.words if alone or phrase.words[-1].figure is None else []:
            if number.figure is None or number.figure.kind is not FigureKind.NUMBER or is_year(number.figure):
                continue
            things, places = self._homes(self._counted(number, phrase)), self._homes([number])
            counted = [(source, one) for source, node in places for one in counted_by(node, self._theirs[source])]
            if things and places and not set(things) & set(counted):
                return True
        return False

    def _counted(self, number: Word, phrase: Phrase) -> list[Word]:
        """The word that a number of the claim counts: after it, its subject, or right after "sono 156"."""
        after = [word for word in phrase.words if word.at > number.at and word.figure is None]
        said = [word for word in all_words(phrase.subjects) if word.figure is None and not word.light]
        rest = self._mine.nodes[self._mine.nodes.index(phrase) + 1 :][:1] if number is phrase.words[-1] else []
        behind = [one.words[0] for one in rest if isinstance(one, Phrase) and not one.preposition]
        return (after or said or behind)[:1]

    def hangs_elsewhere(self, phrase: Phrase) -> bool:
        """True when a phrase stands in the quotes, and never with anything that it may hang on in the claim."""
        if phrase.part is not Part.OBLIQUE or phrase.inherits or any(word.figure for word in phrase.words):
            return False
        if self._is_fronted(phrase) or not self._is_firm(phrase.words[0]):
            return False
        places = [] if _are_self(phrase.words) else self._places(phrase.words)
        heads = [place for head in self._heads_of(phrase) for place in self._homes(words_of(head))]
        if not places or not heads or any(is_topic(node, self._theirs[source]) for source, node in places):
            return False
        if any(isinstance(one, Verb) and one.clitic for _, node in heads for one in [node, *above(node)]):
            return False
        return not any(a == b and are_tied(node, one) for a, node in heads for b, one in places)

    def _has_name(self, phrases: Iterable[Phrase]) -> bool:
        """True for subjects that are called by a name."""
        return any(self._is_name(word) for word in all_words(phrases) if word.is_capital)

    def _is_name(self, word: Word) -> bool:
        """True for a capital that opens no sentence, or that is one in the quotes too."""
        if word.start > LONGEST_ARTICLE or fold(word.text) in SELF:
            return True
        return any(place.word.is_capital for place in self._aligned.best(word))

    def _is_fronted(self, phrase: Phrase) -> bool:
        """True for what stands before the first verb or "è" of the claim: it may go with all that follows."""
        before = self._mine.nodes[: self._mine.nodes.index(phrase)]
        return not any(has_own_subject(one) if isinstance(one, Verb) else one.subjects for one in before)

    def _heads_of(self, phrase: Phrase) -> list[Node]:
        """What a phrase may hang on: all before it back to the verb and above that; a fronted one on its verb."""
        parent = phrase.parent
        if _LINKED & set(phrase.small):
            return [parent] if isinstance(parent, Verb) else []
        before = self._mine.nodes[: self._mine.nodes.index(phrase)]
        heads: list[Node] = []
        for node in reversed(before):
            if not are_listed(node, phrase):
                heads.append(node)
            if isinstance(node, Verb) and node.voice is not Voice.MODIFIER and not node.word.light:
                break
        outer = next((node for node in reversed(before) if isinstance(node, Verb)), None)
        heads += above(outer) if outer is not None else []
        if not isinstance(parent, Verb) or parent in heads:
            return heads
        beside = [one for one in self.phrases if one.parent is parent and one is not phrase]
        return [*heads, parent, *beside] if parent.word.light else [parent]

    def _places_of(self, phrases: list[Phrase]) -> list[Place]:
        return [place for phrase in phrases for place in self._places(phrase.words)]

    def _places(self, words: Iterable[Word]) -> list[Place]:
        """Where the quotes best have the words that say something; of a name, where most of it stands."""
        words = list(words)
        telling = [word for word in words if not word.light] or words
        own = [word for word in telling if fold(word.text) not in SELF] or telling
        homes = self._homes(own, best=True)
        if not any(word.is_capital for word in own):
            return homes
        held = Counter(homes)
        return [home for home in homes if held[home] == max(held.values())]

    def _homes(self, words: Iterable[Word], *, best: bool = False, least: float = 0.0) -> list[Place]:
        found: list[Place] = []
        for word in words:
            for place in self._aligned.best(word) if best else self._aligned.of(word):
                if place.nearness < least:
                    continue
                node = self._theirs[place.source].home.get(place.word.at)
                if node is not None:
                    found.append((place.source, node))
        return found


def _tells_who(node: Node, *, named: bool) -> bool:
    """True for a verb of a quote; of a name also for a noun that says the same deed."""
    return named or isinstance(node, Verb)


def _is_main(verb: Verb) -> bool:
    """True for a verb with a subject of its own, and for an infinitive that one of wish or duty governs."""
    if verb.voice is Voice.MODIFIER or "si" in verb.word.before.split() or not verb.subjects:
        return False
    if verb.mood in (Mood.FINITE, Mood.PARTICIPLE):
        return True
    over = verb.governor
    governed = isinstance(over, Verb) and (over.word.light or over.infinitive in _FRAMES)
    return verb.mood is Mood.INFINITIVE and governed


def _are_self(words: Iterable[Word]) -> bool:
    """True for words that only name whoever the documents speak of throughout."""
    return all(
        fold(word.text) in SELF or (word.figure is not None and word.figure.kind is FigureKind.NUMBER) for word in words
    )
