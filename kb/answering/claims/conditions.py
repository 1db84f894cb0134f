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
_ONLY = re.compile(r"\b(?:sol[oaie]|soltanto|solamente|unicamente|esclusivamente)\b", re.IGNORECASE)
_BUT = re.compile(r"\b(?:salvo|tranne|eccetto|fuorché|a meno)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:non|nessun\w?)\b", re.IGNORECASE)
_EXCEPTS = re.compile(
    r"\b(?:non|tranne|salvo|eccett\w+|eccezion\w+|esclu\w+|chius\w+|chiud\w+|senza|fuori|men[oa]|ma|invece|né|vietat\w+|"
    r"rest\w+|altr\w+)\b",
    re.IGNORECASE,
)
"""Words by which a claim may except it too."""
_IF = re.compile(
    r"(?<!\bcome )(?<!\banche )(?<!\b[eo] )\b(?:se(?! ne\b| non (?:solo|altro)| possibil| necessari)|qualora|"
    r"nel caso|in (?:mancanza|assenza) d\w+)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\b(?:e|ed|ma),?\s+$", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:verific|chied|domand|sap|sa|valut|decid|stabil|indic|controll|capi|vede|dich|scegl|scelt)\w*\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
"""Before a "se" that asks and makes no condition."""
_KEPT_IF = re.compile(
    r"\b(?:se|qualora|quando|purché|caso|condizion\w+|patto|altriment\w*|mancanza|assenza|a meno|sol[oi]|soltanto|"
    r"finché|senza|rischi\w*|forse|probabil\w+|può|possono|potr\w+)\b",
    re.IGNORECASE,
)
IF_SHARE = 0.75
"""As LEAST_SHARE, of what a quote says under a plain "se"."""
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
    strict = strict or (not _KEPT_IF.search(claim) and _any_dropped(_IF, _PAUSE, IF_SHARE, aligned))
    grants = _GRANT.search(claim) is not None and not _LIMIT.search(claim)
    return strict or (grants and _any_dropped(_LIMIT, _LIMIT_ENDS, GRANT_SHARE, aligned))


def takes_in_exception(aligned: Aligned) -> bool:
    """True when a claim says of what a quote excepts ("tranne il lunedì") what the quote says of the rest."""
    if _denies_exception(aligned):
        return True
    if _EXCEPTS.search(aligned.claim.text):
        return False
    only = _ONLY.search(aligned.claim.text) is not None
    for number, source in enumerate(aligned.sources):
        for match in _EXCEPTION.finditer(source.text):
            if only and _NOT.search(re.split(r"[.;]\s", source.text[: match.start()])[-1]):
                continue
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


def _denies_exception(aligned: Aligned) -> bool:
    """True for a "non" on what a quote excepts from its "non": "non dà farmaci, tranne quelli salvavita"."""
    claim = aligned.claim.text
    if not _NOT.search(claim) or _BUT.search(claim) or _ONLY.search(claim):
        return False
    for number, source in enumerate(aligned.sources):
        for match in _BUT.finditer(source.text):
            if not _NOT.search(re.split(r"[.;]\s", source.text[: match.start()])[-1]):
                continue
            excepted = [word for word in source.words if word.start >= match.end() and not word.light][:1]
            denied = [word for word in aligned.claim.words if not word.light and aligned.best(word)]
            if any(p.source == number and p.word in excepted for word in denied for p in aligned.best(word)):
                return True
    return False


def is_only_but(claim: str, source: str) -> bool:
    """True for a claim with "solo" where the quote says "non …, tranne": the two are one."""
    return _ONLY.search(claim) is not None and any(
        _NOT.search(re.split(r"[.;]\s", source[: match.start()])[-1]) for match in _BUT.finditer(source)
    )


def _any_dropped(form: re.Pattern[str], ends: re.Pattern[str], share: float, aligned: Aligned) -> bool:
    return any(
        _is_dropped(condition, ruled, share=share * much, number=number, aligned=aligned)
        for number, source in enumerate(aligned.sources)
        for condition, ruled, much in _conditions(source, form, ends)
    )


def _conditions(
    source: Reading, form: re.Pattern[str], over: re.Pattern[str]
) -> Iterator[tuple[list[Word], list[Word], float]]:
    """The words of each condition of a quote, those that it rules, and how much of the usual share must be there."""
    for match in form.finditer(source.text):
        begins = max((stop.end() for stop in _SENTENCE.finditer(source.text[: match.start()])), default=0)
        stop = _SENTENCE.search(source.text, match.end())
        ends = stop.start() if stop else len(source.text)
        if form is _LIMIT and not _GRANT.search(source.text, begins, ends):
            continue
        if form is _IF and _ASKS.search(source.text[: match.start()]):
            continue
        pause = over.search(source.text, match.end(), ends)
        last = pause.start() if pause else ends
        condition = [word for word in source.words if match.start() <= word.start < last]
        sentence = [word for word in source.words if begins <= word.start < ends]
        if _JOINED.search(source.text[: match.start()]):  # "è cresciuta e, se piove, si ferma": only that is ruled
            ruled = [word for word in sentence if word.start >= match.start() and word not in condition]
            yield condition, ruled, 0.0
        else:
            yield condition, [word for word in sentence if word not in condition], 1.0


def _is_dropped(condition: list[Word], ruled: list[Word], *, share: float, number: int, aligned: Aligned) -> bool:
    telling = [word for word in aligned.claim.words if not word.light and aligned.is_said(word)]
    if not condition or any(_is_only_in(word, condition, ruled, number=number, aligned=aligned) for word in telling):
        return False
    held = _count(telling, ruled, number=number, aligned=aligned)
    return held >= max(LEAST_WORDS, share * len(telling))


def _is_only_in(word: Word, condition: list[Word], ruled: list[Word], *, number: int, aligned: Aligned) -> bool:
    """True for a word that a quote has in its condition and not in what that rules."""
    there = [place.word for place in aligned.best(word) if place.source == number]
    return any(one in condition for one in there) and not any(one in ruled for one in there)


def _count(telling: list[Word], words: list[Word], *, number: int, aligned: Aligned) -> int:
    """How many telling words stand among some words of a quote."""
    return sum(any(p.source == number and p.word in words for p in aligned.best(word)) for word in telling)
