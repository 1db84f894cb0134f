"""Coordinated: who does what stands after an "e": "A è di B e si impegna" where the quotes say that B does."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned
from kb.language.names import stands_for
from kb.language.verbs import read_verb
from kb.language.words import STOP_WORDS, fold, stem, tokenize

_LEADING_NAME = re.compile(
    r"^(?:(?:[Ii]l|[Ll]a|[Ll]o|[Ii]|[Gg]li|[Ll]e)\s|[Ll]['’])?(?P<name>[A-ZÀ-Ý][\w.’'-]*(?:\s[A-ZÀ-Ý\d][\w.’'-]*)*)"
)
_SMALL = r"(?:(?:si|non|ne|vi|ci)\s)*"
_AFTER_AND = re.compile(rf"\b(?:e|ed)\s{_SMALL}(?P<verb>[a-zà-ù]{{4,}})\b")
_SUBJECT = re.compile(
    rf"(?:^|(?P<before>\w+|[,.;:(])\s|['’])(?P<name>[A-ZÀ-Ý][\wà-ù]+(?:\s[A-ZÀ-Ý][\wà-ù]+|\s[a-zà-ù]+)?)\s{_SMALL}$"
)
_NO_SUBJECT = frozenset(
    "di del dello della dei degli delle d con da dal dalla dai a al alla ai in nel nella per su".split()
)
"""Before a name these make it part of something else."""


def takes_over_deed(aligned: Aligned) -> bool:
    """
    True when a claim that opens with a name says after an "e" that it does what each quote says another name does.

    Only where the quotes name the doer right before the verb; a claim that opens with no name is judged elsewhere.
    """
    claim = aligned.claim.text
    opening = _LEADING_NAME.match(claim)
    if opening is None or fold(opening["name"]) in STOP_WORDS:
        return False
    sources = [source.text for source in aligned.sources]
    return any(_is_of_another(match["verb"], opening["name"], sources) for match in _AFTER_AND.finditer(claim))


def _is_of_another(verb: str, name: str, sources: list[str]) -> bool:
    if not read_verb(fold(verb)):
        return False
    doers = [_doer(source, match.start()) for source in sources for match in re.finditer(rf"\b{verb}\b", source)]
    mine = set(stem(tokenize(name)))
    return bool(doers) and all(doer and not _same(doer, name, mine) for doer in doers)


def _doer(source: str, place: int) -> str:
    """The name right before a verb, where nothing makes it part of something else; empty without one."""
    match = _SUBJECT.search(source[:place])
    if not match or fold(match["before"] or "") in _NO_SUBJECT or fold(match["name"].split()[0]) in STOP_WORDS:
        return ""
    return match["name"]


def _same(doer: str, name: str, mine: set[str]) -> bool:
    return bool(mine & set(stem(tokenize(doer)))) or stands_for(name, doer) or stands_for(doer, name)
