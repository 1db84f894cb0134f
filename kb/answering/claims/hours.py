"""Hours: "fino alle 9.15" is not "dalle 9.15"; on which side of an hour something holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.language.polarity import Side

_HOUR = re.compile(
    r"\b(?P<before>(?:fino|sino|entro|prima|non oltre|dopo|partire|da\w*|poi)\b[^\d.;,]{0,20})?"
    r"(?:(?:l|all|dall|dell|nell)['’]|\b(?:ore|le|alle|dalle|delle)\s)\s?(?:ore\s)?(?P<hour>\d{1,2})(?:[.:](?P<minutes>\d\d))?(?!\d|[.,:]\d|\s*(?:%|euro|per\scento))",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"(?:fino|sino|entro|prima|non oltre)\b", re.IGNORECASE)
_FROM = re.compile(r"(?:dopo|partire)\b|\bdal(?:le|l['’])", re.IGNORECASE)
_TO = re.compile(r"\bdalle\s(?:ore\s)?\d[\d.:]*\s*$", re.IGNORECASE)
"""Before "alle 16": the end of a stretch of time."""


def turns_hour(claim: str, sources: Sequence[str]) -> bool:
    """True for an hour until which the claim has what every quote with that hour has from it on, or the reverse."""
    theirs = [pair for source in sources for pair in _sides(source)]
    for hour, side in _sides(claim):
        sides = {other for one, other in theirs if one == hour}
        if side is not Side.AT and sides and side not in sides and Side.AT not in sides:
            return True
    return False


def _sides(text: str) -> Iterator[tuple[tuple[int, int], Side]]:
    """Each hour of a text with the side of it that is meant."""
    for match in _HOUR.finditer(text):
        before = (match["before"] or "") + text[match.start() : match.start("hour")]
        if _UNTIL.search(before) or _TO.search(text[: match.start()]):
            side = Side.UNTIL
        else:
            side = Side.FROM if _FROM.search(before) else Side.AT
        yield (int(match["hour"]), int(match["minutes"] or 0)), side
