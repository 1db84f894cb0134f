"""Echoes: what a model says of its own: a question given back as a yes, an opinion that no document holds."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned
from kb.language.words import content_stems, stem, tokenize

_OPINION = re.compile(r"\bsecondo (?:loro|te|voi|me|noi)\b", re.IGNORECASE)
_SAYS_YES = frozenset(stem("si no gia anche infatti effettivamente certamente sempre".split()))


def is_echo(claim: str, question: str) -> bool:
    """
    True for a sentence with no telling word that the question has not ("Il gestore unico esiste già").

    A question for yes or no, given back as a statement, is a yes without a word of the documents.
    """
    said = set(content_stems(claim)) - _SAYS_YES
    return said <= set(stem(tokenize(question)))


def tells_opinion(aligned: Aligned) -> bool:
    """True for a claim of what "loro" or the person who asks holds: the documents speak for nobody else."""
    return _OPINION.search(aligned.claim.text) is not None
