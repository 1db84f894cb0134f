"""Drivers: what a claim says of a Driver must stand in a quote of that Driver; two merged into one are a lie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from kb.answering.claims.alignment import Word, align, read_words

STRAYED_SHARE = 0.4
"""The share of a stretch's words that stand only with another Driver from which the stretch belongs to that one."""
_DRIVER = re.compile(r"\bdrivers?\s*(?:n\.\s*)?(\d+)\b", re.IGNORECASE)


def sources_of_drivers(claim: str, sources: Sequence[str], contexts: Sequence[str]) -> list[str] | None:
    """
    The sources that are of the Drivers that the claim names, or of none; all where it names none.

    None where a named Driver has no source, or where the claim gives one Driver what the quotes say of another.
    """
    mentions = list(_DRIVER.finditer(claim))
    named = {int(mention[1]) for mention in mentions}
    of = [{int(n) for n in _DRIVER.findall(f"{c}\n{s}")} for s, c in zip(sources, contexts, strict=False)]
    if any(all(drivers and number not in drivers for drivers in of) for number in named):
        return None
    if len(named) > 1 and all(_strays(stretches, sources, of) for stretches in _stretches(claim, mentions)):
        return None
    return [source for source, drivers in zip(sources, of, strict=True) if not named or not drivers or drivers & named]


def _stretches(claim: str, mentions: list[re.Match[str]]) -> list[list[tuple[set[int], str]]]:
    """
    The ways to cut a claim at its Drivers: what follows each ("il Driver 3 fa X"), what comes before ("X nel 3").

    A Driver with nothing of its own shares what the next one has ("sia il Driver 3 sia il Driver 7 fanno X").
    """
    numbers = [int(mention[1]) for mention in mentions]
    starts = [0, *(mention.start() for mention in mentions[1:]), len(claim)]
    ends = [0, *(mention.end() for mention in mentions)]
    ways = [_joined(numbers, [claim[a:b] for a, b in pairwise(starts)])]
    if not _content(claim[mentions[-1].end() :]):
        ways.append(_joined(numbers, [claim[a:b] for a, b in pairwise(ends)]))
    return ways


def _joined(numbers: list[int], texts: list[str]) -> list[tuple[set[int], str]]:
    found: list[tuple[set[int], str]] = []
    waiting: set[int] = set()
    for number, text in zip(numbers, texts, strict=True):
        waiting.add(number)
        if _content(text):
            found.append((waiting, text))
            waiting = set()
    return found


def _content(text: str) -> list[Word]:
    return [word for word in read_words(text).words if not word.light and word.figure is None]


def _strays(stretches: list[tuple[set[int], str]], sources: Sequence[str], of: list[set[int]]) -> bool:
    """True when some stretch stands, for a good part, only with another Driver."""
    return any(
        _stray_share(text, number, sources, of) >= STRAYED_SHARE for numbers, text in stretches for number in numbers
    )


def _stray_share(text: str, number: int, sources: Sequence[str], of: list[set[int]]) -> float:
    aligned = align(text, sources)
    words = [word for word in aligned.claim.words if not word.light and word.figure is None]
    own = [n for n, drivers in enumerate(of) if not drivers or number in drivers]
    strayed: list[Word] = [
        word for word in words if aligned.is_said(word) and not any(place.source in own for place in aligned.of(word))
    ]
    return len(strayed) / len(words) if words else 0.0
