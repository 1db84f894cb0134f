"""Conditions: a "purché" or "salvo" of the quotes that a claim leaves off, though it says what holds only under it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.answering.claims.alignment import Aligned, Reading, Word

LEAST_SHARE = 0.6
"""The share of a claim's telling words that must stand in the clause that the condition goes with."""
LEAST_WORDS = 2
"""Such words, at least."""
_PAUSE = re.compile(r"[,)]")
_STRICT = re.compile(
    r"\b(?:purché|a (?:condizione|patto)|salvo|tranne|eccetto|a meno che|(?:solo|soltanto) (?:se|quando|dopo)|"
    r"sempre che)\b",
    re.IGNORECASE,
)
EXCEPTED = 3
"""Words after "tranne" that are excepted, at most."""
_EXCEPTION = re.compile(
    r"\b(?:tranne|eccetto|esclus[oaie]|ad eccezione d\w+)\b(?!\s+(?:da|dal|dalla|se)\b)", re.IGNORECASE
)
_EXCEPTS = re.compile(
    r"\b(?:non|tranne|salvo|eccett\w+|eccezion\w+|esclu\w+|chius\w+|chiud\w+|senza|fuori|men[oa]|ma|invece|né|vietat\w+|"
    r"rest\w+|altr\w+)\b",
    re.IGNORECASE,
)
"""Words by which a claim may except it too."""
_KEPT = re.compile(
    r"\b(?:purché|condizion\w+|patto|salvo|tranne|eccetto|a meno|sol[oi]|soltanto|sempre che|qualora|caso|previ[ao]|se|"
    r"quando|altriment\w*|chi|dopo|con|senza|esclus\w+|non|finché|devono|deve)\b",
    re.IGNORECASE,
)
"""Words by which a claim may keep a condition in its own way."""
_GRANT = re.compile(
    r"\b(?:gratis|gratuit\w+|diritto|può|possono|potr\w+|rimbors\w+|ammess\w+|ammissib\w+|garan\w+|accede\w*|accesso|"
    r"liber[oaie]|ridott\w+|riduzion\w+|sconto|precedenza|esent\w+|ricev\w+|riservat\w+|entrano|spetta\w*)\b",
    re.IGNORECASE,
)
"""What gives somebody something."""
_LIMIT = re.compile(
    r"\b(?:entro|prima d\w+|nei (?:giorni|mesi|casi)|con (?:il |l['’])?(?:permesso|consenso|autorizzazione|preavviso)|"
    r"previ[ao]|fino a (?:esaurimento|che)|che (?:accompagn|hanno|risied|abit|frequent|possied|non )\w*|in possesso|se|"
    r"quando|qualora)\b",
    re.IGNORECASE,
)
"""What limits it: a time, a permission, a requirement."""
_LIMIT_ENDS = re.compile(r"[,)]|\b(?:e|ed|o|è|sono|può|possono|ha|hanno|viene|vengono|deve|devono)\b", re.IGNORECASE)
GRANT_SHARE = 0.7
"""As LEAST_SHARE, of what is granted under a limit."""
_SENTENCE = re.compile(r"[.;:](?:\s|$)")


def drops_condition(aligned: Aligned) -> bool:
    """True when a claim says what a quote says only "purché …", or grants what it limits, and nothing of the limit."""
    claim = aligned.claim.text
    strict = not _KEPT.search(claim) and _any_dropped(_STRICT, _PAUSE, LEAST_SHARE, aligned)
    grants = _GRANT.search(claim) is not None and not _LIMIT.search(claim)
    return strict or (grants and _any_dropped(_LIMIT, _LIMIT_ENDS, GRANT_SHARE, aligned))


def takes_in_exception(aligned: Aligned) -> bool:
    """True when a claim says of what a quote excepts ("tranne il lunedì") what the quote says of the rest."""
    if _EXCEPTS.search(aligned.claim.text):
        return False
    for number, source in enumerate(aligned.sources):
        for match in _EXCEPTION.finditer(source.text):
            stop = re.compile(r"[,;.:)]").search(source.text, match.end())
            end = stop.start() if stop else len(source.text)
            excepted = [word for word in source.words if match.end() <= word.start < end][:EXCEPTED]
            rest = [word for word in source.words if word.end <= match.start()]
            telling = [word for word in aligned.claim.words if not word.light]
            alone = [
                word
                for word in telling
                if (best := aligned.best(word)) and all(p.source == number and p.word in excepted for p in best)
            ]
            if alone and _count(telling, rest, number=number, aligned=aligned) >= LEAST_WORDS:
                return True
    return False


def _any_dropped(form: re.Pattern[str], ends: re.Pattern[str], share: float, aligned: Aligned) -> bool:
    return any(
        _is_dropped(condition, ruled, share=share, number=number, aligned=aligned)
        for number, source in enumerate(aligned.sources)
        for condition, ruled in _conditions(source, form, ends)
    )


def _conditions(
    source: Reading, form: re.Pattern[str], over: re.Pattern[str]
) -> Iterator[tuple[list[Word], list[Word]]]:
    """The words of each condition of a quote, and those of the rest of its sentence."""
    for match in form.finditer(source.text):
        begins = max((stop.end() for stop in _SENTENCE.finditer(source.text[: match.start()])), default=0)
        stop = _SENTENCE.search(source.text, match.end())
        ends = stop.start() if stop else len(source.text)
        if form is _LIMIT and not _GRANT.search(source.text, begins, ends):
            continue
        pause = over.search(source.text, match.end(), ends)
        last = pause.start() if pause else ends
        condition = [word for word in source.words if match.start() <= word.start < last]
        sentence = [word for word in source.words if begins <= word.start < ends]
        yield condition, [word for word in sentence if word not in condition]


def _is_dropped(condition: list[Word], ruled: list[Word], *, share: float, number: int, aligned: Aligned) -> bool:
    telling = [word for word in aligned.claim.words if not word.light and aligned.is_said(word)]
    if not condition or _count(telling, condition, number=number, aligned=aligned):
        return False
    held = _count(telling, ruled, number=number, aligned=aligned)
    return held >= max(LEAST_WORDS, share * len(telling))


def _count(telling: list[Word], words: list[Word], *, number: int, aligned: Aligned) -> int:
    """How many telling words stand among some words of a quote."""
    return sum(any(p.source == number and p.word in words for p in aligned.best(word)) for word in telling)
