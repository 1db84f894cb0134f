"""The lines of the ledger as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FEEDBACK_REASONS = ("irrelevant", "wrong", "unclear", "little", "quote_not_found", "outdated", "other")
"""Why an answer was no good; stable codes, worded by whoever asks for them."""


@dataclass(frozen=True, slots=True)
class PublicationLine:
    """One line of the publication log."""

    number: int  # from 1, in order of time
    release: str
    previous: str | None
    kind: str
    at: str
    who: str | None
    why: str | None
    gate: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is kept of an answer so that it can be replayed; body holds no personal data."""

    answer: str
    release: str
    status: str
    body: Mapping[str, Any]  # see kb.answering.receipts
    created_at: str = ""  # when it was last given, ISO 8601, UTC
    channel: str = ""  # where it was last asked: "cli", "api", "bot"
    times: int = 1  # how often it was given


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """What a person thought of an answer; who, is not kept."""

    answer: str
    release: str
    verdict: int  # +1 or -1
    reason: str | None  # one of FEEDBACK_REASONS
    comment: str | None  # without personal data
    channel: str
    at: str
