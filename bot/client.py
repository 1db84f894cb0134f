"""Whoever answers, as the bot sees it: questions in, the contract's JSON out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kb.errors import BussolaError

Json = dict[str, Any]

OnSentences = Callable[[list[Json]], None]
"""Called with all sentences that are certain so far, while the answer is still being written."""

PICTURE_WIDTH = 1280  # dots; Telegram shows photos no larger, and a page's print is still read


class Unavailable(BussolaError):
    """The documents can't be consulted now."""


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person thought of an answer; who, is not told."""

    answer: str  # its id
    verdict: int  # +1 or -1
    reason: str | None
    key: str  # a later rating of the same key takes its place


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it is printed."""

    png: bytes
    is_marked: bool  # the quote was found on it and is highlighted


def heed_nothing(_sentences: list[Json]) -> None:
    """Wait for the whole answer."""


class Source(Protocol):
    """Whoever answers."""

    async def ask(self, question: str, history: Sequence[str], *, on_sentences: OnSentences = heed_nothing) -> Json:
        """
        The answer, as the contract's JSON.

        Raises:
            Unavailable: nobody answers.
        """

    async def search(self, query: str, *, count: int) -> list[Json]:
        """
        The best passages, as the contract's JSON.

        Raises:
            Unavailable: nobody answers.
        """

    async def examples(self, language: str) -> list[str]:
        """Questions to begin with, that the release that serves answers; none where nobody can tell."""

    async def documents(self) -> Json:
        """
        {"release": id, "documents": [{"id", "title", "edition", …}]} of the release that serves.

        Raises:
            Unavailable: nobody answers.
        """

    async def differences(self) -> Json | None:
        """What changed since the release before (ReleaseDiff as JSON); None when there was none, or nobody knows."""

    async def picture(self, citation: Mapping[str, Any], release: str) -> Picture | None:
        """The page of a citation of that release, its quote marked; None where there is no picture of it."""

    async def rate(self, rating: Rating) -> None:
        """Pass on what a person thought of an answer; a rating that gets lost is logged, and nothing else."""

    async def forget(self, ratings: Sequence[Rating]) -> int:
        """Take ratings back; how many were kept and are erased. One that can't be reached is logged."""

    async def close(self) -> None:
        """Free what is held."""


def changes(
    now: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]
) -> dict[str, list[Mapping[str, Any]]]:
    """What differs between two releases' documents, by id: "added", "removed" and "changed" (its newer form)."""
    new, old = {one["id"]: one for one in now}, {one["id"]: one for one in before}
    told = ("title", "edition", "date", "status", "sha256")  # an API tells no checksum: then it is None on both sides
    return {
        "added": [one for id_, one in new.items() if id_ not in old],
        "removed": [one for id_, one in old.items() if id_ not in new],
        "changed": [one for id_, one in new.items() if id_ in old and any(one.get(k) != old[id_].get(k) for k in told)],
    }
