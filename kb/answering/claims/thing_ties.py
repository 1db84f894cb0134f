"""
Thing ties: whether what a claim has someone act upon is, in its quotes, in somebody else's hands.

"La Regione valuta i risultati" where the quote says "una commissione ne valuta i risultati", whatever the verb: one of
every use need not stand in the quote, but who deals with a thing must not be somebody else there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kb.answering.claims.alignment import Word
from kb.answering.claims.belonging import agents_of, is_subject_in
from kb.answering.claims.phrases import Node, Part, Phrase, Verb, Voice, above, are_tied, verb_of
from kb.answering.claims.placed import LONGEST_ARTICLE, Place, Placed
from kb.answering.claims.provisos import SELF, goes_on_as_those
from kb.language.kinship import DERIVED
from kb.language.words import fold, stem

_BODIES = """
agenzia agenzie amministrazione amministrazioni assessore assessorato assessori associazione associazioni assistente
assistenti atenei ateneo azienda aziende camera carabinieri centro cittadini cittadino comitati comitato
commercianti commissari commissione commissioni comuni comune comunita condomini consiglieri consiglio consorzi
consorzio consulta cooperativa cooperative custode direttore direzione dirigente dirigenti distretti distretto ditta
ditte docente docenti educatori ente enti famiglie famiglia fondazione fondazioni genitore genitori giunta governo
giuria gruppo imprese impresa inquilini insegnanti istituti istituto medici ministero museo operatori operatrici
ospedale ospedali parrocchia personale polizia prefetto prefettura presidente provincia province proprietari
proprietario questura ragazzi regione regioni residenti responsabile rioni scuola scuole sindacati sindaci sindaco
societa soprintendenza stato studenti tavolo teatro tecnici titolare titolari tribunale ufficio uffici universita
utenti veterinari vigili volontari
"""
"""Nouns for those who do something."""
_JOINED = re.compile(r"[,;]|\b(?:e|ed|o|né|come)\b")
_CONTRAST = re.compile(r"\b(?:mentre|invece|ma)\b", re.IGNORECASE)
_DOER = re.compile(r"(?:tor[ei]|tric[ei]|ist[aie])$")


class ThingTies(Placed):
    """Who deals with what, in a claim and in its quotes."""

    def has_anothers_thing(self, verb: Verb) -> bool:
        """True when all that the quotes tell of a thing is what somebody else does with it."""
        if verb.word.negated or verb.relative:
            return False
        return any(self._deals_with_anothers(actor, thing) for actor, thing in self._pairs_of(verb))

    def _deals_with_anothers(self, actor: Phrase, thing: Phrase) -> bool:
        if not any(_is_body(word) for word in actor.words) or any(fold(word.text) in SELF for word in actor.words):
            return False
        if any(goes_on_as_those(place, self._aligned) for place in self._aligned.best(thing.words[0])):
            return False
        doers = self._homes(actor.words)
        if any(self._has_pronoun(source, doer) for source, doer in doers):
            return False
        return self._is_anothers(self._homes(thing.words[:1], least=DERIVED), doers)

    def _has_pronoun(self, source: int, doer: Node) -> bool:
        """True for who does something to what a quote names before: "la Giunta lo attua"."""
        return any(verb.clitic and doer in verb.subjects for verb in self._theirs[source].verbs)

    def _pairs_of(self, verb: Verb) -> Iterator[tuple[Phrase, Phrase]]:
        """Who does it with what it is done to; also both of "A mette i locali e il Comune gli infermieri"."""
        if verb.voice is Voice.PASSIVE:
            agents = [one for one in self.phrases if one.preposition == "da" and one.parent is verb]
            yield from ((agent, thing) for agent in agents for thing in verb.subjects[:1])
        elif verb.voice is Voice.ACTIVE:
            actor = next(iter(verb.subjects), None)
            things = [one for one in self.phrases if one.parent is verb and one.part is Part.OBJECT]
            for at, thing in enumerate(things):
                if thing.words[0].is_capital and self._follow_each_other(things[at : at + 2]):
                    actor = thing
                elif actor is not None:
                    yield actor, thing

    def _follow_each_other(self, things: list[Phrase]) -> bool:
        """True for a thing with another right after it, and no verb or "e" between: it does what the verb says."""
        if len(things) < 2:
            return False
        one, other = things
        between = self._aligned.claim.text[one.words[-1].end : other.words[0].start]
        return self._mine.nodes.index(other) == self._mine.nodes.index(one) + 1 and not _JOINED.search(between)

    def _is_anothers(self, homes: list[Place], doers: list[Place]) -> bool:
        """True where some place of a thing is somebody else's, and none is the doer's or nobody's."""
        verdicts = [self._is_in_other_hands(source, thing, doers) for source, thing in homes]
        return any(verdicts) and False not in verdicts

    def _is_in_other_hands(self, source: int, thing: Node, doers: list[Place]) -> bool | None:
        """Whether somebody else deals with a thing of a quote; None where a quote only says what is done to it."""
        verb = thing if isinstance(thing, Verb) else verb_of(thing)
        mine = [doer for number, doer in doers if number == source]
        if verb is None or any(are_tied(doer, thing) or verb in above(doer) for doer in mine):
            return False
        parsed = self._theirs[source]
        if mine and not any(is_subject_in(doer, parsed) for doer in mine):
            return False  # "sollecita i Comuni a fare altrettanto"
        theirs = verb.subjects[:1] if verb.voice is Voice.ACTIVE else agents_of(verb, parsed)[:1]
        if verb.voice is Voice.ACTIVE and (not theirs or thing in theirs):
            return False
        if not theirs:
            return True if mine and _CONTRAST.search(self._aligned.sources[source].text) else None
        return any(_is_body(word) for one in theirs if isinstance(one, Phrase) for word in one.words[:1])


def _is_body(word: Word) -> bool:
    """True for a noun or name of who may do something."""
    if word.is_capital and word.start > LONGEST_ARTICLE:
        return True
    return word.stem in _body_stems() or _DOER.search(fold(word.text)) is not None


@lru_cache(maxsize=1)
def _body_stems() -> frozenset[str]:
    return frozenset(stem(_BODIES.split()))
