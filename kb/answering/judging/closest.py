"""Closest: the sentence that comes nearest to an answer where none is given, for a person to judge."""

from __future__ import annotations

from kb.answering.judging.outvoting import OUTDONE
from kb.answering.judging.rows import has_bare_number
from kb.answering.state import Evidence

HELD = 0.5
"""What such a sentence must hold of the question at least (development questions, the plan's and others')."""
MOST_CHARS = 320
"""A longer one is read in its page, not in a refusal."""
_LEFT_UNSAID = frozenset({"untold", "unknown_word", ""})
"""Vetoes, or none, under which the documents may say it in other words all the same."""


def closest_sentence(evidence: tuple[Evidence, ...], *, veto: str = "") -> Evidence | None:
    """
    The best sentence of a question that is refused, where it may still be what the person looks for; else None.

    Of the questions refused though the documents answer them, half have their answer in it. Not a sentence to which
    another is nearer in meaning, one that only opens a list, or a row whose numbers have no unit of their own.
    """
    if not evidence or veto not in _LEFT_UNSAID:
        return None
    best = evidence[0]
    features, text = best.features, best.text.strip()
    if features.get("coverage", 0.0) < HELD or features.get("outdone", 1.0) > OUTDONE:
        return None
    return None if len(text) > MOST_CHARS or text.endswith(":") or has_bare_number(text) else best
