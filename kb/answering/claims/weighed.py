"""Weighed: what a quote calls crucial is what the claim calls so."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned, Reading, Word

NEAR = 12
"""Words between what is called so and the word that calls it so, in a quote, at most."""
_WEIGHTY = re.compile(
    r"(?:crucial|fondamental|essenzial|determinant|central|prioritari|decisiv|indispensabil|imprescindibil|strategic"
    r"|important|necessari)\w*",
    re.IGNORECASE,
)
_IS = re.compile(
    r"\b(?:è|sono|sarà|saranno|resta|restano|rimane|rimangono|diventa|diventano)\s+(?:(?:un|uno|una|il|lo|la|i|gli|le|"
    r"molto|sempre|più|anche|considerat[oaie])\s+|un['’])*(?:elemento|elementi|fattore|fattori|aspetto|punto|ruolo)?\s*$",
    re.IGNORECASE,
)


def weighs_another(aligned: Aligned) -> bool:
    """
    True when a claim calls a thing crucial that every quote with that word calls something else.

    "Il patrimonio è cruciale" where the quote says "Cruciale la capacità di rinnovare … il patrimonio".
    """
    return any(_is_of_another(word, aligned) for word in aligned.claim.words if _WEIGHTY.fullmatch(word.text))


def _is_of_another(weighty: Word, aligned: Aligned) -> bool:
    before = aligned.claim.text[: weighty.start]
    copula = _IS.search(before)
    if copula is None:
        return False
    subject = [word for word in aligned.claim.words if word.end <= copula.start() and not word.light]
    places = aligned.best(weighty)
    return bool(subject and places) and not any(
        _stands_near(word, place.word, aligned.sources[place.source], aligned) for place in places for word in subject
    )


def _stands_near(word: Word, weighty: Word, source: Reading, aligned: Aligned) -> bool:
    return any(abs(other.word.at - weighty.at) <= NEAR for other in aligned.best(word) if other.word in source.words)
