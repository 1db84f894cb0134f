"""How telling each word is in a release, counted once when the release is opened."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kb.language.words import STOP_WORDS, stem, tokenize
from kb.records import Passage

_HYPHENATED = re.compile(r"\b[A-Za-zÀ-ÿ]{2,}-[A-Za-zÀ-ÿ]{2,}\b")
# A capital inside a sentence; the one that opens it proves nothing.
_CAPITAL = re.compile(r"(?<=[a-zà-ù,;:)] )[A-ZÀ-Ý][\wà-ÿ]+|\b[A-Z]{2,}\b")


@dataclass(frozen=True, slots=True)
class WordWeights:
    """How telling each stem is in this release."""

    passages: int
    frequency: Mapping[str, int]  # stem → passages that hold it
    lowercase: frozenset[str]  # words written in lowercase somewhere
    proper: frozenset[str] = frozenset()  # stems of names and acronyms: words never written in lowercase

    def weight(self, word: str) -> float:
        """
        Inverse document frequency, > 0; a stem that no passage holds weighs most.

        A name weighs twice: a sentence without it is about something else.

        Source: Robertson and Zaragoza 2009, with 1 added inside the logarithm so that it stays positive.
        """
        seen = self.frequency.get(word, 0)
        return math.log(1 + (self.passages - seen + 0.5) / (seen + 0.5)) * (2 if word in self.proper else 1)


def count_words(passages: Iterable[Passage]) -> WordWeights:
    """The weights of all stems of these passages, sections included."""
    frequency: Counter[str] = Counter()
    lowercase: set[str] = set()
    capital: set[str] = set()
    count = 0
    for passage in passages:
        count += 1
        frequency.update(stems_of(passage.text) | stems_of(" ".join(passage.section)))
        lowercase.update(re.findall(r"\b[a-zà-ù]+\b", passage.text))
        capital.update(match.group().lower() for match in _CAPITAL.finditer(passage.text))
    return WordWeights(count, dict(frequency), frozenset(lowercase), stems_of(" ".join(capital - lowercase)))


@lru_cache(maxsize=20_000)
def stems_of(text: str) -> frozenset[str]:
    """The stems of a text, stop words left out; a hyphenated word also counts as one ("info-mobilità")."""
    joined = [match.group().replace("-", "") for match in _HYPHENATED.finditer(text)]
    return frozenset(stem(token for token in tokenize(" ".join([text, *joined])) if token not in STOP_WORDS))
