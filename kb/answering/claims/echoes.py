"""Echoes: a question for yes or no, given back as a statement, is a yes without a word of the documents."""

from __future__ import annotations

from kb.language.words import content_stems, stem, tokenize

_SAYS_YES = frozenset(stem("si no gia anche infatti effettivamente certamente sempre".split()))


def is_echo(claim: str, question: str) -> bool:
    """True for a sentence with no telling word that the question has not ("Il gestore unico esiste già")."""
    said = set(content_stems(claim)) - _SAYS_YES
    return said <= set(stem(tokenize(question)))
