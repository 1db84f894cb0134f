"""Numbers that count nothing: the mark of an item, a house number, a telephone, an hour, a day of the month."""

from __future__ import annotations

import re

from kb.language.dates import MONTHS
from kb.language.figures import Figure
from kb.language.marks import BULLETS

_MARK = re.compile(rf"\s*(?:[{BULLETS}]\s*)?\(?\d{{1,2}}[.)]\s")
_STREET = re.compile(
    r"\b(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Pp]iazzale|[Cc]orso|[Ll]argo|[Vv]icolo|[Ss]trada)\s"
    r"(?:(?:[A-ZÀ-Ý][\w’'.]*,?|d[ie]|del|dei|della|delle|dello|degli|e)\s){1,4}(?:n\.\s?)?$"
)
_TELEPHONE = re.compile(r"(?<![\d.,])(?:\+39 ?)?(?:0\d{1,4}|3\d{2}|8\d{2})(?:[ ./-]?\d{2,4}){2,4}(?![\d.,]\d)")
_HOUR = re.compile(r"\b(?:ore|alle|dalle|all[e']|entro le|fino alle|le)\s$", re.IGNORECASE)
_NOT_AN_HOUR = re.compile(r"\s*(?:%|€|(?!(?:e|ed|del|di|dal|dalle|alle|il|la|i|in|con|per)\b)[a-zà-ù]{2,})")
_DAY = re.compile(r"[°º]?\s(?:" + "|".join(MONTHS) + r")\b", re.IGNORECASE)


def counts_nothing(figure: Figure, sentence: str) -> bool:
    """True for a number that a sentence gives to nothing that could be counted or measured."""
    before, after = sentence[: figure.start], sentence[figure.end :]
    if _MARK.match(sentence) and not before.strip(f" ({BULLETS}"):
        return True
    if _STREET.search(before[-60:]) or _DAY.match(after):
        return True
    if _HOUR.search(before) and not _NOT_AN_HOUR.match(after):
        return True
    return any(match.start() <= figure.start < match.end() for match in _TELEPHONE.finditer(sentence))
