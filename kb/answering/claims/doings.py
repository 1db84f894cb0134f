"""Doings: "fare energia" needs a quote on energy, not one with something "energetico"."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned, Reading, Word
from kb.language.kinship import DERIVED, nearness

_DO = re.compile(
    r"\b(?:fare|fa|fanno|facendo|fatto|fatta|farà|faranno|faccia|facciano)\s+(?:(?:il|lo|la|i|gli|le|un|uno|una|d?el?l[aeo]|dei|degli)\s+|l['’]|un['’])?$",
    re.IGNORECASE,
)
_ADJECTIVE = re.compile(
    r"(?:ic[oa]|ici|iche|al[ei]|iv[oaie]|os[oaie]|ari[oae]?|bil[ei]|ent[ei]|ar[ei])$", re.IGNORECASE
)


def does_no_thing_said(aligned: Aligned) -> bool:
    """True when what a claim has someone "fare" stands in the quotes as an adjective of something else alone."""
    done = [word for word in aligned.claim.words if _DO.search(aligned.claim.text[: word.start])]
    return any(_only_qualifies(word, aligned) for word in done if not word.light)


def _only_qualifies(word: Word, aligned: Aligned) -> bool:
    said = [other for source in aligned.sources for other in _related(word, source)]
    return bool(said) and all(_ADJECTIVE.search(other.text) and other.stem != word.stem for other in said)


def _related(word: Word, source: Reading) -> list[Word]:
    return [
        other for other in source.words if other.figure is None and nearness(word.stem, other.stem) >= min(DERIVED, 0.8)
    ]
