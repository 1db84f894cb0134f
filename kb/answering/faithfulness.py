"""Faithfulness: whether a sentence that a chat model wrote says what its quotes say; decided by code alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.answering.weights import stems_of
from kb.language.figures import missing_figures

LONGEST = 600
"""Characters; a longer sentence is no sentence."""
LEAST_SHARE = 0.6
"""What a claim must share with its quotes of its own stems."""
_MARKUP = re.compile(r"https?:|www\.|[<>{}\[\]`*#|\\]|\]\(|[\x00-\x08\x0b-\x1f\x7f]")


def find_unfaithful(claim: str, sources: Sequence[str], *, known: str = "", contexts: Sequence[str] = ()) -> str | None:
    """
    The name of the first fault of a sentence against the verbatim quotes it cites, None where it has none.

    "format" (markup, link, other script, no sentence), "figure", "name", "polarity", "support".

    known: titles of the documents and other names that may be said without a quote.
    contexts: for each source, in order, the title and section path it stands under ("Driver 4 | …").
    """
    if not claim.strip() or len(claim) > LONGEST or _MARKUP.search(claim):
        return "format"
    said = [*sources, " ".join(sources), known, *contexts]
    if missing_figures(claim, said):
        return "figure"
    stems = stems_of(claim)
    shared = stems & stems_of(" ".join(said))
    return "support" if len(shared) < LEAST_SHARE * len(stems) else None
