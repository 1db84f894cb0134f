"""Outvoting: when the sense of a sentence counts for more than the words that it lacks."""

from __future__ import annotations

from collections.abc import Mapping

OUTDONE = 0.1
"""Where another sentence is nearer by more, this one does not stand out (development questions)."""
STANDS, STANDS_WITH_A_FIGURE = 0.5, 0.6
"""From here a sentence is far nearer in meaning than the others found; for a figure more is asked."""
COVERAGE, COVERAGE_WITH_A_FIGURE = 0.4, 0.7
"""What such a sentence must hold of the question all the same."""
UNKNOWN, RATHER_UNKNOWN = 0.75, 0.55
"""Above this a word that no document holds has nothing near it, be it a name or another thing; or nearly nothing."""
OUTDONE_BY_NOTHING = 0.03
"""The same as OUTDONE where the words that a sentence shares with the question are few."""


def stands_out(features: Mapping[str, float], *, of_a_figure: bool = False) -> bool:
    """
    True where a sentence is so much nearer in meaning than the others that words it lacks may be said otherwise.

    "Da quando i furgoni vecchi non entrano?" is answered by "dal 2027 non accedono i veicoli commerciali …". A figure
    of another thing would be wrong, so that for one more is asked.
    """
    if features.get("outdone", 1.0) > OUTDONE or features.get("unknown", 0.0) > UNKNOWN:
        return False
    stands, coverage = (STANDS_WITH_A_FIGURE, COVERAGE_WITH_A_FIGURE) if of_a_figure else (STANDS, COVERAGE)
    if features.get("unknown", 0.0) > RATHER_UNKNOWN:
        stands = STANDS_WITH_A_FIGURE
    return features.get("stands", 0.0) >= stands and features.get("coverage", 0.0) >= coverage


def is_nearest(features: Mapping[str, float]) -> bool:
    """True where it stands out and no other sentence is nearer: it answers though few of its words are asked."""
    return stands_out(features) and features.get("outdone", 1.0) <= OUTDONE_BY_NOTHING
