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

from kb.language.words import content_stems
from kb.records import Passage

COUNTS = "word_counts.json"
"""File of a release's folder."""

RULE = "stems and capitals 2"
"""How words are counted; to be raised with any change of it, so that older releases are counted anew when opened."""

_LOWERCASE = re.compile(r"\b[a-zà-ù]+\b")
_HYPHENATED = re.compile(r"\b[A-Za-zÀ-ÿ]{2,}-[A-Za-zÀ-ÿ]{2,}\b")
# A capital inside a sentence; the one that opens it proves nothing.
_CAPITAL = re.compile(r"(?<=[a-zà-ù,;:)] )[A-ZÀ-Ý][\wà-ÿ]+|\b[A-Z]{2,}\b")


Counted = tuple[str, tuple[str, ...]]
"""What of a passage is counted: its text and its section."""


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


@dataclass(frozen=True, slots=True)
class WordCounts:
    """In how many of some passages each word stands; what several hold can be added up and taken off."""

    passages: int
    frequency: Counter[str]  # of stems, sections included
    lowercase: Counter[str]  # of words as written in lowercase
    capital: Counter[str]  # of words written with a capital inside a sentence, in lowercase

    @classmethod
    def of(cls, passages: Sequence[Counted]) -> WordCounts:
        """Those of these passages."""
        frequency, lowercase, capital = Counter[str](), Counter[str](), Counter[str]()
        for text, section in passages:
            frequency.update(stems_of(text) | stems_of(" ".join(section)))
            lowercase.update(set(_LOWERCASE.findall(text)))
            capital.update({word.lower() for word in _CAPITAL.findall(text)})
        return cls(len(passages), frequency, lowercase, capital)

    def changed(self, *, fresh: Sequence[Counted], gone: Sequence[Counted]) -> WordCounts:
        """Those with passages that came and without those that went, which these counted."""
        more, less = WordCounts.of(fresh), WordCounts.of(gone)
        return WordCounts(
            self.passages + more.passages - less.passages,
            self.frequency + more.frequency - less.frequency,
            self.lowercase + more.lowercase - less.lowercase,
            self.capital + more.capital - less.capital,
        )

    def weights(self) -> WordWeights:
        """How telling they make each stem."""
        lowercase = frozenset(self.lowercase)
        proper = stems_of(" ".join(sorted(self.capital.keys() - lowercase)))
        return WordWeights(self.passages, self.frequency, lowercase, proper)


def count_words(passages: Iterable[Passage]) -> WordWeights:
    """The weights of all stems of these passages, sections included."""
    return WordCounts.of(_counted(passages)).weights()


class Shelf(Protocol):
    """A release whose words are weighed."""

    @property
    def folder(self) -> Path | None:
        """Where its files are, if it has any."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Its passages."""


def keep_weights(folder: Path, passages: Sequence[Passage], earlier: Shelf | None = None) -> None:
    """
    Write the counts of these passages' words to a release's folder.

    Only what differs from an earlier release is counted, where that one keeps counts; they come out the same.
    """
    counts = _counted_from(earlier, passages) or WordCounts.of(_counted(passages))
    kept = {
        "rule": RULE,
        "passages": counts.passages,
        "frequency": dict(sorted(counts.frequency.items())),
        "lowercase": dict(sorted(counts.lowercase.items())),
        "capital": dict(sorted(counts.capital.items())),
    }
    (folder / COUNTS).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def load_weights(release: Shelf) -> WordWeights:
    """The weights that a release keeps; one that keeps none that can be used is counted here."""
    return (_load(release.folder) or WordCounts.of(_counted(release.passages))).weights()


def _counted_from(earlier: Shelf | None, passages: Sequence[Passage]) -> WordCounts | None:
    counts = _load(earlier.folder) if earlier else None
    if counts is None or earlier is None:
        return None
    before, now = Counter(_counted(earlier.passages)), Counter(_counted(passages))
    return counts.changed(fresh=list((now - before).elements()), gone=list((before - now).elements()))


def _counted(passages: Iterable[Passage]) -> list[Counted]:
    return [(passage.text, passage.section) for passage in passages]


def _load(folder: Path | None) -> WordCounts | None:
    """The counts kept there; None where there are none of this rule, or they can't be read."""
    try:
        kept = json.loads((folder / COUNTS).read_text(encoding="utf-8")) if folder else {}
        if kept.get("rule") != RULE:
            return None
        counters = [Counter[str](kept[name]) for name in ("frequency", "lowercase", "capital")]
        return WordCounts(int(kept["passages"]), *counters)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


@lru_cache(maxsize=20_000)
def stems_of(text: str) -> frozenset[str]:
    """The stems of a text, stop words left out; a hyphenated word also counts as one ("info-mobilità")."""
    joined = [match.group().replace("-", "") for match in _HYPHENATED.finditer(text)]
    return frozenset(content_stems(" ".join([text, *joined])))
