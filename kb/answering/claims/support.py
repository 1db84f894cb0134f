"""
Support: the calibrated probability that quotes say what a sentence says; a logistic model of its new words.

Words alone decide. The default embedder was tried and left out: over 540 new words of labelled pairs the cosine of a
new word's token vector with the nearest of its quotes tells faithful from false with an AUC of 0.46 to 0.61, and that
of the whole sentence with 0.43; a far paraphrase lies further from its quote than a lie in the quote's own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kb.answering.claims.alignment import Aligned, Word
from kb.answering.claims.novelty import is_new, kind_of, telling_words
from kb.answering.weighing.logistic import LogisticModel, read_model

BESIDE_FIGURE = 2
"""Words after a figure that tell what it measures, at most."""
MOST = 3
"""New words of a kind beyond which more make no difference."""


def load_support() -> LogisticModel:
    """The shipped model of "the quotes say this", fitted by `python -m evals.fit_support`."""
    return read_model(Path(__file__).with_name("support.json"))


def support_features(aligned: Aligned, known: frozenset[str] = frozenset()) -> dict[str, float]:
    """
    What the model looks at; each speaks against the claim, and all are 0 where the quotes have every word of it.

    "noun", "verb", "other" (new words of the kind), "run" (the longest of them in a row), "share" (of the telling
    words), "last" (the claim ends with one: an addition stands at the end), "beside_figure" (one
    tells what a figure measures).

    known: folded words and stems that may be named without a quote, such as those of the titles.
    """
    words = telling_words(aligned, known)
    new = [word for word in words if is_new(word, aligned)]
    kinds = [kind_of(word) for word in new]
    return {
        "noun": min(kinds.count("noun"), MOST),
        "verb": min(kinds.count("verb"), MOST),
        "other": min(kinds.count("other"), MOST),
        "run": _longest_run(words, new),
        "share": len(new) / len(words) if words else 0.0,
        "last": float(bool(words) and words[-1] in new),
        "beside_figure": float(any(word in new for word in _measured(aligned))),
    }


def _longest_run(words: Sequence[Word], new: Sequence[Word]) -> int:
    longest = run = 0
    for word in words:
        run = run + 1 if word in new else 0
        longest = max(longest, run)
    return longest


def _measured(aligned: Aligned) -> list[Word]:
    """The words right after a figure: what it measures."""
    figures = [word for word in aligned.claim.words if word.figure is not None]
    return [
        word
        for word in aligned.claim.words
        if word.figure is None and any(0 < word.at - figure.at <= BESIDE_FIGURE for figure in figures)
    ]
