"""Headings of planning documents and of acts, told by their form: Driver, numbered section, title, article, annex."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROMAN = r"[IVXLC]{1,7}"
_SUFFIX = r"(?:\s?-?\s?(?:bis|ter|quater|quinquies|sexies|septies|octies|novies|decies))?"
_DRIVER = re.compile(r"DRIVER\s+(\d{1,2})\s*[|:–—-]\s*\S", re.IGNORECASE)
_ARTICLE = re.compile(
    rf"(?:Art(?:icolo|\.)?|ART(?:ICOLO|\.)?)\s*(\d{{1,4}}{_SUFFIX})\s*(?:[.°]?\s*(?:[-–—:(]\s*)?|\.\s*)(.*)$"
)
_PART = re.compile(
    rf"(PARTE|TITOLO|CAPO|SEZIONE|Parte|Titolo|Capo|Sezione)\s+({_ROMAN}|\d{{1,3}}|[A-Z])\b\s*[-–—:.]?\s*(.*)$"
)
_ANNEX = re.compile(
    r"(ALLEGATO|Allegato|APPENDICE|Appendice)(?:\s+([A-Z]|\d{1,3}|" + _ROMAN + r"))?\s*(?:[-–—:.]\s*(.*))?$"
)
_CHAPTER = re.compile(r"(CAPITOLO|Capitolo)\s+(\d{1,3}|" + _ROMAN + r")\b\s*[-–—:.]?\s*(.*)$")
_NUMBERED = re.compile(r"(\d{1,2}(?=\.\s)|\d{1,2}(?:\.\d{1,2}){1,4})\.?\s+([^\W\d].*)$")
_COMMA = re.compile(rf"(\d{{1,3}}{_SUFFIX})\s*[.)]\s+\S|comma\s+(\d{{1,3}})\b", re.IGNORECASE)
_PART_LEVEL = {"parte": 2, "titolo": 3, "capo": 4, "sezione": 5}
ARTICLE_LEVEL = 6
LONGEST_HEADING = 140
"""Characters; a longer line is running text."""
LONGEST_RUBRIC = 90
"""Characters of a title that stands below its number."""
_RUNNING = re.compile(r"[.;,]$|\b(?:comma|commi|lett\.|lettera|del|della|dell['’])\s*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a line announces."""

    level: int  # 1 is the document's own title
    label: str | None = None  # "DRIVER 8", "art. 18", "5.2"


def find_heading(line: str) -> Heading | None:
    """
    What a whole line announces as a heading, or None when it is running text.

    Only forms that are headings by themselves are told: "DRIVER 8 | …", "TITOLO II", "CAPO I – …", "Art. 18 – rubrica",
    "Allegato A", "Capitolo 3", "5.2 Titolo" (a short line that does not end like a sentence).
    """
    text = line.strip()
    if not text or len(text) > LONGEST_HEADING:
        return None
    return _find_driver(text) or _find_article(text) or _find_part(text) or _find_numbered(text)


def _find_driver(text: str) -> Heading | None:
    match = _DRIVER.match(text)
    return Heading(2, f"DRIVER {int(match.group(1))}") if match else None


def _find_article(text: str) -> Heading | None:
    match = _ARTICLE.match(text)
    if match is None:
        return None
    rubric = match.group(2).strip(" )(.-–—")
    if rubric and (not rubric[0].isupper() or re.search(r"[;:,]$", rubric)):
        return None  # "Art. 5 della legge …" is a reference inside a sentence
    return Heading(ARTICLE_LEVEL, "art. " + "".join(match.group(1).split()))


def _find_part(text: str) -> Heading | None:
    if match := _PART.match(text):
        kind, number, rest = match.groups()
        if _starts_a_title(rest):
            return Heading(_PART_LEVEL[kind.lower()], f"{kind} {number}")
    if (match := _ANNEX.match(text)) and _starts_a_title(match.group(3) or "") and not text.endswith((";", ",")):
        return Heading(2, f"{match.group(1)} {match.group(2) or ''}".strip())
    if (match := _CHAPTER.match(text)) and _starts_a_title(match.group(3)):
        return Heading(1, f"{match.group(1)} {match.group(2)}")
    return None


def _starts_a_title(rest: str) -> bool:
    return not rest or (not rest[0].islower() and not _RUNNING.search(rest))


def _find_numbered(text: str) -> Heading | None:
    match = _NUMBERED.match(text)
    if match is None or _RUNNING.search(text) or not match.group(2)[0].isupper():
        return None
    if len(text) > 100 or text.endswith((":", "?")):
        return None
    number = match.group(1)
    return Heading(min(1 + number.count("."), 5), number)


def is_bare(line: str, heading: Heading) -> bool:
    """True for a heading that is only a number ("Art. 1", "TITOLO II"): its rubric stands on the next line."""
    kind = re.match(r"[^\W\d]+", heading.label or "")
    if kind is None:
        return False
    return re.fullmatch(rf"\w+\.?\s*(?:{_ROMAN}|\d{{1,4}}{_SUFFIX}|[A-Z])?\s*[-–—.:]?", line.strip()) is not None


def is_rubric(line: str) -> bool:
    """True for a short line that may be a heading's title: a capital first, no sentence's end last."""
    text = line.strip().lstrip("(")
    if not text or len(text) > LONGEST_RUBRIC or find_heading(line) is not None:
        return False
    return text[0].isupper() and text[-1] not in ".;:,"


def find_driver(label: str | None) -> int | None:
    """The Driver's number in a heading's label, or None."""
    match = re.fullmatch(r"DRIVER (\d+)", label or "")
    return int(match.group(1)) if match else None


def find_article(label: str | None) -> str | None:
    """The article's number in a heading's label ("18", "5-bis"), or None."""
    match = re.fullmatch(r"art\. (\S+)", label or "")
    return match.group(1) if match else None


def find_comma(text: str) -> str | None:
    """The number with which a paragraph of an article begins ("3", "2-bis"), or None."""
    match = _COMMA.match(text.lstrip())
    return re.sub(r"\s+", "", match.group(1) or match.group(2)) if match else None
