"""Drivers: the sentences that answer which of them, one on each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.answering.judging.driver_questions import asks_which_drivers
from kb.answering.judging.expected import has_stem
from kb.answering.judging.judge import beside_the_point
from kb.answering.state import Evidence
from kb.answering.weighing.weights import stems_of
from kb.language.questions import Asked
from kb.language.words import fold

MAX_DRIVERS, MAX_CHARS = 5, 900
"""Drivers named in one answer, and its characters, at most."""
AS_MUCH = 0.85
"""What the sentence on another Driver must hold of the question beside the best one."""

_NAMED = re.compile(r"\bdriver (\d{1,2})\b")


def drivers_named(sentences: Sequence[Evidence]) -> int:
    """How many Drivers some sentences name by number."""
    return len({number for one in sentences for number in _NAMED.findall(fold(one.text))})


def on_each_driver(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence on each Driver that holds what is asked, by its number; empty where they are not two."""
    if not asks_which_drivers(asked) or not evidence:
        return []
    found: dict[int, Evidence] = {}
    least = AS_MUCH * evidence[0].features.get("coverage", 0.0)
    for one in evidence:
        numbers = {int(number) for number in _NAMED.findall(fold(one.text))}
        if len(numbers) != 1 or numbers & found.keys() or one.features.get("coverage", 0.0) < least:
            continue
        if beside_the_point(one) or not _says_of_it(asked, one):
            continue
        if len(found) < MAX_DRIVERS and sum(len(other.text) for other in found.values()) + len(one.text) <= MAX_CHARS:
            found[numbers.pop()] = one
    return [found[number] for number in sorted(found)] if len(found) > 1 else []


def _says_of_it(asked: Asked, one: Evidence) -> bool:
    said = stems_of(one.text)
    return any(has_stem(said, word) for word in asked.focus if word != "driver")
