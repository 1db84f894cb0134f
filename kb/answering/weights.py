"""How telling each word is in a release: counted when it is built, and kept in its folder."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from kb.language.words import STOP_WORDS, stem, tokenize
from kb.records import Passage

COUNTS = "word_counts.json"
"""File of a release's folder."""

RULE = "stems and capitals 1"
"""How words are counted; to be raised with any change of it, so that older releases are counted anew when opened."""

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


class Counted(Protocol):
    """A release whose words are weighed."""

    @property
    def folder(self) -> Path | None:
        """Where its files are, if it has any."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Its passages."""


def keep_weights(folder: Path, passages: Iterable[Passage]) -> None:
    """Count the words of these passages once and write the counts to a release's folder."""
    counted = count_words(passages)
    kept = {
        "rule": RULE,
        "passages": counted.passages,
        "frequency": dict(sorted(counted.frequency.items())),
        "lowercase": sorted(counted.lowercase),
        "proper": sorted(counted.proper),
    }
    (folder / COUNTS).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def load_weights(release: Counted) -> WordWeights:
    """The weights that a release keeps; one that keeps none that can be used is counted here."""
    try:
        kept = json.loads((release.folder / COUNTS).read_text(encoding="utf-8")) if release.folder else {}
        if kept.get("rule") == RULE:
            words = frozenset(kept["lowercase"]), frozenset(kept["proper"])
            return WordWeights(kept["passages"], kept["frequency"], *words)
    except (
        OSError,
        ValueError,
        KeyError,
        AttributeError,
    ):  # built before counts were kept, or damaged: the passages themselves tell
        pass
    return count_words(release.passages)


@lru_cache(maxsize=20_000)
def stems_of(text: str) -> frozenset[str]:
    """The stems of a text, stop words left out; a hyphenated word also counts as one ("info-mobilità")."""
    joined = [match.group().replace("-", "") for match in _HYPHENATED.finditer(text)]
    return frozenset(stem(token for token in tokenize(" ".join([text, *joined])) if token not in STOP_WORDS))
