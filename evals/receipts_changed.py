"""Past answers that a release would give differently now: their receipts, replayed on it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from evals.answers_changed import cited_pages
from evals.scorers.score import ANSWERED
from kb.answering.replay import Asker, Replay, replay
from kb.errors import InputError
from kb.ledger import Ledger, Receipt
from kb.ports import Progress, no_progress

MOST = 200
"""Receipts that are replayed: the newest; each takes about as long as its answer took."""

TOLD = frozenset({"status", "sentences", "citations"})
"""Parts in which a difference changes what the person was told."""


@dataclass(frozen=True, slots=True)
class ReceiptChange:
    """An answer that was given, and what the same question would get now."""

    answer: str  # the receipt's code
    question: str  # as kept: without personal data
    given: str  # when it was last given, ISO 8601
    times: int
    status_before: str
    status_after: str
    text_before: str
    text_after: str
    pages_before: tuple[str, ...]
    pages_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceiptChanges:
    """The receipts looked at, and those that differ, the most often given first."""

    replayed: int
    skipped: int  # receipts that do not hold their question
    changed: tuple[ReceiptChange, ...]

    def to_json(self) -> dict[str, Any]:
        """The changes as plain data."""
        return asdict(self)


def newest_receipts(ledger: Ledger, release: str, *, count: int = MOST) -> list[Receipt]:
    """
    The newest receipts of answers that a release gave, newest first.

    Raises:
        StoreError: the ledger can't be read.
    """
    return ledger.receipts(release=release, count=count)


def find_changed_receipts(
    receipts: Sequence[Receipt], asker: Asker, *, progress: Progress = no_progress
) -> ReceiptChanges:
    """The receipts whose question, asked of another release, would be told something else."""
    done: list[Replay] = []
    for at, receipt in enumerate(receipts, start=1):
        with suppress(InputError):  # counted below: an earlier program kept it, or its question can't be asked again
            done.append(replay(receipt, asker))
        progress("ricevute", at, len(receipts))
    changed = [_change(one) for one in done if _differs(one)]
    changed.sort(key=lambda one: (-one.times, one.answer))
    return ReceiptChanges(len(done), len(receipts) - len(done), tuple(changed))


def _differs(done: Replay) -> bool:
    before, after = done.before["status"], done.after["status"]
    if before == after and after not in ANSWERED:
        return False
    return bool(TOLD & {difference.part for difference in done.differences})


def _change(done: Replay) -> ReceiptChange:
    return ReceiptChange(
        answer=done.receipt.answer,
        question=done.before["question"],
        given=done.receipt.created_at,
        times=done.receipt.times,
        status_before=done.before["status"],
        status_after=done.after["status"],
        text_before=done.before["text"],
        text_after=done.after["text"],
        pages_before=cited_pages(done.before),
        pages_after=cited_pages(done.after),
    )
