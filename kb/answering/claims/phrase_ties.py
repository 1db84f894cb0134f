"""Phrase ties: whether the phrases of a claim hang in its quotes on what they hang on in the claim."""

from __future__ import annotations

import re
from itertools import pairwise

from kb.answering.claims.alignment import Word
from kb.answering.claims.belonging import (
    counted_by,
    is_between,
    is_said_of,
    is_topic,
)
from kb.answering.claims.bounds import is_year
from kb.answering.claims.phrases import (
    Node,
    Parsed,
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
    words_of,
)
from kb.answering.claims.placed import Placed, are_self
from kb.language.figures import FigureKind
from kb.language.words import fold

_THERE_IS = re.compile(
    r"\b(?:c['’](?:è|era)|ci (?:è|sono|era|erano|sarà|saranno))\s+(?:anche\s+)?(?:\w{1,4}['’\s])?\s*$", re.IGNORECASE
)
"""Before what there is, which is said of nothing."""
_AFTER_PAUSE = re.compile(r"\be,\s+\w{1,5}['’\s]\s*$", re.IGNORECASE)
"""Before what opens a clause after "e", with its comma: "e, a parità di media, …"."""
_HOUR = re.compile(r"\b(?:le|alle|dalle|ore)\s*$", re.IGNORECASE)
"""Before an hour, which counts nothing."""
_TIMES = re.compile(r"\s+volte\b", re.IGNORECASE)
"""After a number that counts how often."""
_FROM_TO = re.compile(r",\s*d(?:a|al|allo|alla|ai|agli|alle|all['’])\s*$", re.IGNORECASE)
"""Before the first of what is spanned: "su più livelli, dall’abitare alla mobilità"."""
_LINKED = frozenset(("che", "mentre", "quando", "se", "cui"))
_LABELS = frozenset(
    "driver missione missioni linea azione capitolo pagina pagine sttm articolo comma numero zona covid".split()
)


class PhraseTies(Placed):
    """What each phrase goes with, in a claim and in its quotes."""

    def has_another_predicate(self, phrase: Phrase) -> bool:
        """True when the claim says with "è" what the quotes say of something else."""
        subjects = self._named(phrase.subjects)
        before = self._aligned.claim.text[: phrase.words[0].start]
        if any(word.figure for word in phrase.words) or _THERE_IS.search(before):
            return False
        if are_self(all_words(subjects)):
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
        if are_self(phrase.words) or any(word.is_capital for word in words):
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
            text = self._aligned.claim.text
            if _HOUR.search(text[: number.start]) or _TIMES.match(text[number.end :]):
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
        if any(
            _FROM_TO.search(self._aligned.claim.text[: one.words[0].start])
            for one in (phrase, *above(phrase)[:1])
            if isinstance(one, Phrase)
        ):
            return False
        places = [] if are_self(phrase.words) else self._places(phrase.words)
        heads = [place for head in self._heads_of(phrase) for place in self._homes(words_of(head))]
        if not places or not heads or any(is_topic(node, self._theirs[source]) for source, node in places):
            return False
        if any(isinstance(one, Verb) and one.clitic for _, node in heads for one in [node, *above(node)]):
            return False
        heads += [(source, mate) for source, node in heads for mate in _mates(node, self._theirs[source])]
        return not any(a == b and are_tied(node, one) for a, node in heads for b, one in places)

    def _is_fronted(self, phrase: Phrase) -> bool:
        """True for what stands before the first verb or "è" of the claim: it may go with all that follows."""
        before = self._mine.nodes[: self._mine.nodes.index(phrase)]
        if not any(has_own_subject(one) if isinstance(one, Verb) else one.subjects for one in before):
            return True
        return _AFTER_PAUSE.search(self._aligned.claim.text[: phrase.words[0].start]) is not None

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


def _mates(node: Node, parsed: Parsed) -> list[Node]:
    """The verbs before and after an "e", whose phrases go with both: "raccoglie e organizza in corridoi"."""
    if not isinstance(node, Verb):
        return []
    return [*([node.shares] if node.shares else []), *(one for one in parsed.verbs if one.shares is node)]
