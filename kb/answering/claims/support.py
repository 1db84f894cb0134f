"""Support: the calibrated probability that quotes entail a sentence; a logistic model of cheap features."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from kb.answering.claims.alignment import Aligned, Word
from kb.answering.logistic import LogisticModel, read_model
from kb.language.polarity import MarkKind, find_marks
from kb.language.words import fold

LIGHT_WEIGHT, CAPITAL_WEIGHT = 0.25, 1.3
"""What a word that only frames counts, and one written with a capital."""
_VERBAL = (MarkKind.DONE, MarkKind.PLANNED, MarkKind.MUST, MarkKind.MAY, MarkKind.NEGATION)

_INFINITIVE = re.compile(r"(?:[aei]re|rre)$")
_ARTICLES = frozenset("il lo la i gli le l un uno una".split())


def load_support() -> LogisticModel:
    """The shipped model of "the quotes say this", fitted by `python -m evals.fit_support`."""
    return read_model(Path(__file__).with_name("support.json"))


def support_features(aligned: Aligned, known: frozenset[str] = frozenset()) -> dict[str, float]:
    """
    What the model looks at, each in [0, 1].

    known: folded words that may be named without a quote, such as those of the titles; they speak neither for nor
    against, since a quote often leaves out who it is about.
    """
    words = [word for word in aligned.claim.words if word.figure is None and not is_understood(word, known, aligned)]
    content = [word for word in words if not word.light]
    unseen = [word for word in content if not aligned.is_said(word)]
    return {
        "coverage": _covered(words, aligned),
        "exact": _share([word for word in content if any(p.nearness > 0.9 for p in aligned.of(word))], content),
        "unseen": min(len(unseen), 6) / 6,
        "run": min(_longest_run(content, aligned), 4) / 4,
        "clause": _clause_coverage(content, aligned),
        "tail": _tail(content, aligned),
        "predicate": float(any(not aligned.is_said(word) for word in _predicates(aligned))),
        "head": float(bool(content) and not aligned.is_said(content[0])),
        "beside_figure": float(any(not aligned.is_said(word) for word in _measured(aligned))),
        "noun": float(any(_is_bare(word) for word in unseen)),
        "last": float(bool(content) and not aligned.is_said(content[-1])),
        "synonyms": sum(aligned.is_said(w) and aligned.of(w)[0].nearness <= 0.9 for w in content)
        / max(1, len(content)),
        "bare": min(sum(not word.before and not word.is_capital for word in unseen), 3) / 3,
    }


def is_understood(word: Word, known: frozenset[str], aligned: Aligned) -> bool:
    """True for a known name that the quotes leave out and that the claim may speak of, as it would of a subject."""
    if not word.is_capital or aligned.is_said(word) or known.isdisjoint((fold(word.text), word.stem)):
        return False
    before = [other for other in aligned.claim.words if other.at == word.at - 1 and other.is_capital]
    if any(aligned.is_said(other) for other in before):  # "Next Milano": a name patched up
        return False
    return word.preposition in ("", "di") and not {"e", "ed"} & set(word.before.split())


def _share(part: Sequence[Word], whole: Sequence[Word]) -> float:
    return len(part) / len(whole) if whole else 1.0


def _weight(word: Word) -> float:
    return LIGHT_WEIGHT if word.light else CAPITAL_WEIGHT if word.is_capital else 1.0


def _covered(words: Sequence[Word], aligned: Aligned) -> float:
    """The share of the claim's weight that some quote says, nearness counted."""
    total = sum(_weight(word) for word in words)
    held = sum(_weight(word) * max((p.nearness for p in aligned.of(word)), default=0.0) for word in words)
    return held / total if total else 1.0


def _longest_run(words: Sequence[Word], aligned: Aligned) -> int:
    """The most words in a row that no quote says."""
    longest = run = 0
    for word in words:
        run = 0 if aligned.is_said(word) else run + 1
        longest = max(longest, run)
    return longest


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
    return held / len(words) if words else 1.0


def _predicates(aligned: Aligned) -> list[Word]:
    """The words right after "ha", "vuole", "deve", "può", "non": what the claim says that is done or to be done."""
    marks = [mark for mark in find_marks(aligned.claim.text) if mark.kind in _VERBAL]
    after = [next((word for word in aligned.claim.words if word.start >= mark.end), None) for mark in marks]
    infinitives = [w for w in aligned.claim.words if _INFINITIVE.search(w.text) and "a" in w.before.split()]
    return [word for word in (*after, *infinitives) if word is not None and not word.light and word.figure is None]


def _is_bare(word: Word) -> bool:
    """True for a noun with an article and no preposition: who does it, or what is done."""
    return not word.preposition and bool(set(word.before.split()) & _ARTICLES)


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
    return sum(not aligned.is_said(word) for word in last) / max(1, len(last))
