"""Offering: questions that the documents answer, near to what was asked, for a person to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from kb.language.words import fold
from kb.records import ScoredPassage
from prompts.replies import Replies

NEAREST = 3
"""Passages whose Drivers are offered."""


def offered_questions(found: Sequence[ScoredPassage], asked: str, replies: Replies) -> tuple[str, ...]:
    """As many questions as are usually offered, but for the one asked; the Drivers of the nearest passages first."""
    near = [one.passage.driver for one in found[:NEAREST]]
    drivers = [replies.say("what_driver_says", driver=str(one)) for one in near if one is not None]
    offered = dict.fromkeys([*drivers, *replies.suggestions])
    return tuple(one for one in offered if _plain(one) != _plain(asked))[: len(replies.suggestions)]


def _plain(question: str) -> str:
    return fold(question).strip("?! ")
