"""
Figures in Italian text: numbers in digits and words, percentages, amounts, dates, laws and articles.

Each is reduced to a canonical value, so that "LR 29/2022" equals "legge regionale n. 29 del 2022" and
"25 per cento" equals "25%". The figure lock of kb.answering.verify stands on this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from kb.language.dates import MONTHS

LABEL_BEFORE = re.compile(
    r"\b(?:drivers?|mission[ei]?|articol[oi]|artt?\.?|comma|pagin[ae]|pagg?\.|pp?\.|sttm|asse|capitolo|punto|allegato|"
    r"tabella|figura|fase|lotto|agenda|pages?|article|chapter)\s*(?:n\.\s*)?(?:\d+\s*(?:,|-|–|\b(?:e|ed|o|a|and|to)\b)\s*)*$",
    re.IGNORECASE,
)
"""Before a number that only names a thing ("Driver 3", "pagine 108 e 109", "Agenda 2030") and measures nothing."""


class FigureKind(StrEnum):
    """What a figure measures; figures of different kinds never equal each other."""

    NUMBER = "number"
    PERCENT = "percent"
    AMOUNT = "amount"  # money, in euro
    DATE = "date"  # ISO: day, month or year
    LAW = "law"  # "lr 29/2022"; without a type "29/2022"
    ARTICLE = "article"  # "art 5-bis", "comma 3", "lett b"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure where it stands in a text."""

    start: int
    end: int
    text: str
    kind: FigureKind
    value: str


_MONTH = "|".join(MONTHS)
_NUM = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_SCALE = {
    "mila": 10**3,
    "mille": 10**3,
    "milione": 10**6,
    "milioni": 10**6,
    "mln": 10**6,
    "miliardo": 10**9,
    "miliardi": 10**9,
    "mld": 10**9,
}
_SCALES = "|".join(sorted(_SCALE, key=len, reverse=True))

# Longer names first: "legge regionale" before "legge".
_LAW_TYPES: list[tuple[str, str]] = [
    (r"legge\s+regionale|l\.\s?r\.|lr", "lr"),
    (r"decreto\s+legislativo|d\.\s?lgs\.?|dlgs\.?", "dlgs"),
    (r"decreto[\s-]legge|d\.\s?l\.|dl", "dl"),
    (r"decreto\s+ministeriale|d\.\s?m\.|dm", "dm"),
    (r"decreto\s+del\s+presidente\s+della\s+repubblica|d\.\s?p\.\s?r\.|dpr", "dpr"),
    (r"d\.\s?p\.\s?c\.\s?m\.|dpcm", "dpcm"),
    (r"d\.\s?g\.\s?r\.|dgr", "dgr"),
    (r"regolamento(?:\s+\((?:ue|ce)\))?", "reg"),
    (r"direttiva(?:\s+\((?:ue|ce)\))?", "dir"),
    (r"decreto", "decreto"),
    (r"legge|l\.", "l"),
]
_LAW_TYPE = "|".join(f"(?:{pattern})" for pattern, _ in _LAW_TYPES)
_LAW = re.compile(
    rf"\b(?P<type>{_LAW_TYPE})\s*"
    rf"(?:(?:del\s+)?(?P<day>\d{{1,2}})[°º]?\s+(?P<month>{_MONTH})\s+(?P<year1>\d{{4}})\s*,?\s*(?:n\.|nr\.|numero)\s*(?P<num1>\d+)"
    r"|(?:n\.|nr\.|numero)?\s*(?P<num2>\d{1,4})\s*(?:/|\s+del(?:l['’])?(?:\s+anno)?\s+)(?P<year2>\d{4}|\d{2}\b))",
    re.IGNORECASE,
)
_BARE_LAW = re.compile(r"(?<![\d/.,-])(?P<num>\d{1,4})/(?P<year>(?:19|20)\d{2})(?![\d/-])")
_ARTICLE = re.compile(
    r"\b(?P<what>articol[oi]|artt?\.?|commi|comma|lettera|lett\.|lett)\s*"
    r"(?P<id>\d+(?:[-\s]?(?:bis|ter|quater|quinquies|sexies|septies|octies|novies|decies))?\b|(?<=[a.])\s?[a-z]\b(?=\)))",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"(?:(?:€|eur\b|euro\b)\s*(?P<n1>{_NUM})(?:\s*(?P<s1>{_SCALES})\b)?"
    rf"|(?P<n2>{_NUM})\s*(?:(?P<s2>{_SCALES})\b\s*(?:di\s+)?)?(?:€|euro\b|eur\b))",
    re.IGNORECASE,
)
_PERCENT_RANGE = re.compile(
    rf"(?P<low>{_NUM})\s*[-–]\s*(?P<high>{_NUM})\s*(?:%|per\s?cento\b|percent\b)", re.IGNORECASE
)
_PERCENT = re.compile(rf"(?P<n>{_NUM})\s*(?:%|per\s?cento\b|percent\b)", re.IGNORECASE)
_DATE = re.compile(rf"\b(?P<day>\d{{1,2}})[°º]?\s+(?P<month>{_MONTH})\s+(?P<year>\d{{4}})\b", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"\b(?P<month>{_MONTH})\s+(?P<year>\d{{4}})\b", re.IGNORECASE)
_SLASH_DATE = re.compile(r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})(?![\d/])")
_ISO_DATE = re.compile(r"(?<![\d-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\d-])")
# A digit glued to a letter is part of a name (5G, M3, COVID-19), not a figure.
_NUMBER = re.compile(
    rf"(?<![\w.,/])(?<![A-Za-z]-)(?P<n>{_NUM})(?:\s*(?P<s>{_SCALES})\b)?(?![\w/]|[.,]\d)", re.IGNORECASE
)
_ONE_SCALE = re.compile(
    r"\bun\s+(?P<scale>milione|miliardo)(?P<half>\s+e\s+mezzo)?(?P<euro>(?:\s+di)?\s+euro\b)?", re.IGNORECASE
)
_WORD = re.compile(r"[a-zàèéìòù]+", re.IGNORECASE)
_WORD_UNIT = re.compile(
    r"\s+(?:(?P<percent>per\s?cento)|(?P<scale>milion[ei]|miliard[oi])(?:\s+di)?(?P<euro>\s+euro)?|(?P<euro2>euro))\b",
    re.IGNORECASE,
)
_SEI_VERB_BEFORE = re.compile(r"\b(?:tu|chi|cosa|che|ci|non|ne|come|dove)\s+$", re.IGNORECASE)


def find_figures(text: str) -> list[Figure]:
    """Every figure of a text, in order, without overlaps; where two readings fit, the more specific wins."""
    return list(_find(text))


@lru_cache(maxsize=8192)
def _find(text: str) -> tuple[Figure, ...]:
    """The same, kept: the sentences of one question come back with the next."""
    found: list[Figure] = []
    taken = bytearray(len(text))
    for pattern, kind, read in _READERS:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            values = read(match)
            if not values:
                continue
            taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
            found += [Figure(match.start(), match.end(), match.group(), kind, value) for value in values]
    found += _one_scale_figures(text, taken)
    found += _word_figures(text, taken)
    return tuple(sorted(found, key=lambda figure: (figure.start, figure.end, figure.value)))


def measured_figures(text: str) -> list[Figure]:
    """The figures that measure something, not those that only name a thing ("Driver 3", "p. 12", articles)."""
    return [
        figure
        for figure in find_figures(text)
        if figure.kind is not FigureKind.ARTICLE and not LABEL_BEFORE.search(text[: figure.start])
    ]


def missing_figures(claim: str, evidence: Iterable[str]) -> list[Figure]:
    """The figures of a claim that stand in none of the evidence texts."""
    known = [figure for text in evidence for figure in find_figures(text)]
    return [figure for figure in find_figures(claim) if not is_among(figure, known)]


def is_among(claim: Figure, evidence: Iterable[Figure]) -> bool:
    """True when some of the evidence says what the claim says."""
    return any(same_figure(claim, other) for other in evidence)


def same_figure(claim: Figure, evidence: Figure) -> bool:
    """True when the evidence says what the claim says; a year is backed by a date within it, not the reverse."""
    if claim.kind is FigureKind.LAW and evidence.kind is FigureKind.LAW:
        return _same_law(claim.value, evidence.value)
    if claim.kind is evidence.kind:
        return claim.value == evidence.value or (
            claim.kind is FigureKind.DATE and evidence.value.startswith(claim.value + "-")
        )
    if claim.kind is FigureKind.NUMBER and evidence.kind is FigureKind.DATE:
        return claim.value == evidence.value[:4]
    return False


def _same_law(claim: str, evidence: str) -> bool:
    claim_type, _, claim_number = claim.rpartition(" ")
    evidence_type, _, evidence_number = evidence.rpartition(" ")
    if claim_number != evidence_number:
        return False
    generic = ("", "decreto")
    return claim_type == evidence_type or claim_type in generic or evidence_type == ""


def _read_law(match: re.Match[str]) -> list[str]:
    number, year = match["num1"] or match["num2"], match["year1"] or match["year2"]
    if len(year) == 2:
        year = ("19" if int(year) > 50 else "20") + year
    written = " ".join(match["type"].lower().split())
    name = next(name for pattern, name in _LAW_TYPES if re.fullmatch(pattern, written, re.IGNORECASE))
    return [f"{name} {int(number)}/{year}"]


def _read_article(match: re.Match[str]) -> list[str]:
    what = match["what"].lower()
    name = "art" if what.startswith("art") else "comma" if what.startswith("comm") else "lett"
    number = re.sub(r"[\s-]+", "-", match["id"].strip().lower())
    return [f"{name} {number}"]


def _read_date(match: re.Match[str]) -> list[str]:
    parts = match.groupdict()
    month = int(parts["month"]) if parts["month"].isdigit() else MONTHS[parts["month"].lower()]
    day = int(parts["day"]) if parts.get("day") else None
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        return []
    return [f"{parts['year']}-{month:02d}" + (f"-{day:02d}" if day else "")]


def _read_amount(match: re.Match[str]) -> list[str]:
    number, scale = match["n1"] or match["n2"], match["s1"] or match["s2"]
    return [_canonical(number, scale)]


def _canonical(number: str, scale: str | None = None) -> str:
    value = Decimal(number.replace(".", "").replace(",", "."))
    if scale:
        value *= _SCALE[scale.lower()]
    text = format(value.normalize(), "f")
    return text if text != "-0" else "0"


_READERS: list[tuple[re.Pattern[str], FigureKind, Callable[[re.Match[str]], list[str]]]] = [
    (_LAW, FigureKind.LAW, _read_law),
    (_ARTICLE, FigureKind.ARTICLE, _read_article),
    (_DATE, FigureKind.DATE, _read_date),
    (_MONTH_YEAR, FigureKind.DATE, _read_date),
    (_SLASH_DATE, FigureKind.DATE, _read_date),
    (_ISO_DATE, FigureKind.DATE, _read_date),
    (_BARE_LAW, FigureKind.LAW, lambda m: [f"{int(m['num'])}/{m['year']}"]),
    (_AMOUNT, FigureKind.AMOUNT, _read_amount),
    (_PERCENT_RANGE, FigureKind.PERCENT, lambda m: [_canonical(m["low"]), _canonical(m["high"])]),
    (_PERCENT, FigureKind.PERCENT, lambda m: [_canonical(m["n"])]),
    (_NUMBER, FigureKind.NUMBER, lambda m: [_canonical(m["n"], m["s"])]),
]


def _one_scale_figures(text: str, taken: bytearray) -> list[Figure]:
    """ "un milione", "un miliardo e mezzo di euro"."""
    found: list[Figure] = []
    for match in _ONE_SCALE.finditer(text):
        if any(taken[match.start() : match.end()]):
            continue
        value = _SCALE[match["scale"].lower()] * (Decimal("1.5") if match["half"] else 1)
        kind = FigureKind.AMOUNT if match["euro"] else FigureKind.NUMBER
        taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
        found.append(Figure(match.start(), match.end(), match.group(), kind, format(Decimal(value).normalize(), "f")))
    return found


def _word_figures(text: str, taken: bytearray) -> list[Figure]:
    words = number_words()
    found: list[Figure] = []
    for match in _WORD.finditer(text):
        value = words.get(match.group().lower())
        if value is None or any(taken[match.start() : match.end()]):
            continue
        if match.group().lower() == "sei" and _SEI_VERB_BEFORE.search(text[: match.start()]):
            continue
        figure = _word_figure(text, match, value)
        taken[figure.start : figure.end] = b"\x01" * (figure.end - figure.start)
        found.append(figure)
    return found


def _word_figure(text: str, match: re.Match[str], value: int) -> Figure:
    """A number word with the scale, currency or "per cento" that follows it."""
    unit = _WORD_UNIT.match(text, match.end())
    end, kind = match.end(), FigureKind.NUMBER
    if unit:
        end = unit.end()
        value *= _SCALE[unit["scale"].lower()] if unit["scale"] else 1
        kind = (
            FigureKind.PERCENT
            if unit["percent"]
            else FigureKind.AMOUNT
            if unit["euro"] or unit["euro2"]
            else FigureKind.NUMBER
        )
    return Figure(match.start(), end, text[match.start() : end], kind, str(value))


@lru_cache(maxsize=1)
def number_words() -> dict[str, int]:
    """Italian number words from 2 to 999 and their thousands, with values; "uno" is left out, being an article."""
    from num2words import num2words

    words = {num2words(n, lang="it").replace("é", "e"): n for n in range(2, 1000)}
    words |= {word[:-1] + "é": n for word, n in words.items() if word.endswith("tre") and n > 20}
    words |= {"mille": 1000} | {f"{word}mila": n * 1000 for word, n in list(words.items())}
    return words
