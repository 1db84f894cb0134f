"""Evidence: the sentences of the passages found, each with what speaks for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.answering.announced import announced
from kb.answering.conditions import denied_words, meets_days, meets_denial, meets_future, meets_how_to, meets_years
from kb.answering.expected import (
    TYPED,
    is_free,
    is_price,
    meets,
    named_actors,
    names_someone,
    nearness,
    new_words,
    same_stem,
)
from kb.answering.nearness import Near, NearTable
from kb.answering.places import puts_somewhere
from kb.answering.premises import without_claims
from kb.answering.relations import NEAR_VERB, attributes, granted_held, relation_held, tells
from kb.answering.state import Evidence, State, Tools
from kb.answering.weights import WordWeights, stems_of
from kb.language.kinship import synonyms
from kb.language.questions import Asked, Expectation
from kb.language.ranges import ranges_hold
from kb.language.sentences import split_sentences
from kb.language.words import STOP_WORDS, fold, stem, tokenize
from kb.records import DocumentKind, Passage, ScoredPassage

# Weights of the evidence score, chosen on the development questions.
WEIGHTS = {
    "coverage": 1.6,
    "least": 0.4,
    "passage": 0.45,
    "rank": 0.1,
    "near": 0.35,
    "actor": 0.3,
    "definition": 0.3,
    "new": 0.5,
    "start": 0.02,
    "shape": 0.3,
    "announces": 0.3,
    "kind": 0.3,
    "relation": 0.5,
    "attributes": 0.3,
    "places": 0.8,
    "bare": 0.8,
    "range": 0.6,
    "sense": 3.0,  # cosines differ by some hundredths: it decides between sentences that hold the same words
}
OFFICIAL = {DocumentKind.DRIVER_RECORD: 0.4, DocumentKind.GUIDE: 0.0}
"""How official a kind is, in [0, 1]; 1 for every kind not named."""
_DEFINES = re.compile(r"\b(?:è|sono|significa|significano|indica|vuol dire)\b|\s\(|\s–\s|:")
FAR = 0.35
"""Below this a word has nothing near it (development questions)."""
SYNONYM_SHARE = 0.6
"""What a word of nearly the same meaning counts (development questions)."""
CONTEXT_SHARE = 0.5
"""What a word of the question counts when the section or the neighbour sentence holds it, not the sentence."""
NAME_CONTEXT_SHARE = 0.25
"""The same for a name: a sentence beside one on Silam may be on another project."""
BEFORE_CHARS, AFTER_CHARS = 300, 100
"""How much of the passage around a sentence is its context."""
TITLE_CHARS = 110
"""A shorter line without a full stop is a title, which answers nothing."""
_ENDED = re.compile(r"[.;:!?…][»”’\"')\]]*$")
COMFORTABLE_CHARS = 250
"""Sentences up to this length read well on a phone; longer ones lose a little."""


def gather(state: State, tools: Tools) -> State:
    """Every sentence of the passages found, best first, ties by place in the documents."""
    assert state.found is not None and state.asked is not None
    reading = state.found.reading
    asked = without_claims(state.asked, tools, understood={*reading.corrections, *reading.expansions})
    near = tools.near_words.read(state.standalone, asked.focus, [one.passage for one in state.found.passages])
    expansions = read_expansions({**reading.expansions, **reading.corrections})
    judge = Judge(asked, tools.weights, expansions, near, official(tools), names=_names(tools))
    evidence = [one for one in judge.rank(state.found.passages) if _on_mission(one, reading.missions)]
    evidence = _on_article(evidence, reading.articles)
    best = evidence[0].features if evidence else {}
    return replace(state, evidence=tuple(evidence), detail={"sentences": len(evidence), "best": best})


def _on_mission(evidence: Evidence, missions: Sequence[str]) -> bool:
    """True unless the question names a mission that neither the sentence nor its section does."""
    about = fold(" ".join([*evidence.passage.section, evidence.text]))
    return all(re.search(rf"\b{name.lower()}\b|\bmission[ei] {name[1]}\b", about) for name in missions)


def _on_article(evidence: list[Evidence], articles: Sequence[str]) -> list[Evidence]:
    """Where a question names articles, the sentences that stand in them or name them; all of them otherwise."""
    if not articles:
        return evidence
    names = re.compile(rf"\bart(?:icol[oi]|t?\.)?\s*(?:{'|'.join(map(re.escape, articles))})\b", re.IGNORECASE)
    inside = [one for one in evidence if one.passage.article in articles]
    return inside or [one for one in evidence if names.search(one.text)]


def official(tools: Tools) -> dict[str, float]:
    """Each document with how official its kind is: a plan's own words come before our summaries of them."""
    return {id_: OFFICIAL.get(document.kind, 1.0) for id_, document in tools.library.documents.items()}


def _names(tools: Tools) -> dict[str, str]:
    """Each document's title and edition: years that its sentences need not repeat."""
    return {id_: f"{one.title} {one.edition or ''}" for id_, one in tools.library.documents.items()}


def read_expansions(read: Mapping[str, str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Stem of a word of the question → what it may stand for, each as stems, as the searcher read it."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for word, meaning in read.items():
        key = stem(tokenize(word))
        if len(key) == 1:
            found[key[0]] = tuple(
                tuple(w for w in stem(tokenize(one)) if w not in STOP_WORDS) for one in meaning.split(" | ")
            )
    return found


@dataclass(frozen=True, slots=True)
class Judge:
    """Weighs sentences for one question."""

    asked: Asked
    weights: WordWeights
    expansions: Mapping[str, tuple[tuple[str, ...], ...]]
    near: NearTable | None = None
    kinds: Mapping[str, float] = field(default_factory=dict)  # document → how official its kind is
    names: Mapping[str, str] = field(default_factory=dict)  # document → its title and edition

    def rank(self, passages: Sequence[ScoredPassage]) -> list[Evidence]:
        """The sentences that may answer, best first; those that lack the kind of thing asked for are left out."""
        top = max((one.score for one in passages), default=1.0) or 1.0
        found = [
            self.weigh(
                one.passage,
                start,
                end,
                about={"passage": one.score / top, "rank": 1 / (1 + rank), "cosine": one.scores.get("cosine", 0.0)},
            )
            for rank, one in enumerate(passages)
            for start, end in split_sentences(one.passage.text)
            if self._may_answer(one.passage, one.passage.text[start:end])
        ]
        return sorted(
            found,
            key=lambda one: (
                min(one.features["related"], one.features["deed"]) < FAR,
                -one.score,
                one.passage.document,
                one.passage.ordinal,
                one.start,
            ),
        )

    def weigh(self, passage: Passage, start: int, end: int, *, about: Mapping[str, float]) -> Evidence:
        """A sentence with its features, each in [0, 1], and their weighted sum."""
        text = passage.text[start:end]
        low, high = max(0, start - BEFORE_CHARS), min(len(passage.text), end + AFTER_CHARS)
        denied = denied_words(self.asked, text)
        own, near_own = stems_of(text), self._near(passage, start, end)
        held = self._held(own - denied, near_own)
        held |= self._told(text, own, held)
        left_out = {word for word in held if any(same_stem(word, other) for other in denied)}
        held |= dict.fromkeys(left_out, 0.0)
        around = stems_of(" ".join(passage.section)) | stems_of(passage.text[low:high])
        near_around = self._near(passage, low, high)
        nearby = self._held(around, near_around)
        with_context = {
            word: max(held[word], 0.0 if word in left_out else self._context_share(word) * nearby[word])
            for word in held
        }
        features = {
            **about,
            "coverage": self._share(with_context),
            "least": min((0.0 if word in left_out else max(held[word], nearby[word]) for word in held), default=0.0),
            "unknown": self._unknown(held, nearby),
            "ghosts": sum(1.0 - max(held[w], nearby[w]) > FAR for w in self._ghosts(held)),
            "sense": self.near.sense(passage.id, start, end) if self.near else 0.0,
            "near": nearness(self.asked, text),
            "relation": max(relation_held(self.asked, own, near_own), held.get(self.asked.relation or "", 0.0)),
            "related": self._related(passage, own, around, (near_own, near_around), nearby),
            "deed": self._deed_held(passage, held),
            "granted": granted_held(self.asked, text, near_around, around=around),
            "thing": self._thing_held(held, nearby),
            "others": min((max(held[w], nearby[w]) for w in held if w != self.asked.thing), default=1.0),
            "bare": self._bare(own),
            "places": puts_somewhere(text) if self.asked.expects is Expectation.WHERE else 0.0,
            "range": ranges_hold(text, self.asked.figures),
            "someone": names_someone(self.asked, text) if self.asked.relation else 1.0,
            "actor": named_actors(self.asked, text) if self.asked.expects is Expectation.ACTOR else 0.0,
            "attributes": attributes(text) if self.asked.expects is Expectation.ACTOR else 0.0,
            "definition": self._defines(text) if self.asked.expects is Expectation.DEFINITION else 0.0,
            "new": 1.0 if self.asked.expects is Expectation.DEFINITION else new_words(self.asked, stems_of(text)),
            "announces": self._announces(text),
            "start": float(start == 0),
            "shape": _shape(text),
            "kind": self.kinds.get(passage.document, 0.0),
        }
        score = sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items())
        return Evidence(passage, start, end, round(score, 6), {k: round(v, 4) for k, v in features.items()})

    def _context_share(self, word: str) -> float:
        return NAME_CONTEXT_SHARE if word in self.weights.proper else CONTEXT_SHARE

    def _held(self, words: frozenset[str], near: Near) -> dict[str, float]:
        """Each word of the question with how much of it the words hold, in [0, 1]: 1 for the word itself."""
        held = {word: self._part_held(word, words, near.get(word, 0.0)) for word in self.asked.focus}
        if self.asked.choice and all(word in held for word in self.asked.choice):
            held |= dict.fromkeys(self.asked.choice, max(held[word] for word in self.asked.choice))
        return held

    def _part_held(self, word: str, words: frozenset[str], near: float) -> float:
        if self._holds(word, words):
            return 1.0
        return max(near, SYNONYM_SHARE) if words & synonyms(word) else near

    def _told(self, text: str, words: frozenset[str], held: Mapping[str, float]) -> dict[str, float]:
        """What a sentence tells of the question in other words: its verb, and a price where something is free."""
        told = {word for word in held if word == self.asked.relation and tells(word, words)}
        if is_free(self.asked, text):
            told |= {word for word in held if is_price(word)}
        return {word: max(held[word], SYNONYM_SHARE) for word in told}

    def _thing_held(self, held: Mapping[str, float], nearby: Mapping[str, float]) -> float:
        """In [0, 1]: how far the passage holds the thing that is listed or counted; 1 where nothing is."""
        thing = self.asked.thing or self.asked.counted or ""
        return max(held.get(thing, 1.0), nearby.get(thing, 1.0))

    def _deed_held(self, passage: Passage, held: Mapping[str, float]) -> float:
        """
        In [0, 1]: how far a sentence tells both a deed and what it is done to; 1 where nobody's deed is asked.

        "Chi costruisce i depuratori?" is not answered by who builds something else in a passage that names them. What
        it is done to may stand in the headings alone.
        """
        deed, done_to = self.asked.relation, [word for word in held if word != self.asked.relation]
        if self.asked.expects is not Expectation.ACTOR or deed is None or not done_to:
            return 1.0
        headings = stems_of(" ".join(passage.section))
        return min(held.get(deed, 1.0), max(max(held[one], float(self._holds(one, headings))) for one in done_to))

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
        if self.asked.expects is Expectation.WHERE:
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
        if word in words or any(same_stem(word, other) for other in words):
            return True
        return any(
            bool(meant) and all(any(same_stem(part, other) for other in words) for part in meant)
            for meant in self.expansions.get(word, ())
        )

    def _may_answer(self, passage: Passage, text: str) -> bool:
        if not _is_sentence(text):
            return False
        if not meets_denial(self.asked, text) or not meets_years(
            self.asked, text, self.names.get(passage.document, "")
        ):
            return False
        if not all(test(self.asked, text) for test in (meets_future, meets_days, meets_how_to)):
            return False
        return self.asked.expects not in TYPED or meets(
            self.asked, text, known_words=self.weights.lowercase, counted_as=self._counted_as()
        )

    def _counted_as(self) -> tuple[str, ...] | None:
        """The stems of what is counted, where the documents know it."""
        counted = self.asked.counted
        if counted is None or self.asked.language == "en":
            return None
        meant = [word for one in self.expansions.get(counted, ()) for word in one]
        return (counted, *meant) if meant or self.weights.frequency.get(counted) else None

    def _bare(self, words: frozenset[str]) -> float:
        """In [0, 1]: how little else a sentence says, where all that is asked is how many there are of something."""
        if self.asked.counted is None or self.asked.focus != (self.asked.counted,):
            return 0.0
        others = sum(not word[0].isdigit() and not same_stem(word, self.asked.counted) for word in words)
        return max(0.0, 1.0 - others / 6)

    def _unknown(self, held: Mapping[str, float], nearby: Mapping[str, float]) -> float:
        """In [0, 1]: how far the passage is from a word of the question that no document holds; 0 without one."""
        return max((1.0 - max(held[word], nearby[word]) for word in self._ghosts(held)), default=0.0)

    def _ghosts(self, held: Mapping[str, float]) -> list[str]:
        return [w for w in held if not self.weights.frequency.get(w) and w not in self.expansions]

    def _announces(self, text: str) -> float:
        """1 when a list is asked for and the sentence opens one of the things asked about, else 0."""
        if self.asked.expects not in (Expectation.LIST, Expectation.MISSION):
            return 0.0
        return float(announced(text, thing=self.asked.thing) is not None or text.rstrip().endswith(":"))

    def _defines(self, text: str) -> float:
        """1 when the sentence opens with the thing asked about and says what it is or stands for, else 0."""
        opening = _DEFINES.search(text)
        subject = stems_of(text[: opening.start()]) if opening else frozenset()
        return float(bool(subject) and all(any(same_stem(w, o) for o in subject) for w in self.asked.focus))


def beside_the_point(one: Evidence) -> bool:
    """True where a sentence doesn't tell what the question turns on, or names nobody where it asks who."""
    return one.features.get("related", 1.0) < FAR or not one.features.get("someone", 1.0)


def _is_sentence(text: str) -> bool:
    """False for titles and scraps, which answer nothing."""
    if len(text.split()) < 4 and ":" not in text:
        return False
    return len(text) >= TITLE_CHARS or bool(_ENDED.search(text) or re.search(r"[:|\d]", text))


def _shape(text: str) -> float:
    """1 for a sentence that reads well on a phone, down to 0 for one that is far too long."""
    return max(0.0, min(1.0, 1 - (len(text) - COMFORTABLE_CHARS) / 400))
