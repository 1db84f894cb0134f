"""
Attachment: whether what a claim ties together is tied together in its quotes: who does it, to what, and where.

All words of a false sentence may stand in its quote, recombined: "A fa X, B fa Y" → "A fa Y". So each verb of the claim
is looked up in the quotes with its subject, its agent and its object, each number with what it counts, each phrase with
what it hangs on.
"""

from __future__ import annotations

from collections.abc import Callable

from kb.answering.claims.alignment import Aligned
from kb.answering.claims.binding import mixes_figures, takes_the_whole
from kb.answering.claims.crossed import is_crossed, is_merged
from kb.answering.claims.phrase_ties import PhraseTies
from kb.answering.claims.phrases import (
    Phrase,
    Verb,
)
from kb.answering.claims.provisos import SELF
from kb.answering.claims.thing_ties import ThingTies
from kb.answering.claims.verb_ties import VerbTies
from kb.language.kinship import DERIVED
from kb.language.words import fold

LITERAL_SHARE = 0.95


def find_misattached(aligned: Aligned) -> str | None:
    """
    Which tie of the claim the quotes don't have, None where they have all.

    "figures" (two that no quote has together), "crossed" (joined of what the quotes have apart), "actor" (a deed of
    someone by name), "agent", "counted"; and, of a claim made wholly of the quotes' words, "subject", "object",
    "patched" (an adjective of another noun), "predicate" (said with "è" of something else), "phrase". What is said in
    other words is tied in other ways too.
    """
    if mixes_figures(aligned) or takes_the_whole(aligned):
        return "figures"
    if is_crossed(aligned) or is_merged(aligned):
        return "crossed"
    ties = _Ties(aligned)
    of_verbs: dict[str, Callable[[Verb], bool]] = {
        "actor": ties.has_another_actor,
        "agent": ties.has_another_agent,
        "thing": ties.has_anothers_thing,
    }
    of_phrases: dict[str, Callable[[Phrase], bool]] = {"counted": ties.counts_another}
    if is_literal(aligned):
        of_verbs |= {"subject": ties.has_another_subject, "object": ties.has_another_object}
        of_phrases |= {
            "patched": ties.is_patched,
            "predicate": ties.has_another_predicate,
            "phrase": ties.hangs_elsewhere,
        }
    faults = [name for verb in ties.verbs for name, is_wrong in of_verbs.items() if is_wrong(verb)]
    faults += [name for phrase in ties.phrases for name, is_wrong in of_phrases.items() if is_wrong(phrase)]
    return next(iter(faults), None)


def is_literal(aligned: Aligned) -> bool:
    """True for a claim whose telling words are, all but one in twenty, the quotes' own in some form."""
    words = [word for word in aligned.claim.words if not word.light and word.figure is None]
    telling = [word for word in words if fold(word.text) not in SELF]
    own = sum(any(place.nearness >= DERIVED for place in aligned.of(word)) for word in telling)
    return own >= LITERAL_SHARE * len(telling)


class _Ties(VerbTies, PhraseTies, ThingTies):
    """All ties of a claim."""
