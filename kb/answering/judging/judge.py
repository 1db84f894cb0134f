"""Judge: what speaks for a sentence as the answer to one question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from kb.answering.judging.admission import Admission
from kb.answering.judging.announced import announced
from kb.answering.judging.conditions import denied_words
from kb.answering.judging.definitions import defines
from kb.answering.judging.evidence_weights import WEIGHTS
from kb.answering.judging.expansions import all_of_one, is_written
from kb.answering.judging.expected import (
    ACTOR,
    FIGURES,
    TYPED,
    is_free,
    is_price,
    named_actors,
    names_someone,
    nearness,
    new_words,
)
from kb.answering.judging.places import puts_somewhere
from kb.answering.judging.reasons import asks_why, gives_reason
from kb.answering.judging.relations import (
    NEAR_VERB,
    attributes,
    granted_held,
    relation_held,
    says_who,
    tells,
    tells_itself,
)
from kb.answering.judging.rows import with_title
from kb.answering.judging.senses import LEAST_CHARS, Senses, less_where_outdone
from kb.answering.judging.severals import asks_for_several
from kb.answering.judging.shapes import (
    fits_label,
    is_row_beside,
    list_end,
    plain_before,
    sentence_before,
    shape,
    told_sentences,
    with_openings,
)
from kb.answering.judging.subjects import subject_held
from kb.answering.judging.things import is_bearer, is_near
from kb.answering.judging.totals import plainness
from kb.answering.judging.untold import LACKS, LACKS_WHAT_OTHERS_HAVE, NOTHING_NEAR, is_untold, names_nobody
from kb.answering.state import Evidence
from kb.answering.weighing.nearness import Near, NearTable
from kb.answering.weighing.weights import WordWeights, stems_of
from kb.language.kinship import DERIVED, family, narrower, synonyms
from kb.language.questions import Asked, Expectation
from kb.language.ranges import ranges_hold
from kb.language.sentences import split_sentences
from kb.language.stems import has_stem, same_stem
from kb.language.twins import is_of_a_thing, others_alone
from kb.records import Passage, ScoredPassage

_ON_A_DEED = FIGURES | {Expectation.ACTOR, Expectation.YES_NO}
_ON_ONE = TYPED | {Expectation.YES_NO}
"""Kinds that one sentence answers, no list."""
SYNONYM_SHARE = 0.6
"""What a word of nearly the same meaning counts (development questions)."""
CONTEXT_SHARE = 0.5
"""What a word of the question counts when the section or the neighbour sentence holds it, not the sentence."""
HEADING_SHARE = 0.75
"""The same for a word of its own heading."""
ITEM_SHARE = 0.75
"""The same for a word that an item of the list holds which the sentence opens."""
NAME_CONTEXT_SHARE = 0.25
"""The same for a name: a sentence beside one on Silam may be on another project."""
BEFORE_CHARS, AFTER_CHARS = 300, 100
"""How much of the passage around a sentence is its context."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Weighs sentences for one question."""

    asked: Asked
    weights: WordWeights
    expansions: Mapping[str, tuple[tuple[str, ...], ...]]
    near: NearTable | None = None
    kinds: Mapping[str, float] = field(default_factory=dict)  # document → how official its kind is
    names: Mapping[str, str] = field(default_factory=dict)  # document → its title and edition
    twins: Mapping[str, frozenset[str]] = field(default_factory=dict)  # stem → words of it that are not meant
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)  # document → names asked that are its own
    verbs: Mapping[str, frozenset[str]] = field(default_factory=dict)  # stem of a verb asked → those of its forms
    things: frozenset[str] = frozenset()  # stems of the nouns that a sentence with a figure must hold
    everyday: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)  # as expansions, and looser

    def rank(self, passages: Sequence[ScoredPassage]) -> list[Evidence]:
        """The sentences that may answer, best first; those that lack the kind of thing asked for are left out."""
        top = max((one.score for one in passages), default=1.0) or 1.0
        senses = self._senses(passages)
        admission = Admission(self.asked, self.weights, self.expansions, self.names, self.twins)
        found = [
            self.weigh(
                one.passage,
                start,
                end,
                about={"passage": one.score / top, "rank": 1 / (1 + rank), "cosine": one.scores.get("cosine", 0.0)},
            )
            for rank, one in enumerate(passages)
            for start, end in told_sentences(one.passage.text)
            if admission.admits(one.passage, start, end)
        ]
        return sorted(
            less_where_outdone([senses.compare(one) for one in found]),
            key=lambda one: (
                is_untold(one.features) or names_nobody(one.features),
                -one.score,
                one.passage.document,
                one.passage.ordinal,
                one.start,
            ),
        )

    def _senses(self, passages: Sequence[ScoredPassage]) -> Senses:
        """How near in meaning every sentence found is to the question, those that may not answer too."""
        places = ((one.passage, place) for one in passages for place in split_sentences(one.passage.text))
        return Senses.of(
            self.near.sense(passage.id, start, end) if self.near else 0.0
            for passage, (start, end) in places
            if end - start >= LEAST_CHARS
        )

    def weigh(self, passage: Passage, start: int, end: int, *, about: Mapping[str, float]) -> Evidence:
        """A sentence with its features, each in [0, 1], and their weighted sum."""
        own_passage, passage = passage, with_title(with_openings(passage, start), start)
        last = end if self.asked.expects in _ON_ONE else list_end(passage.text, end)
        text = passage.text[start:last]
        low, high = max(0, start - BEFORE_CHARS), min(len(passage.text), last + AFTER_CHARS)
        denied, is_actor = denied_words(self.asked, text), self.asked.expects is Expectation.ACTOR
        own, near_own = self._meant(text, stems_of(text), self._near(passage, start, last))
        held = self._held(own - denied, near_own)
        if last > end:
            held = self._less_for_items(held, passage, start, end)
        held |= self._told(text, own, held, stems_of(" ".join(passage.section)))
        left_out = {word for word in held if has_stem(denied, word)}
        held |= dict.fromkeys(left_out, 0.0)
        beside = " ".join([*passage.section, passage.text[low:high]])
        around = stems_of(" ".join(passage.section)) | stems_of(passage.text[low:high])
        around, near_around = self._meant(beside, around, self._near(passage, low, high))
        nearby = self._held(around, near_around) | dict.fromkeys(self.named.get(passage.document, ()), 1.0)
        features = {
            **about,
            "coverage": self._share(self._with_context(held, nearby, left_out, passage)),
            "least": min((0.0 if word in left_out else max(held[word], nearby[word]) for word in held), default=0.0),
            "unknown": self._unknown(held, nearby),
            "ghosts": sum(1.0 - max(held[w], nearby[w]) > NOTHING_NEAR for w in self._ghosts(held)),
            "sense": self.near.sense(passage.id, start, last) if self.near else 0.0,
            "near": nearness(self.asked, text),
            "relation": self._relation_held(own, near_own, held),
            "related": self._related(passage, own, around, (near_own, near_around), nearby),
            "deed": self._deed_held(passage, start, held, own, near_own),
            "whole": self._whole(passage, start, own, near_own),
            "granted": granted_held(self.asked, text, near_around, around=around),
            **self._of_what(held, nearby),
            "others": min((max(held[w], nearby[w]) for w in held if w != self.asked.thing), default=1.0),
            "plain": plainness(self.asked, own, text),
            "places": puts_somewhere(text) if self.asked.expects is Expectation.WHERE else 0.0,
            "range": ranges_hold(text, self.asked.figures, question=self.asked.text),
            "someone": names_someone(self.asked, text) if is_actor and self._asks_whose() else 1.0,
            "actor": named_actors(self.asked, text) if is_actor else 0.0,
            "attributes": attributes(text) if is_actor else 0.0,
            "definition": defines(self.asked, text) if self.asked.expects is Expectation.DEFINITION else 0.0,
            "new": 1.0 if self.asked.expects is Expectation.DEFINITION else new_words(self.asked, stems_of(text)),
            "announces": self._announces(passage.text[start:end]),
            "cause": gives_reason(text) if asks_why(self.asked.text) else 0.0,
            "start": float(start == 0),
            "shape": shape(passage.text[start:end]),
            "row": float(self._wants_no_row() and is_row_beside(self.asked.expects, text)),
            "kind": self.kinds.get(passage.document, 0.0),
            "label": fits_label(self.asked, text, passage.section[-1:]),
        }
        score = sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items())
        return Evidence(own_passage, start, end, round(score, 6), {k: round(v, 4) for k, v in features.items()})

    def _less_for_items(self, held: Mapping[str, float], passage: Passage, start: int, end: int) -> dict[str, float]:
        """What a sentence that opens a list holds: less for a word that one of its items holds, not it."""
        text = passage.text[start:end]
        alone = self._held(*self._meant(text, stems_of(text), self._near(passage, start, end)))
        return {word: max(alone[word], ITEM_SHARE * part) for word, part in held.items()}

    def tells(self, words: Collection[str], text: str) -> bool:
        """True where a text holds each of some words of the question, what they stand for, or one of their kind."""
        said = stems_of(text)
        return all(self._part_held(word, said, 0.0) > 0 or bool(said & narrower(word)) for word in words)

    def _meant(self, text: str, words: frozenset[str], near: Near) -> tuple[frozenset[str], Near]:
        """The stems of a text, and what is near them, without those that are another word of the same stem."""
        others = [word for word, forms in self.twins.items() if word in words and others_alone(forms, word, text)]
        if self._is_named_alone(words, text):
            others.append(self.asked.relation or "")
        return (words.difference(others), {**near, **dict.fromkeys(others, 0.0)}) if others else (words, near)

    def _is_named_alone(self, words: frozenset[str], text: str) -> bool:
        """True where the verb asked of stands in a name alone: "il Settore Partecipazione" takes part in nothing."""
        verb = self.asked.relation
        return verb in words and verb in self.verbs and verb not in stems_of(ACTOR.sub(" ", text))

    def _with_context(
        self, held: Mapping[str, float], nearby: Mapping[str, float], left_out: Collection[str], passage: Passage
    ) -> dict[str, float]:
        """Each word of the question with how much of it the sentence holds, or in part what stands around it."""
        heading = stems_of(passage.section[-1]) if passage.section else frozenset[str]()
        return {
            word: part if word in left_out else max(part, self._context_share(word, passage, heading) * nearby[word])
            for word, part in held.items()
        }

    def _context_share(self, word: str, passage: Passage, heading: frozenset[str]) -> float:
        if word in self.named.get(passage.document, ()):
            return 1.0 if word in self.weights.proper or is_bearer(word) else HEADING_SHARE
        if word in self.weights.proper:
            return NAME_CONTEXT_SHARE
        return HEADING_SHARE if word in heading else CONTEXT_SHARE

    def _held(self, words: frozenset[str], near: Near) -> dict[str, float]:
        """Each word of the question with how much of it the words hold, in [0, 1]: 1 for the word itself."""
        held = {word: self._part_held(word, words, near.get(word, 0.0)) for word in self.asked.focus}
        if self.asked.choice and all(word in held for word in self.asked.choice):
            held |= dict.fromkeys(self.asked.choice, max(held[word] for word in self.asked.choice))
        return held

    def _part_held(self, word: str, words: frozenset[str], near: float) -> float:
        if self._holds(word, words) or words & self.verbs.get(word, frozenset()):
            return 1.0
        if words & family(word):
            return max(near, DERIVED)
        if word in self.twins and is_of_a_thing(word):
            return near
        meant = words & synonyms(word) or all_of_one(self.everyday.get(word, ()), words)
        return max(near, SYNONYM_SHARE) if meant else near

    def _told(
        self, text: str, words: frozenset[str], held: Mapping[str, float], heads: frozenset[str]
    ) -> dict[str, float]:
        """What a sentence tells in other words, its verb or a price where something is free; a noun by its headings."""
        turns = self.asked.relation if self._asks_whose() else None
        told = {word for word in held if word == turns and (tells(word, words) or word in heads - set(self.verbs))}
        if is_free(self.asked, text):
            told |= {word for word in held if is_price(word)}
        return {word: max(held[word], SYNONYM_SHARE) for word in told}

    def _of_what(self, held: Mapping[str, float], nearby: Mapping[str, float]) -> dict[str, float]:
        """How far a passage holds what is listed, counted or asked for, and a sentence of whom a verb is asked."""
        thing = self._thing_held(held, nearby)
        single = thing if self.asked.expects is Expectation.SINGLE else 0.0
        return {"thing": thing, "single": single, "subject": subject_held(self.asked, held, nearby)}

    def _thing_held(self, held: Mapping[str, float], nearby: Mapping[str, float]) -> float:
        """In [0, 1]: how far the passage holds the thing that is listed or counted; 1 where nothing is."""
        thing = self.asked.thing or self.asked.counted or ""
        return max(held.get(thing, 1.0), nearby.get(thing, 1.0))

    def _whole(self, passage: Passage, start: int, own: frozenset[str], near: Near) -> float:
        """
        1 where a sentence with a figure, or its headings, has all that is asked about; less where a thing is missing.

        The price of a yearly ticket is no answer on the monthly one. A verb may be told in other words, what no
        document holds is judged elsewhere, and what was said before without a figure goes for what follows.
        """
        if not self.things:
            return 1.0
        before = plain_before(passage.text, start)
        said = own | stems_of(" ".join([*passage.section, self.names.get(passage.document, ""), before]))
        lacking = [w for w in self.things if not self._part_held(w, said, 0.0) and not is_near(w, said, near)]
        if not lacking:
            return 1.0
        return LACKS_WHAT_OTHERS_HAVE if any(map(self.weights.frequency.get, lacking)) else LACKS

    def _asks_whose(self) -> bool:
        """True for a question on who, when or where that turns on a verb."""
        return self.asked.relation is not None and self.asked.expects not in _ON_A_DEED - {Expectation.ACTOR}

    def _relation_held(self, own: frozenset[str], near: Near, held: Mapping[str, float]) -> float:
        """In [0, 1]: how far a sentence tells the verb, to order sentences by; one for yes or no asks of what too."""
        if not self._asks_whose():
            return 1.0
        return max(relation_held(self.asked, own, near), held.get(self.asked.relation or "", 0.0))

    def _deed_held(
        self, passage: Passage, start: int, held: Mapping[str, float], own: frozenset[str], near: Near
    ) -> float:
        """
        In [0, 1]: how far a sentence tells both a deed and what it is done to; 1 where no deed is asked about.

        "Chi costruisce i depuratori?" is not answered by who builds something else in a passage that names them. What
        it is done to may stand in the headings alone, or in the sentence before one that says who in so many words
        ("Il bilancio partecipativo … . Può votare chi …").
        """
        deed = self.asked.relation
        done_to = self._done_to(held, passage)
        if self.asked.expects not in _ON_A_DEED or deed is None or not done_to:
            return 1.0
        if self.asked.expects is Expectation.ACTOR:
            told = held.get(deed, 1.0)
        else:
            told = max(relation_held(self.asked, own, near), held.get(deed, 0.0))
        headings = stems_of(" ".join(passage.section))
        if says_who(passage.text[start:], deed):
            headings |= stems_of(sentence_before(passage.text, start))
        to_what = max(max(held[one], float(self._holds(one, headings))) for one in done_to)
        # Synonyms of both tell another deed: "conferisce priorità alle risorse" is no "riceve contributi".
        loosely = self.asked.expects is Expectation.YES_NO and to_what < DERIVED and not tells_itself(deed, own)
        return min(told, to_what) * (SYNONYM_SHARE if loosely else 1.0)

    def _done_to(self, held: Mapping[str, float], passage: Passage) -> list[str]:
        """The question's words beside its verb and its document's names; those after the verb, for yes or no."""
        deed, names = self.asked.relation or "", self.named.get(passage.document, frozenset())
        others = [word for word in held if not same_stem(word, deed) and word not in names]
        if self.asked.expects is not Expectation.YES_NO:
            return others
        places = [place for place, word in enumerate(self.asked.focus) if same_stem(word, deed)]
        after = set(self.asked.focus[places[0] + 1 :]) if places else set()
        return [word for word in others if word in after] or others

    def _related(
        self,
        passage: Passage,
        own: frozenset[str],
        around: frozenset[str],
        near: tuple[Near, Near],
        nearby: Mapping[str, float],
    ) -> float:
        """
        In [0, 1]: how far the sentence, or what stands around it, tells what the question turns on.

        Where a place is asked, the sentence or its headings must: the next sentence may be on another place.
        """
        if self.asked.expects in (Expectation.WHERE, Expectation.TIME):
            return relation_held(self.asked, own | stems_of(" ".join(passage.section)), near[0])
        part = nearby.get(self.asked.relation or "", 0.0)
        return max(relation_held(self.asked, own | around, near[1]), part if part >= NEAR_VERB else 0.0)

    def _share(self, held: Mapping[str, float]) -> float:
        """What is held of the question's weight, in [0, 1]."""
        total = sum(self.weights.weight(word) for word in held)
        return sum(self.weights.weight(word) * part for word, part in held.items()) / total if total else 0.0

    def _near(self, passage: Passage, start: int, end: int) -> Near:
        return self.near.look_up(passage.id, start, end) if self.near else {}

    def _holds(self, word: str, words: frozenset[str]) -> bool:
        """True when the word is there, or all the words that it stands for ("lum": "luoghi urbani …")."""
        if word in words or has_stem(words, word):
            return True
        return all_of_one(self.expansions.get(word, ()), words)

    def _unknown(self, held: Mapping[str, float], nearby: Mapping[str, float]) -> float:
        """In [0, 1]: how far the passage is from a word of the question that no document holds; 0 without one."""
        return max((1.0 - max(held[word], nearby[word]) for word in self._ghosts(held)), default=0.0)

    def _ghosts(self, held: Mapping[str, float]) -> list[str]:
        known, everyday = self.weights.frequency, self.everyday
        unseen = (w for w in held if not known.get(w) and not is_written(self.expansions.get(w, ()), known))
        return [w for w in unseen if w not in everyday and not any(map(known.get, self.verbs.get(w, ())))]

    def _wants_no_row(self) -> bool:
        """True where no figure of the question may stand in a row of a table, or a reason is asked."""
        return not self.asked.figures or asks_why(self.asked.text)

    def _announces(self, text: str) -> float:
        """1 when a list is asked for and the sentence opens one of the things asked about, else 0."""
        if self.asked.expects not in (Expectation.LIST, Expectation.MISSION):
            return float(asks_for_several(self.asked.text) and text.rstrip().endswith(":"))
        return float(announced(text, thing=self.asked.thing) is not None or text.rstrip().endswith(":"))
