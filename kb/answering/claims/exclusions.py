"""Exclusions: what the quotes leave out ("è esclusa la piscina", "le assenze non comunicate", "nessuno") stays out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.answering.claims.alignment import Aligned, Reading, Word
from kb.answering.claims.provisos import sentence_at

EXCLUDED = 4
"""Words of what is excluded, at most."""
LEAST_WORDS = 2
"""Telling words of a claim that the quotes have of what holds for the rest, at least."""
LEAST_SHARE = 0.6
"""The share of a claim's telling words that must stand in the sentence of the noun that it widens."""
_EXCLUDED = re.compile(
    r"(?<!non )\b(?:sono|è|rest\w+|risult\w+|vengono|viene)\s+esclus[oaie]\b(?!\s+(?:se|solo|soltanto)\b)",
    re.IGNORECASE,
)
_THOSE_OUT = re.compile(
    r"\bquell[aeio]\s(?P<who>[\w\s'’]{3,40}?)\s(?:sono|è|restano|resta|vengono|viene)\sesclus[oaie]\b", re.IGNORECASE
)
_FROM = re.compile(
    r"\s+da(?:l|lla|llo|i|gli|lle|ll['’])?\s?(?:[\w-]+\s){1,3}(?=(?:il|lo|la|i|gli|le|chi)\s|l['’])", re.IGNORECASE
)
"""After "sono esclusi": from what, before who."""
_EXCEPTS = re.compile(
    r"\b(?:non|tranne|salvo|eccett\w+|eccezion\w+|esclu\w+|senza|fuori|invece|né|vietat\w+|nessun\w*|niente|nulla|priv[oaie]|"
    r"manca\w*|anonim\w+|mancat\w)\b",
    re.IGNORECASE,
)
"""Words by which a claim may leave it out too."""
_UNDONE = re.compile(r"\b(?P<noun>\w{4,})\s+non\s+(?P<what>\w+(?:at|ut|it|tt|st|rs|rt)[oaie])\b", re.IGNORECASE)
_NO_NOUN = re.compile(
    r"(?:sono|erano|saranno|essere|stat[oaie]|hanno|aveva\w*|viene|vengono|quando|perché|anche|invece|però)$"
)
"""Before a "non" with a participle these show that it denies a deed, and says of no noun what it is not."""
_WHO = re.compile(r"(?:^|[.;]\s+)(?:I|Gli|Le|i|gli|le)\s(?P<noun>\w+)\s+che\s+", re.MULTILINE)
_SENTENCE = re.compile(r"[.;]\s")
_NOBODY = re.compile(r"^\W*nessun\w*\b", re.IGNORECASE)
_ALL_OUT = re.compile(
    r"\b(?:nessun\w*|nulla|niente|né|mai|alcun\w?|tutt[oaie]|ogni|qualunque|qualsiasi|chiunque)\b", re.IGNORECASE
)
"""What denies something of everybody, in a quote."""


def takes_in_excluded(aligned: Aligned) -> bool:
    """True when a claim says of what a quote excludes, leaves undone or says of some, what holds for others."""
    if _NOBODY.search(aligned.claim.text) and not any(_ALL_OUT.search(source.text) for source in aligned.sources):
        return True
    if _EXCEPTS.search(aligned.claim.text):
        return False
    return any(
        _says_of_excluded(number, source, aligned) or _widens_the_undone(number, source, aligned)
        for number, source in enumerate(aligned.sources)
    )


def drops_who(aligned: Aligned) -> bool:
    """True when a claim says of all what a quote that opens with "I Comuni che …" says of those alone."""
    for number, source in enumerate(aligned.sources):
        for match in _WHO.finditer(source.text):
            begins = sentence_at(match.start("noun"), source.text)
            stop = _SENTENCE.search(source.text, match.end())
            ends = stop.start() if stop else len(source.text)
            who = [word for word in source.words if match.end() <= word.start < ends and not word.light][:2]
            telling = [word for word in aligned.claim.words if not word.light and aligned.is_said(word)]
            there = {w: [p.word for p in aligned.best(w) if p.source == number] for w in telling}
            named = any(one.start == match.start("noun") for words in there.values() for one in words)
            kept = any(one in who for words in there.values() for one in words)
            here = [w for w, words in there.items() if any(sentence_at(o.start, source.text) == begins for o in words)]
            if named and not kept and len(here) >= max(LEAST_WORDS, LEAST_SHARE * len(telling)):
                return True
    return False


def _says_of_excluded(number: int, source: Reading, aligned: Aligned) -> bool:
    """ "Il regolamento vale per la piscina" where the quote says "è esclusa la piscina"."""
    telling = [word for word in aligned.claim.words if not word.light and aligned.is_said(word)]
    for excluded in _excluded(source):
        alone = [word for word in telling if _is_only_in(word, number, excluded, aligned)]
        rest = [word for word in telling if word not in alone and _stands_elsewhere(word, number, excluded, aligned)]
        if alone and len(rest) >= LEAST_WORDS:
            return True
    return False


def _excluded(source: Reading) -> Iterator[list[Word]]:
    for match in _THOSE_OUT.finditer(source.text):  # "quelle agricole sono escluse"
        yield [word for word in source.words if match.start("who") <= word.start < match.end("who") and not word.light]
    for match in _EXCLUDED.finditer(source.text):
        start = match.end()
        if of := _FROM.match(source.text, start):
            start = of.end() - 1
        stop = re.compile(r"[.;,]").search(source.text, start)
        end = stop.start() if stop else len(source.text)
        yield [word for word in source.words if start <= word.start < end and not word.light][:EXCLUDED]


def _is_only_in(word: Word, number: int, excluded: list[Word], aligned: Aligned) -> bool:
    return all(place.source == number and place.word in excluded for place in aligned.best(word))


def _stands_elsewhere(word: Word, number: int, excluded: list[Word], aligned: Aligned) -> bool:
    """True for a word that the quotes have in another sentence than that of what is excluded."""
    begins = sentence_at(excluded[0].start, aligned.sources[number].text) if excluded else -1
    return any(
        place.source != number or sentence_at(place.word.start, aligned.sources[number].text) != begins
        for place in aligned.best(word)
    )


def _widens_the_undone(number: int, source: Reading, aligned: Aligned) -> bool:
    """ "Tre assenze comportano la revoca" where the quote says "tre assenze non comunicate"."""
    telling = [word for word in aligned.claim.words if not word.light and aligned.is_said(word)]
    for match in _UNDONE.finditer(source.text):
        if _NO_NOUN.search(match["noun"].lower()):
            continue
        begins = sentence_at(match.start(), source.text)
        places = {word: [p.word for p in aligned.best(word) if p.source == number] for word in telling}
        has_noun = any(one.start == match.start("noun") for there in places.values() for one in there)
        has_what = any(one.start == match.start("what") for there in places.values() for one in there)
        here = [w for w, there in places.items() if any(sentence_at(o.start, source.text) == begins for o in there)]
        if has_noun and not has_what and len(here) >= max(LEAST_WORDS, LEAST_SHARE * len(telling)):
            return True
    return False
