"""
Phrases: an Italian sentence cut into its verbs and the phrases around them, each with its part and what it hangs on.

The cutting is done in kb.answering.claims.clauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from kb.answering.claims.alignment import Word
from kb.language.verbs import Mood

DEEPEST = 15
"""Nodes that one hangs on, at most; a chain without end is no sentence."""


class Part(StrEnum):
    """What a phrase does."""

    SUBJECT = "subject"
    OBJECT = "object"
    OBLIQUE = "oblique"  # behind a preposition


class Voice(StrEnum):
    """How a verb stands to the phrases around it."""

    ACTIVE = "active"
    PASSIVE = "passive"
    MODIFIER = "modifier"  # a participle that goes with the noun before it


@dataclass(eq=False, slots=True)
class Phrase:
    """A noun with what goes with it; parent: the phrase or verb that it hangs on."""

    words: list[Word]
    preposition: str
    part: Part
    parent: Phrase | Verb | None
    small: tuple[str, ...] = ()  # what stands right before it
    subjects: list[Phrase] = field(default_factory=list)  # of what is said with "è"
    owned: bool = False  # what a subject has, not what it is
    apposed: bool = False  # in brackets, another name of what it hangs on
    inherits: bool = False  # its preposition from the list that it is of
    sibling: Phrase | None = None  # the phrase before it in its list


@dataclass(eq=False, slots=True)
class Verb:
    """A verb, with who may do it and what it may be done to."""

    word: Word
    mood: Mood
    voice: Voice
    infinitive: str
    subjects: list[Phrase] = field(default_factory=list)
    governor: Verb | Phrase | None = None
    relative: bool = False
    antecedents: list[Phrase] = field(default_factory=list)  # what a "che" before its subject stands for
    shares: Verb | None = None  # the verb after an "e", whose object is its object too
    purpose: bool = False  # an infinitive after "per"
    clitic: bool = False  # what it is done to stands before it as "lo", "la", "ne"
    turned: bool = False  # who does it may stand after it: "a cui partecipano i Comuni", "lo ha firmato il Sindaco"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A sentence's verbs and phrases in order, and where each of its words belongs."""

    nodes: tuple[Verb | Phrase, ...]
    home: dict[int, Verb | Phrase]  # a word's place → what it is part of

    @property
    def verbs(self) -> list[Verb]:
        """The verbs, in order."""
        return [node for node in self.nodes if isinstance(node, Verb)]


Node = Verb | Phrase


def has_own_subject(verb: Verb) -> bool:
    """True for a form that has a subject of its own: also "ha firmato" and "è firmato"."""
    return verb.mood is Mood.FINITE or (verb.voice is not Voice.MODIFIER and verb.mood is Mood.PARTICIPLE)


def above(node: Node) -> list[Node]:
    """What a node hangs on, nearest first, at most DEEPEST."""
    found: list[Node] = []
    parent = node.parent if isinstance(node, Phrase) else node.governor
    while parent is not None and len(found) < DEEPEST and parent not in found:
        found.append(parent)
        parent = parent.parent if isinstance(parent, Phrase) else parent.governor
    return found


def verb_of(node: Node) -> Verb | None:
    """The verb that a node hangs on."""
    return next((one for one in above(node) if isinstance(one, Verb) and one.voice is not Voice.MODIFIER), None)


def hangs_within(thing: Node, node: Node) -> bool:
    """True when a thing hangs on a node with no other verb between."""
    for one in above(thing):
        if one is node:
            return True
        if isinstance(one, Verb) and one.voice is not Voice.MODIFIER and not one.word.light:
            return False
    return False


def are_tied(one: Node, other: Node) -> bool:
    """True for two nodes of which one hangs on the other, or that hang on one verb without being of one list."""
    mine, theirs = [one, *above(one)], [other, *above(other)]
    if one in theirs or other in mine:
        return True
    if any(one in own_subjects(head) for head in theirs) or any(other in own_subjects(head) for head in mine):
        return True
    shared = next((node for node in mine if node in theirs), None)
    if shared is None:
        return False
    return not are_listed(mine[mine.index(shared) - 1], theirs[theirs.index(shared) - 1])


def own_subjects(node: Node) -> list[Phrase]:
    """What a node is said of; of a participle that goes with a noun, the nearest alone."""
    return node.subjects[:1] if isinstance(node, Verb) and node.voice is Voice.MODIFIER else node.subjects


def are_listed(one: Node, other: Node) -> bool:
    """True for two phrases of one list."""
    return isinstance(one, Phrase) and isinstance(other, Phrase) and bool(set(_row(one)) & set(_row(other)))


def _row(phrase: Phrase) -> Iterator[int]:
    """The list that a phrase is of, by its members back to the first."""
    node: Phrase | None = phrase
    while node is not None:
        yield id(node)
        node = node.sibling


def are_close(one: Node, other: Node) -> bool:
    """True for two nodes that may be of one noun: the same, one right under the other, or side by side."""
    over_one, over_other = above(one)[:2], above(other)[:2]
    if one is other or one in over_other or other in over_one or are_listed(one, other):
        return True
    return bool(over_one) and over_one[:1] == over_other[:1]


def do_touch(one: Node, other: Node) -> bool:
    """True for two nodes of which one hangs on the other, or is the subject of what the other hangs on."""
    if one is other or hangs_within(one, other) or hangs_within(other, one):
        return True
    return _is_subject_over(one, other) or _is_subject_over(other, one)


def _is_subject_over(one: Node, other: Node) -> bool:
    heads = [head for head in [other, *above(other)] if not _is_subordinate(head)]
    return any(one in own_subjects(head) for head in heads)


def _is_subordinate(head: Node) -> bool:
    return isinstance(head, Verb) and (head.relative or head.mood is Mood.INFINITIVE)


def all_words(phrases: Iterable[Phrase]) -> list[Word]:
    """The words of some phrases, in order."""
    return [word for phrase in phrases for word in phrase.words]


def words_of(node: Node) -> list[Word]:
    """The words of a node that say something."""
    return [node.word] if isinstance(node, Verb) else [word for word in node.words if not word.light]
