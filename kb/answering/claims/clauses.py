"""
Clauses: reads a sentence's verbs and phrases in one pass, without a parser, by word order, small words and endings.

Where these leave a choice open the wider one is kept, since what is read here can only speak against a model's sentence
where its quote leaves no room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kb.answering.claims import cues
from kb.answering.claims.alignment import Reading, Word, read_words
from kb.answering.claims.phrases import Parsed, Part, Phrase, Verb, Voice, has_own_subject
from kb.language.verbs import Mood, VerbForm, is_subjunctive, read_verb
from kb.language.words import PLAIN_APOSTROPHES, fold

ANTECEDENTS = 7
"""Phrases before a "che" that it may go with, at most."""


def parse(reading: Reading) -> Parsed:
    """The verbs and phrases of a text, in order; the same object for the same text."""
    return _parse(reading.text)


@lru_cache(maxsize=2000)
def _parse(text: str) -> Parsed:
    return _Parser(read_words(text)).parse()


class _Parser:
    """One pass from left to right."""

    def __init__(self, reading: Reading) -> None:
        text = reading.text.translate(PLAIN_APOSTROPHES)
        idioms = [match.span() for match in cues.IDIOM.finditer(text)]
        self._text = cues.IDIOM.sub(lambda match: " " * len(match.group()), text)
        self._words = [word for word in reading.words if not any(a <= word.start < b for a, b in idioms)]
        self._nodes: list[Verb | Phrase] = []
        self._home: dict[int, Verb | Phrase] = {}
        self._subjects: list[Phrase] = []  # of the clause that is being read
        self._open: list[Phrase] = []  # bare phrases since the last boundary, before a verb
        self._verb: Verb | None = None  # the last one, whose phrases may follow
        self._antecedents: list[Phrase] = []  # before the "che" of the clause that is being read
        self._begun = 0  # the node at which the sentence begins
        self._seen = False  # a finite verb, since the sentence began
        self._hangs = False  # in a clause that "che" or another such word opens

    def parse(self) -> Parsed:
        """Read it all."""
        end = 0
        for word in self._words:
            gap = cues.LOOSE.sub(" ", self._text[end : word.start].lower())
            self._boundary(gap)
            voice = self._voice(word, gap)
            if voice is None and _is_adverb(word):
                continue  # its letters stay in the gap before the next word
            if voice is not None:
                self._add_verb(word, gap, voice)
            elif (phrase := self._continued(word, gap)) is not None:
                phrase.words.append(word)
                self._home[word.at] = phrase
            else:
                self._add_phrase(word, gap)
            end = word.end
        return Parsed(tuple(self._nodes), self._home)

    def _boundary(self, gap: str) -> None:
        if cues.STOP.search(gap):
            self._verb, self._open, self._hangs, self._seen = None, [], False, False
            self._begun = len(self._nodes)
            if "." in gap:
                self._subjects = []
        if cues.OPENERS.search(gap):
            self._open, self._hangs = [], True
            self._antecedents = self._chain() if cues.RELATIVE.search(gap) else []

    def _voice(self, word: Word, gap: str) -> Voice | None:
        """How a word is a verb here; None where it is none."""
        form = read_verb(word.text)
        if word.figure is not None or (word.is_capital and word.start > 0):
            return None
        before = self._text[: word.start].lower()
        if form is None:
            voice = _participle(before, set(word.before.split())) if cues.PARTICIPLE.search(word.text) else None
            return voice if voice is not Voice.MODIFIER else None
        small = _after_links(word.before.split())
        if form.mood is Mood.PARTICIPLE:
            voice = _participle(before, set(small))
            return self._carried_on(word, gap) or voice if voice is Voice.MODIFIER else voice
        if form.mood is Mood.GERUND:
            return Voice.ACTIVE
        if form.mood is Mood.INFINITIVE:
            return self._infinitive(word, gap)
        if cues.UNELIDED.search(before) and fold(word.text)[0] in "aeiou":
            return self._finite(word, gap)  # "la approva": an article would have lost its vowel
        clitic = set(small) <= cues.OBJECT_PRONOUNS | cues.JOINS
        if clitic and cues.SURELY_FINITE.search(f"{form.infinitive} {fold(word.text)}"):
            return self._finite(word, gap)
        return None if _is_nominal(small) else self._finite(word, gap)

    def _carried_on(self, word: Word, gap: str) -> Voice | None:
        """The voice of the second of "ha firmato l’intesa e avviato i lavori", by what follows it."""
        last = next((verb for verb in reversed(self._nodes[self._begun :]) if isinstance(verb, Verb)), None)
        follows = cues.ARTICLE_AFTER.search(self._text[word.end :].lower())
        joined = gap.strip() in ("e", "ed") and last is not None and last.mood is Mood.PARTICIPLE
        return Voice.ACTIVE if joined and last and last.voice is Voice.ACTIVE and follows else None

    def _infinitive(self, word: Word, gap: str) -> Voice | None:
        if not word.before and not gap.strip() and self._nodes and isinstance(self._nodes[-1], Phrase):
            return None  # "congestione veicolare"
        return None if set(word.before.split()[-1:]) & (cues.DETERMINERS - cues.OF_INFINITIVES) else Voice.ACTIVE

    def _finite(self, word: Word, gap: str) -> Voice | None:
        previous = self._nodes[-1] if self._nodes else None
        if cues.AUXILIARY_AFTER.search(self._text[word.end :].lower()) or cues.BARE_BE.search(
            self._text[: word.start].lower()
        ):
            return None
        if not gap.strip() and not self._may_follow(word, previous):
            return None
        if is_subjunctive(word.text):
            plural = isinstance(previous, Phrase) and not gap.strip() and previous.words[-1].text[-1] in "ie"
            if not (self._hangs or cues.BESIDE_VERB.search(gap)) or (plural and word.text.endswith("i")):
                return None
        return Voice.ACTIVE

    def _may_follow(self, word: Word, previous: Verb | Phrase | None) -> bool:
        """False where a word right after another is no verb: "sviluppare funzioni", "turismo fuori porta"."""
        if previous is None:
            return word.text[-3:] in ("ono", "ano") or word.light
        if isinstance(previous, Verb):
            return word.text.endswith(("ono", "ano", "anno"))
        if self._open or word.text.endswith(cues.SURE_ENDINGS) or word.text in cues.SURE_FORMS:
            return True
        return not previous.preposition and (previous.part is not Part.OBJECT or self._is_second(previous))

    def _last(self) -> Verb | Phrase | None:
        """The last verb or phrase of the sentence that is being read."""
        return self._nodes[-1] if len(self._nodes) > self._begun else None

    def _continued(self, word: Word, gap: str) -> Phrase | None:
        """The phrase that a word goes on: as an adjective, a name's next word, a noun after a figure."""
        between = fold(gap).strip(cues.QUOTE_MARKS).split()
        if cues.PAUSE.search(gap) or not all(one in cues.DEGREES or one.endswith("mente") for one in between):
            return None
        for node in reversed(self._nodes[self._begun :]):
            if isinstance(node, Phrase):
                counted = node.words[-1].figure is not None or node.words[0].is_capital
                opens = word.is_capital and fold(word.text) in cues.BODIES and not counted
                return None if opens else node
            if node.voice is not Voice.MODIFIER:
                return None
        return None

    def _add_verb(self, word: Word, gap: str, voice: Voice) -> None:
        form = read_verb(word.text) or VerbForm(fold(word.text), Mood.PARTICIPLE)
        verb = Verb(word, form.mood, voice, form.infinitive, relative=bool(cues.RELATIVE.search(gap)))
        previous = self._last()
        verb.governor = previous
        joined = form.mood in (Mood.GERUND, Mood.INFINITIVE) and word.text.endswith(("lo", "la", "li", "le", "ne"))
        verb.clitic = joined or bool(cues.CLITIC.search(gap))
        verb.purpose = bool(re.search(r"\bper\s*$", gap))
        if isinstance(previous, Verb) and gap.strip() in ("e", "ed", "o", "e di", "e a"):
            previous.shares = verb
        if has_own_subject(verb):
            verb.antecedents, self._antecedents = self._antecedents, []
            verb.subjects = self._subjects = self._finite_subjects(verb, gap)
        elif voice is Voice.MODIFIER:
            verb.subjects = _agreeing(word, self._chain())
        else:
            verb.antecedents = self._chain() if re.search(r"\bda\s*$", gap) else []
            verb.subjects = [*(self._subjects or self._open), *self._handed(previous, gap)]
        verb.turned = bool(cues.TURNED.search(gap)) or not verb.subjects
        if has_own_subject(verb):
            self._attach(verb)
            verb.governor = previous if verb.relative else None
            self._open, self._seen, self._hangs = [], True, False
        self._verb = verb
        self._nodes.append(verb)
        self._home[word.at] = verb

    def _finite_subjects(self, verb: Verb, gap: str) -> list[Phrase]:
        if cues.WHOEVER.search(gap) or (cues.MEANWHILE.search(gap) and not self._open):
            return []
        if self._open:
            return self._open
        previous = self._last()
        if verb.relative:
            return self._chain()
        if cues.UNELIDED.search(gap):
            return [node for node in self._since_verb() if not node.preposition][:1]
        if verb.antecedents:
            return verb.antecedents
        if isinstance(previous, Phrase) and not gap.strip() and self._is_second(previous):
            return self._borrowed()
        return self._subjects or self._borrowed()

    def _is_second(self, phrase: Phrase) -> bool:
        """True for a second bare phrase after a verb: it opens the next clause, "…, il Driver 3 privilegia"."""
        before = self._nodes[self._begun : -1]
        return phrase.sibling is None and any(
            isinstance(one, Phrase) and one.part is Part.OBJECT and one.parent is phrase.parent for one in before
        )

    def _borrowed(self) -> list[Phrase]:
        """The last of two phrases taken for a verb's objects, where nothing else can be the subject."""
        bare = [one for one in self._since_verb() if one.part is Part.OBJECT and not one.preposition]
        if len(bare) < 2:
            return []
        bare[0].part, bare[0].parent = Part.SUBJECT, None
        return bare[:1]

    def _since_verb(self, *, whole: bool = False) -> Iterator[Phrase]:
        """The phrases back to the verb before them, nearest first; whole: also over a semicolon."""
        for node in reversed(self._nodes if whole else self._nodes[self._begun :]):
            if isinstance(node, Phrase):
                yield node
            elif node.voice is not Voice.MODIFIER:
                return

    def _handed(self, previous: Phrase | Verb | None, gap: str) -> list[Phrase]:
        """Who an infinitive is handed to: "la capacità dei Centri di", "dà ai Comuni la possibilità di"."""
        chain = self._chain() if cues.HANDING.search(gap.rstrip()) else []
        if any(cues.ABLE.match(word.text.lower()) for phrase in chain[:1] for word in phrase.words):
            return chain
        if isinstance(previous, Verb) and previous.voice is Voice.MODIFIER:
            return previous.subjects
        return [phrase for phrase in chain if phrase.preposition in ("a", "di", "") and phrase.words[0].is_capital]

    def _chain(self) -> list[Phrase]:
        """The phrases before a place that it may go with: back to the verb before them."""
        return list(self._since_verb(whole=True))[:ANTECEDENTS]

    def _attach(self, head: Verb | Phrase) -> None:
        """What stands before a verb and hangs on nothing yet hangs on it."""
        for node in self._nodes[self._begun :]:
            if isinstance(node, Phrase) and node.parent is None:
                node.parent = head
            elif isinstance(node, Verb) and node.governor is None and not has_own_subject(node):
                node.governor = head

    def _add_phrase(self, word: Word, gap: str) -> None:
        small = fold(re.sub(r"[^\w\s']|\b(?:è|dà)\b", " ", gap)).replace("'", " ").split()  # "è" is no "e"
        example = "(" in gap or small[:1] == ["come"]
        kind = "" if example else _preposition(small)
        often = "ogni" in small and (word.figure is not None or fold(word.text) in cues.TIMES)
        if not kind and (often or fold(word.text) in cues.DAYS):
            kind = "in"
        previous = self._last()
        listed = self._list_head(kind, small, gap, capital=word.is_capital and not kind)
        if not kind and "," in gap and self._is_condition():
            listed = None  # "se licenzia il lavoratore, l'impresa deve …"
        inherits = listed is not None and not kind and not set(small) & cues.DETERMINERS
        if listed is not None and inherits:
            kind = listed.preposition
        part = Part.OBLIQUE if kind else Part.SUBJECT
        phrase = Phrase([word], kind, part, previous, small=tuple(small), sibling=listed, inherits=inherits)
        if example and isinstance(previous, Phrase) and not kind:
            phrase.preposition, phrase.part, phrase.apposed = previous.preposition, previous.part, True
            phrase.inherits = "(" not in gap
        elif listed is not None:
            phrase.part, phrase.parent = listed.part, listed.parent
        elif isinstance(previous, Phrase) and _is_contrasted(small, gap):
            phrase.preposition, phrase.part, phrase.inherits = previous.preposition, previous.part, True
        elif not kind:
            self._place_bare(phrase, previous, fronted="," in gap and (self._is_condition() or not self._seen))
        self._enter(phrase, gap)

    def _enter(self, phrase: Phrase, gap: str) -> None:
        if cues.COPULA.search(gap) and "(" not in gap:
            phrase.owned = bool(cues.OWNING.search(gap))
            self._predicate(phrase, someone=cues.WHOEVER.search(gap) is not None)
        elif phrase.part is Part.SUBJECT and not phrase.preposition:
            self._open.append(phrase)
        self._nodes.append(phrase)
        self._home[phrase.words[0].at] = phrase

    def _is_condition(self) -> bool:
        """True right after the verb of "se non viene governata, …"."""
        verb = self._verb
        return verb is not None and cues.CONDITION.search(self._text[: verb.word.start].lower()) is not None

    def _predicate(self, phrase: Phrase, *, someone: bool) -> None:
        """What is said of a subject with "è": the subject and all before it hang on that; someone: of a "chi"."""
        phrase.subjects = [] if someone else self._open or self._antecedents or self._subjects
        self._antecedents = []
        self._attach(phrase)
        phrase.part, phrase.parent, phrase.sibling = Part.OBJECT, None, None
        self._subjects, self._open, self._seen, self._verb = phrase.subjects, [], True, None

    def _place_bare(self, phrase: Phrase, previous: Phrase | Verb | None, *, fronted: bool) -> None:
        """A phrase without preposition after a verb is its object; else it opens a clause."""
        verb = self._verb
        opens = fronted or bool({*cues.LINKS, "ma", "dove"} & set(phrase.small))
        if verb is not None and verb.voice is Voice.PASSIVE and {"e", "ed"} & set(phrase.small[:-1]):
            opens = True  # "è misurata ogni due anni, e il piano ogni quattro"
        if verb is not None and verb.voice is not Voice.MODIFIER and not opens and (not self._open or previous is verb):
            phrase.part, phrase.parent = Part.OBJECT, verb
            verb.clitic = verb.clitic or bool(cues.POINTERS & set(phrase.small))
        else:
            phrase.parent = None

    def _list_head(self, kind: str, small: list[str], gap: str, *, capital: bool) -> Phrase | None:
        """The phrase before that this one stands beside in a list: one after the same small words, or of the kind."""
        joined = "," in gap or "/" in gap or set(small) & cues.JOINS
        if not joined or set(small) & {*cues.LINKS, "ma", "dove"}:
            return None
        own = [one for one in small if one in cues.PREPOSITIONS or one in cues.DETERMINERS]
        found = [node for node in self._since_verb(whole=True) if _may_be_listed(node, kind, own)]
        if capital:
            fronted = not self._seen and not set(small) & cues.JOINS
            found = [node for node in found if node.words[0].is_capital and not (fronted and node.preposition)]
        alike = [node for node in found if own and list(node.small[-len(own) :]) == own]
        return next(iter(found if kind == "da" else [*alike, *found]), None)


def _is_contrasted(small: list[str], gap: str) -> bool:
    """True before the second adjective of "un parere obbligatorio, ma non vincolante"."""
    return "," in gap and small[:1] == ["ma"] and set(small[1:]) <= {"non", "anche"}


def _after_links(small: list[str]) -> list[str]:
    """The small words after the last "che" or other word that opens a clause."""
    last = max((at for at, one in enumerate(small) if one in cues.LINKS), default=-1)
    return small[last + 1 :]


def _is_nominal(small: list[str]) -> bool:
    """True for small words that only a noun has before it."""
    return any(one in cues.DETERMINERS or one in cues.PREPOSITIONS for one in small)


def _participle(before: str, small: set[str]) -> Voice | None:
    if cues.HAVE.search(before):
        return Voice.ACTIVE
    if cues.BE.search(before):
        return Voice.PASSIVE
    return None if _is_nominal(list(small)) else Voice.MODIFIER


def _preposition(small: list[str]) -> str:
    """The kind of the last preposition among small words, "con" for all that name a means; "" where there is none."""
    kinds = [cues.PREPOSITIONS[one] for one in _after_links(small) if one in cues.PREPOSITIONS]
    return ("con" if cues.MEANS & set(small) else kinds[-1]) if kinds else ""


def _agreeing(participle: Word, phrases: list[Phrase]) -> list[Phrase]:
    """Those of some phrases that a participle can go with by its ending; all where none can."""
    endings = cues.ENDINGS.get(participle.text[-1:], "aeiou")
    found = [
        phrase
        for phrase in phrases
        if any(word.text[-1:] in endings or word.text[-1:] not in "aeiouà" or word.figure for word in phrase.words)
    ]
    return found or phrases


def _is_adverb(word: Word) -> bool:
    folded = fold(word.text)
    if folded in cues.ORDINALS and set(word.before.split()[-1:]) & cues.DETERMINERS:
        return False
    return folded in cues.ADVERBS or folded.endswith("mente") or (folded == "lungo" and not word.before)


def _may_be_listed(node: Phrase, kind: str, own: list[str]) -> bool:
    if not own:
        return True
    if kind:
        return node.preposition == kind
    split = node.preposition in cues.SPLIT and bool(set(node.small[-1:]) & cues.DETERMINERS)
    return not node.preposition or split
