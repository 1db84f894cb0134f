"""Untold: what a sentence lacks of what a question turns on, by what speaks for it."""

from __future__ import annotations

from collections.abc import Mapping

from kb.answering.state import Evidence

FAR = 0.35
"""Below this a word has nothing near it (development questions)."""
FAR_DEED = 0.5
"""Below this a sentence tells another deed, or one done to something else: a word of like meaning counts 0.6."""
NOTHING_NEAR = 0.35
"""Above this a word that no document holds has nothing near it either (development questions)."""
LACKS, LACKS_WHAT_OTHERS_HAVE = 0.2, 0.0
"""A sentence with a figure that lacks a thing asked about; one that others are about is not said in other words."""


def is_untold(features: Mapping[str, float]) -> bool:
    """True where a sentence lacks what the question turns on: its verb, who does it to what, what a figure is of."""
    least = min(features.get(name, 1.0) for name in ("related", "whole", "subject"))
    return least < FAR or features.get("deed", 1.0) < FAR_DEED


def names_nobody(features: Mapping[str, float]) -> bool:
    """True where it is asked who, and a sentence names nobody that the question doesn't."""
    return not features.get("someone", 1.0)


def beside_the_point(one: Evidence) -> bool:
    """True where a sentence doesn't tell what the question turns on or of whom, or names nobody where it asks who."""
    told = min(one.features.get("related", 1.0), one.features.get("subject", 1.0))
    return told < FAR or names_nobody(one.features)
