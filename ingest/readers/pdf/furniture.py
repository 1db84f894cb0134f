"""Running headers, footers and folios: found by coming back at the same height, taken out, folios kept as labels."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.readers.pdf.lines import Line

_ZONE = 0.13  # share of the page's height, from each edge, where furniture stands
_TAGGED_ZONE = 0.2  # the same for lines that the file itself marks as decoration
_DRIFT = 6.0  # points by which the height of a running line may vary
_MIN_PAGES = 3
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"(?<![^\W\d_])[ivxlc]{1,7}(?![^\W\d_])", re.IGNORECASE)
_FOLIO = re.compile(
    r"[\W_]*(?:(?:pag(?:ina|\.)?|p\.|page)\s*)?(\d{1,4}|[ivxlc]{1,7})(?:\s*(?:di|/|of|su)\s*\d{1,4})?[\W_]*",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\(?\d{1,3}[).\s]\s*[^\W\d_]")
_SAID_FOLIO = re.compile(r"\b(?:pag(?:ina|\.)?|page)\s*(\d{1,4})\b", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class SheetLines:
    """The lines of one page that might be furniture; height is the page's."""

    index: int
    height: float
    lines: Sequence[Line]


@dataclass(slots=True)
class Furniture:
    """What to take out, by page index, and the folios read."""

    lines: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # id() of lines
    folios: dict[int, str] = field(default_factory=dict)
    removed: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Group:
    """Lines of several pages that say the same at the same height, numbers apart."""

    base: float
    members: list[tuple[int, Line]] = field(default_factory=list)


def find_furniture(sheets: Sequence[SheetLines]) -> Furniture:
    """The running lines and folios of a document."""
    found = Furniture()
    for group in sorted(_groups(sheets), key=lambda group: -len(group.members)):
        folios = _folios(group) if _may_count(group, len(sheets)) else {}
        for index, line in group.members if folios else _running(group, len(sheets)):
            found.lines[index].add(id(line))
            found.removed[line.text] += 1
        for index, folio in folios.items():
            found.folios.setdefault(index, folio)
    return found


def _groups(sheets: Sequence[SheetLines]) -> list[_Group]:
    groups: dict[str, list[_Group]] = defaultdict(list)
    for sheet in sheets:
        for line in sheet.lines:
            if not _in_zone(line, sheet.height):
                continue
            same = groups[_key(line.text)]
            # Heights are kept from the nearer edge, since pages may differ in size.
            base = line.base if line.base < sheet.height / 2 else line.base - sheet.height
            group = next((group for group in same if abs(group.base - base) <= _DRIFT), None)
            if group is None:
                group = _Group(base)
                same.append(group)
            group.members.append((sheet.index, line))
    return [group for same in groups.values() for group in same]


def find_known(sheet: SheetLines, removed: Iterable[str], label: str | None) -> set[int]:
    """The id()s of one page's lines that other pages showed to be furniture, or that are the page's own number."""
    known = {key for text in removed if any(map(str.isalpha, key := _key(text)))}
    gone: set[int] = set()
    for line in sheet.lines:
        folio = _FOLIO.fullmatch(line.text.strip())
        own = folio is not None and label is not None and folio.group(1).casefold() == label.casefold()
        if _in_zone(line, sheet.height) and (own or _key(line.text) in known):
            gone.add(id(line))
    return gone


def _in_zone(line: Line, height: float) -> bool:
    zone = (_TAGGED_ZONE if line.artifact else _ZONE) * height
    return line.box.bottom <= zone or line.box.top >= height - zone


def _key(text: str) -> str:
    """The line with its numbers blanked, so that "pag. 6" and "pag. 7" are one."""
    lowered = _NUMBER.sub("#", " ".join(text.casefold().split()))
    return _ROMAN.sub("#", lowered) if len(lowered) <= 16 else lowered


def _running(group: _Group, pages: int) -> list[tuple[int, Line]]:
    """The members that come back word for word; numbers that differ and do not count the pages are no decoration."""
    if not any(char.isalpha() for char in _key(group.members[0][1].text)):
        return []  # bare numbers must prove to be folios
    if pages > 1 and all(line.artifact for _, line in group.members):
        return group.members
    times = Counter(" ".join(line.text.split()) for _, line in group.members)
    wanted = _MIN_PAGES if pages > 2 else 2
    return [(index, line) for index, line in group.members if times[" ".join(line.text.split())] >= wanted]


def _may_count(group: _Group, pages: int) -> bool:
    """False for the notes of a few pages, which are numbered one after the other too."""
    noted = sum(_NOTE.match(line.text) is not None for _, line in group.members)
    return noted < len(group.members) or len(group.members) >= max(_MIN_PAGES, pages / 4)


def _folios(group: _Group) -> dict[int, str]:
    """Page index → folio, where the group's numbers count the pages; {} where they don't."""
    if len(group.members) == 1:
        index, line = group.members[0]
        said = re.fullmatch(
            r"[\W_]*" + _SAID_FOLIO.pattern + r"(?:\s*(?:di|/|of|su)\s*\d{1,4})?[\W_]*", line.text, re.I
        )
        return {index: said.group(1)} if said else {}
    whole = {index: _FOLIO.fullmatch(line.text.strip()) for index, line in group.members}
    if all(whole.values()):
        read = {index: match.group(1) for index, match in whole.items() if match}
        return read if _counts(read) else {}
    slots = [_NUMBER.findall(line.text) for _, line in group.members]
    for slot in range(min(len(numbers) for numbers in slots)):
        read = {index: numbers[slot] for (index, _), numbers in zip(group.members, slots, strict=True)}
        if _counts(read):
            return read
    return {}


def _counts(read: dict[int, str]) -> bool:
    """True when the numbers grow with the pages, at least three times in five."""
    if len(read) < 2:
        return False
    pages = sorted(read)
    steps = [
        (after - before, folio_value(read[after]) - folio_value(read[before]))
        for before, after in itertools.pairwise(pages)
    ]
    return sum(step == grown for step, grown in steps) >= 0.6 * len(steps)


def folio_value(folio: str) -> int:
    """The number of a folio, arabic or roman; 0 for anything else."""
    if folio.isdecimal():
        return int(folio)
    values = [_ROMAN_VALUES.get(char, 0) for char in folio.casefold()]
    if 0 in values or not values:
        return 0
    return sum(-v if v < max(values[at:]) else v for at, v in enumerate(values))


def to_roman(value: int, *, upper: bool) -> str:
    """A number from 1 to 399 in roman figures."""
    text = ""
    for figure, worth in (
        ("c", 100),
        ("xc", 90),
        ("l", 50),
        ("xl", 40),
        ("x", 10),
        ("ix", 9),
        ("v", 5),
        ("iv", 4),
        ("i", 1),
    ):
        while value >= worth:
            text += figure
            value -= worth
    return text.upper() if upper else text


def label_pages(count: int, printed: dict[int, str], declared: list[str] | None) -> list[tuple[str | None, str]]:
    """
    A label and where it comes from ("pdf", "printed", "inferred", "none") for each page.

    The file's own labels come first, unless they only count the sheets from 1 while what is printed says otherwise;
    a page without a number takes the one that its neighbours imply, when they agree.
    """
    if declared is not None and not _belied(declared, printed):
        return [(label or None, "pdf" if label else "none") for label in declared]
    labels: list[tuple[str | None, str]] = []
    for index in range(1, count + 1):
        if index in printed:
            labels.append((printed[index], "printed"))
        else:
            inferred = _inferred(index, printed)
            labels.append((inferred, "inferred" if inferred else "none"))
    return labels


def _belied(declared: list[str], printed: dict[int, str]) -> bool:
    sheets = all(label == str(at) for at, label in enumerate(declared, start=1))
    against = sum(printed[index] != str(index) for index in printed)
    return sheets and len(printed) >= _MIN_PAGES and against > 0.8 * len(printed)


def _inferred(index: int, printed: dict[int, str]) -> str | None:
    before = [page for page in sorted(printed) if page < index][-2:]
    after = [page for page in sorted(printed) if page > index][:2]
    guesses = {_extended(printed, near, index) for near in (before[-1:] or after[:1])}
    if before and after:
        guesses = {_extended(printed, before[-1], index), _extended(printed, after[0], index)}
    elif len(before or after) < 2 or not _agree(printed, before or after):
        return None
    return guesses.pop() if len(guesses) == 1 else None


def _agree(printed: dict[int, str], pages: list[int]) -> bool:
    return len({folio_value(printed[page]) - page for page in pages}) == 1


def _extended(printed: dict[int, str], near: int, index: int) -> str | None:
    value = folio_value(printed[near]) + index - near
    if value < 1:
        return None
    return str(value) if printed[near].isdecimal() else to_roman(value, upper=printed[near].isupper())
