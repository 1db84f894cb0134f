"""Support: the calibrated probability that quotes entail a sentence; a logistic model of cheap features."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from kb.answering.alignment import Aligned, Word
from kb.language.polarity import MarkKind, find_marks

LIGHT_WEIGHT, CAPITAL_WEIGHT = 0.25, 1.3
"""What a word that only frames counts, and one written with a capital."""
_VERBAL = (MarkKind.DONE, MarkKind.PLANNED, MarkKind.MUST, MarkKind.MAY, MarkKind.NEGATION)
NEAR = 5
"""Words apart, at most, for two words of a quote to stand together."""


@dataclass(frozen=True, slots=True)
class Support:
    """A logistic model of "the quotes say this", fitted by `python -m evals.fit_support`."""

    version: str
    weights: Mapping[str, float]
    bias: float
    enough: float  # least probability that is sent

    def probability(self, features: Mapping[str, float]) -> float:
        """In (0, 1); a feature without a weight counts nothing."""
        total = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return 1 / (1 + math.exp(-total))


@lru_cache(maxsize=1)
def load_support() -> Support:
    """The shipped model."""
    data = json.loads(files("kb.answering").joinpath("support.json").read_text(encoding="utf-8"))
    return Support(data["version"], data["weights"], data["bias"], data["enough"])


def support_features(aligned: Aligned) -> dict[str, float]:
    """What the model looks at, each in [0, 1]."""
    words = [word for word in aligned.claim.words if word.figure is None]
    content = [word for word in words if not word.light]
    unseen = [word for word in content if not aligned.is_said(word)]
    return {
        "coverage": _covered(words, aligned),
        "exact": _share([word for word in content if any(p.nearness > 0.9 for p in aligned.of(word))], content),
        "unseen": min(len(unseen), 6) / 6,
        "run": min(_longest_run(content, aligned), 4) / 4,
        "together": _together(content, aligned),
        "clause": _clause_coverage(content, aligned),
        "mixed": _share([w for w in content if aligned.is_said(w)], content) - _clause_coverage(content, aligned),
        "tail": _tail(content, aligned),
        "predicate": float(any(not aligned.is_said(word) for word in _predicates(aligned))),
        "head": float(bool(content) and not aligned.is_said(content[0])),
        "beside_figure": float(any(not aligned.is_said(word) for word in _measured(aligned))),
        "last": float(bool(content) and not aligned.is_said(content[-1])),
        "names": float(any(word.is_capital for word in unseen)),
        "synonyms": _share([w for w in content if aligned.of(w) and aligned.of(w)[0].nearness <= 0.9], content),
    }


def _share(part: Sequence[Word], whole: Sequence[Word]) -> float:
    return len(part) / len(whole) if whole else 0.0


def _weight(word: Word) -> float:
    return LIGHT_WEIGHT if word.light else CAPITAL_WEIGHT if word.is_capital else 1.0


def _covered(words: Sequence[Word], aligned: Aligned) -> float:
    """The share of the claim's weight that some quote says, nearness counted."""
    total = sum(_weight(word) for word in words)
    held = sum(_weight(word) * max((p.nearness for p in aligned.of(word)), default=0.0) for word in words)
    return held / total if total else 0.0


def _longest_run(words: Sequence[Word], aligned: Aligned) -> int:
    """The most words in a row that no quote says."""
    longest = run = 0
    for word in words:
        run = 0 if aligned.is_said(word) else run + 1
        longest = max(longest, run)
    return longest


def _together(words: Sequence[Word], aligned: Aligned) -> float:
    """The share of neighbours of the claim that stand near each other in a quote too."""
    pairs = [(a, b) for a, b in pairwise(words) if aligned.is_said(a) and aligned.is_said(b)]
    return sum(_stand_near(a, b, aligned) for a, b in pairs) / len(pairs) if pairs else 0.0


def _stand_near(one: Word, other: Word, aligned: Aligned) -> bool:
    return any(
        a.source == b.source and a.word is not b.word and abs(a.word.at - b.word.at) <= NEAR
        for a in aligned.of(one)
        for b in aligned.of(other)
    )


def _clause_coverage(words: Sequence[Word], aligned: Aligned) -> float:
    """The share of words that a single quote says, each clause of the claim with the quote that says most of it."""
    clauses: dict[int, list[Word]] = {}
    for word in words:
        clauses.setdefault(word.clause, []).append(word)
    held = sum(
        max(
            (sum(any(p.source == n for p in aligned.of(w)) for w in clause) for n in range(len(aligned.sources))),
            default=0,
        )
        for clause in clauses.values()
    )
    return held / len(words) if words else 0.0


def _predicates(aligned: Aligned) -> list[Word]:
    """The words right after "ha", "vuole", "deve", "può", "non": what the claim says that is done or to be done."""
    marks = [mark for mark in find_marks(aligned.claim.text) if mark.kind in _VERBAL]
    after = [next((word for word in aligned.claim.words if word.start >= mark.end), None) for mark in marks]
    return [word for word in after if word is not None and not word.light and word.figure is None]


def _measured(aligned: Aligned) -> list[Word]:
    """The words within two of a figure: what it measures."""
    figures = [word for word in aligned.claim.words if word.figure is not None]
    return [
        word
        for word in aligned.claim.words
        if word.figure is None and not word.light and any(0 < word.at - figure.at <= 2 for figure in figures)
    ]


def _tail(words: Sequence[Word], aligned: Aligned) -> float:
    """The share of the claim's last four words that no quote says: an addition stands at the end."""
    last = words[-4:]
    return _share([word for word in last if not aligned.is_said(word)], last)
