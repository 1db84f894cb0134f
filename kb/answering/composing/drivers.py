"""Drivers: the sentences that answer which of them, one on each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kb.answering.judging.driver_questions import asks_which_drivers, subject_of_drivers
from kb.answering.judging.untold import beside_the_point
from kb.answering.state import Evidence
from kb.answering.weighing.weights import stems_of
from kb.language.kinship import narrower, synonyms
from kb.language.questions import Asked
from kb.language.words import fold

MAX_DRIVERS, MAX_CHARS = 6, 1100
"""Drivers named in one answer, and its characters, at most."""

_NAMED = re.compile(r"\bdriver (\d{1,2})\b")


def drivers_named(sentences: Sequence[Evidence]) -> int:
    """How many Drivers some sentences name by number."""
    return len({number for one in sentences for number in _NAMED.findall(fold(one.text))})


def driver_of(one: Evidence) -> int | None:
    """The number of the one Driver that a sentence names, else of the one that its passage is on."""
    numbers = {int(number) for number in _NAMED.findall(fold(one.text))}
    if len(numbers) == 1:
        return numbers.pop()
    return one.passage.driver if not numbers else None


def on_each_driver(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """
    The best sentence on each Driver that tells what is asked, by the Driver's number; empty where they are not two.

    Best is first one that names its Driver, then the one put first. Words of like meaning count where the question's
    own are told of one Driver alone.
    """
    if not asks_which_drivers(asked):
        return []
    found: dict[int, Evidence] = {}
    for alike in (False, True):
        if len(found) < 2:
            found |= _first_on_each([one for one in evidence if _tells_of_it(asked, one, alike=alike)], found)
    return [found[number] for number in sorted(found)] if len(found) > 1 else []


def _first_on_each(telling: Sequence[Evidence], found: Mapping[int, Evidence]) -> dict[int, Evidence]:
    """A sentence on each Driver not found yet, those that name theirs before the others, while there is room."""
    chosen: dict[int, Evidence] = {}
    for one in sorted(telling, key=lambda one: not _NAMED.search(fold(one.text))):
        number, all_of_them = driver_of(one), [*found.values(), *chosen.values()]
        if number is None or number in found or number in chosen or len(all_of_them) == MAX_DRIVERS:
            continue
        if sum(len(other.text) for other in all_of_them) + len(one.text) <= MAX_CHARS:
            chosen[number] = one
    return chosen


def _tells_of_it(asked: Asked, one: Evidence, *, alike: bool) -> bool:
    """True where a sentence has every word of the subject; or one that means the same or is of its kind, if alike."""
    said, subject = stems_of(one.text), subject_of_drivers(asked)
    if not subject or beside_the_point(one):
        return False
    return all(word in said or (alike and said & (synonyms(word) | narrower(word))) for word in subject)
