"""A diagram's labels as a person reads it: codes beside names, numbered items whole, captions before their group."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.readers.reading import Piece
from kb.records import BlockKind

_CODE = re.compile(r"([A-Z]{1,3})\s?(\d{1,2})")
_NUMBERED = re.compile(r"(\d{1,2})\s?\|\s*\S")
_FEWEST = 3  # codes or numbered items that make a diagram
CAPTION_LEVEL = 2


def holds_diagram(labels: Sequence[str]) -> bool:
    """True when short labels hold a run of codes ("M1", "M2", "M3") or of numbered items ("1| …", "2| …")."""
    return bool(_code_run(labels)) or _numbered_count(labels) >= _FEWEST


def read_diagram(labels: Sequence[str]) -> list[Piece]:
    """
    The labels as headings and list items, in reading order.

    A label that begins with a small letter goes on with the one before. Codes in sequence followed by at least as
    many names are paired in order ("M3: Infrastrutture …"). Where the last label in capitals has nothing after it,
    captions stand below their groups, and each is put above its own.
    """
    items = _pair_codes(_join_names(labels))
    return [_as_piece(item) for item in _lift_captions(items)]


def _join_names(labels: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for place, label in enumerate(labels):
        if joined and (label[0].islower() or _inside_item(labels, place, joined[-1])):
            joined[-1] = f"{joined[-1]} {label}"
        else:
            joined.append(label)
    return joined


def _inside_item(labels: Sequence[str], place: int, before: str) -> bool:
    """True between "1| Campus" and "2| …": what stands there belongs to item 1, unless it is a caption."""
    item = _NUMBERED.match(before)
    label = labels[place]
    if item is None or _NUMBERED.match(label) or is_caption(label):
        return False
    following = next((match for each in labels[place + 1 :] if (match := _NUMBERED.match(each))), None)
    return following is not None and int(following.group(1)) == int(item.group(1)) + 1


def is_caption(label: str) -> bool:
    """True for a few words in capitals."""
    return label.isupper() and len(label) <= 40 and not _CODE.fullmatch(label) and not _NUMBERED.match(label)


def _code_run(labels: Sequence[str]) -> tuple[int, int] | None:
    """Where the first run of at least three consecutive codes of one letter stands (start, end), or None."""
    start = 0
    while start < len(labels):
        end = start
        while end < len(labels) and _follows(labels, start, end):
            end += 1
        if end - start >= _FEWEST:
            return start, end
        start = max(end, start + 1)
    return None


def _follows(labels: Sequence[str], start: int, place: int) -> bool:
    first, match = _CODE.fullmatch(labels[start]), _CODE.fullmatch(labels[place])
    if first is None or match is None or first.group(1) != match.group(1):
        return False
    return int(match.group(2)) == int(first.group(2)) + place - start


def _numbered_count(labels: Sequence[str]) -> int:
    return sum(_NUMBERED.match(label) is not None for label in labels)


def _pair_codes(labels: list[str]) -> list[str]:
    run = _code_run(labels)
    if run is None:
        return labels
    start, end = run
    count = end - start
    names = labels[end : end + count]
    if len(names) < count or any(is_caption(name) or _NUMBERED.match(name) for name in names):
        return labels
    pairs = [f"{code}: {name}" for code, name in zip(labels[start:end], names, strict=True)]
    return [*labels[:start], *pairs, *labels[end + count :]]


def _lift_captions(items: list[str]) -> list[str]:
    """Captions that close their groups, read from the end, are put before them."""
    tail: list[str] = []
    rest = list(items)
    while len(rest) > 1 and is_caption(rest[-1]):
        caption = rest.pop()
        group: list[str] = []
        while rest and not is_caption(rest[-1]) and _sort(rest[-1]) == _sort(group[-1] if group else rest[-1]):
            group.append(rest.pop())
        tail = [caption, *reversed(group), *tail]
    return rest + tail


def _sort(item: str) -> str:
    if _NUMBERED.match(item):
        return "numbered"
    return "paired" if re.match(r"[A-Z]{1,3}\s?\d{1,2}: ", item) else "plain"


def _as_piece(item: str) -> Piece:
    if is_caption(item):
        return Piece(item, BlockKind.HEADING, CAPTION_LEVEL)
    return Piece(item, BlockKind.LIST_ITEM)
