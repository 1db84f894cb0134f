"""Verb ties: whether the deeds of a claim are done in its quotes by whom and to what the claim says."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Word
from kb.answering.claims.belonging import (
    COMMON_NAMES,
    agents_of,
    doers_of,
    is_common_name,
    is_done_to,
    is_gapped,
    is_subject_in,
    takes_the_other_side,
    tools_of,
)
from kb.answering.claims.novelty import is_wide
from kb.answering.claims.phrases import (
    Node,
    Part,
    Phrase,
    Verb,
    Voice,
    above,
    all_words,
    are_tied,
    do_touch,
    has_own_subject,
    own_subjects,
    words_of,
)
from kb.answering.claims.placed import Place, Placed, are_self
from kb.answering.claims.provisos import SELF, TIMES
from kb.language.kinship import is_derived
from kb.language.verbs import Mood
from kb.language.words import fold

_CAUSED = re.compile(r"\b(?:far|fare|fa|fanno|a)\s+$", re.IGNORECASE)
"""Before an infinitive that someone else does: "aiuta i Comuni a far partire"."""
_LEADING = frozenset("venire andare potere dovere volere stare sapere intendere puntare mirare".split())
_FRAMES = frozenset(
    """
    appartenere dare comprendere includere permettere consentire servire rendere occorrere bisognare spettare svolgere
    nascere figurare restare rimanere stare diventare trasformare comparire risultare rappresentare
    """.split()
)
"""Verbs that only say that there is something, of which the quotes may use another."""
_SENTENCE = re.compile(r"[.;]\s")


class VerbTies(Placed):
    """Who does what to whom, in a claim and in its quotes."""

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
        if are_self(all_words(subjects)):
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
            beside = not homes and self._stands_beside(verb, doers)
            return not (known or beside or self._touches(verb, doers))
        vague = known and not self._is_firm(verb.word)
        return not (vague or self._stands_after(verb, homes)) and self._is_told_of_another(verb, doers, homes)

    def _is_told_of_another(self, verb: Verb, doers: list[Place], homes: list[Place]) -> bool:
        """True when the quotes tell who does it, and in none of its places it is who the claim says."""
        subjects = self._named(verb.subjects)
        meant = self._aligned.fullest(verb.word)
        telling = [home for home in homes if home[0] in meant and _tells_who(home[1], named=self._has_name(subjects))]
        if not telling or any(self._names_itself(home, subjects) for home in homes):
            return False
        return not any(self._is_done_by(home, doers, verb) for home in homes)

    def _stands_after(self, verb: Verb, homes: list[Place]) -> bool:
        """True where the subject is of an earlier clause, and who does it in the quotes stands after the verb."""
        between = self._mine.nodes[self._mine.nodes.index(verb.subjects[0]) : self._mine.nodes.index(verb)]
        if not any(isinstance(node, Verb) and has_own_subject(node) for node in between):
            return False
        after = [one for one in self.phrases if one.parent is verb and one.part is Part.OBJECT]
        doers = [(source, doer) for source, node in homes for doer in (node.subjects if isinstance(node, Verb) else [])]
        return any(place in doers for one in after for place in self._places(one.words))

    def _names_itself(self, home: Place, subjects: list[Phrase]) -> bool:
        """True for a noun of a quote that says whose it is: "un contributo comunale"."""
        node = home[1]
        if isinstance(node, Verb):
            return False
        return any(
            is_derived(word.stem, one.stem)
            for word in all_words(subjects)
            for one in node.words
            if one.at != node.words[0].at
        )

    def _is_patient(self, doers: list[Place], homes: list[Place]) -> bool:
        """True when a quote does it to what is the subject of the claim's passive verb, also as "lo", "la"."""
        return any(isinstance(node, Verb) and node.clitic for _, node in homes) or any(
            a == b and is_done_to(node, one, turned=False) for a, node in homes for b, one in doers
        )

    def _leads(self, verb: Verb) -> bool:
        """True for a "può", "deve", "vuole" with the verb that it leads right after it."""
        following = self._mine.nodes[self._mine.nodes.index(verb) + 1 :][:1]
        leads = verb.word.light or verb.infinitive in _LEADING
        return leads and any(isinstance(node, Verb) and node.voice is not Voice.MODIFIER for node in following)

    def _stands_beside(self, verb: Verb, doers: list[Place]) -> bool:
        """True when a sentence of a quote has the subject beside what the claim says of it."""
        said = [
            word
            for node in self._mine.nodes
            if verb in above(node) and node not in verb.subjects
            for word in words_of(node)
        ]
        return any(
            place.source == source
            and not _SENTENCE.search(_between(place.word, node, self._aligned.sources[source].text))
            for word in said
            for place in self._aligned.best(word)
            for source, node in doers
        )

    def _touches(self, verb: Verb, doers: list[Place]) -> bool:
        """True when what the claim says of the subject hangs on it in a quote, or the reverse."""
        said = [node for node in self._mine.nodes if verb in above(node) and node not in verb.subjects]
        places = [place for node in said for place in self._homes(words_of(node))]
        return any(a == b and do_touch(node, one) for a, node in doers for b, one in places)

    def _is_done_by(self, home: Place, doers: list[Place], verb: Verb) -> bool:
        source, node = home
        parsed = self._theirs[source]
        if (others := takes_the_other_side(verb, node, parsed)) and verb.voice is Voice.ACTIVE:
            return any(one == source and doer in others for one, doer in doers)
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
            places = [] if are_self(agent.words) else self._places(agent.words)
            if (
                places
                and theirs
                and not any(
                    a == b and (one in agents or any(over in agents for over in above(one)))
                    for a, one in places
                    for b, agents in theirs
                )
            ):
                return True
        return False

    def has_another_object(self, verb: Verb) -> bool:
        """True when the quotes have the verb and the object, and never the one on the other."""
        homes = self._homes([verb.word])
        if verb.word.light or verb.infinitive in _FRAMES or not any(isinstance(home, Verb) for _, home in homes):
            return False
        if verb.word.negated or "si" in verb.word.before.split():
            return False
        objects = [one for one in self.phrases if one.parent is verb and one.part is Part.OBJECT and not one.subjects]
        objects += verb.subjects if verb.voice is Voice.PASSIVE else []
        return any(
            self._is_of_another(verb, thing, homes)
            for thing in objects
            if thing.sibling is None and not any(word.figure or fold(word.text) in TIMES for word in thing.words)
        )

    def _is_of_another(self, verb: Verb, thing: Phrase, homes: list[Place]) -> bool:
        places = self._homes(thing.words[:1]) or self._homes(thing.words)
        if not places:
            return False
        if self._is_firm(verb.word):
            turned = not verb.subjects
            if any(isinstance(one, Verb) and one.voice is Voice.PASSIVE and not _says_what(one) for _, one in homes):
                return False  # "Sono assegnati": what, an earlier sentence says
            return not any(
                a == b and is_done_to(node, thing, turned=turned)
                for a, node in homes
                for b, one in places
                for thing in [one, *_wide_heads(one)]
            )
        differ = self._differ(verb.word, thing.words)
        return not any(
            a == b and are_tied(node, one) and (differ or node is not one) for a, node in homes for b, one in places
        )


def _says_what(verb: Verb) -> bool:
    """False for a passive verb without a subject, or with a bare number for one: "120 sono già collegati"."""
    return any(word.figure is None for word in all_words(verb.subjects))


def _tells_who(node: Node, *, named: bool) -> bool:
    """True for a verb of a quote; of a name also for a noun that says the same deed."""
    return named or isinstance(node, Verb)


def _between(word: Word, node: Node, text: str) -> str:
    """The text between a word and a node."""
    other = node.word.start if isinstance(node, Verb) else node.words[0].start
    return text[min(word.start, other) : max(word.start, other)]


def _wide_heads(node: Node) -> list[Node]:
    """What a thing is counted or wrapped in: "il numero degli accordi"."""
    heads = above(node)[:1] if isinstance(node, Phrase) and node.preposition == "di" else []
    return [head for head in heads if isinstance(head, Phrase) and all(is_wide(word) for word in head.words)]


def _is_main(verb: Verb) -> bool:
    """True for a verb with a subject of its own, and for an infinitive that one of wish or duty governs."""
    if verb.voice is Voice.MODIFIER or "si" in verb.word.before.split() or not verb.subjects:
        return False
    if verb.mood in (Mood.FINITE, Mood.PARTICIPLE):
        return True
    over = verb.governor
    governed = isinstance(over, Verb) and (over.word.light or over.infinitive in _FRAMES)
    return verb.mood is Mood.INFINITIVE and governed
