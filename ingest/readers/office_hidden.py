"""What a Word or LibreOffice document holds but does not show: taken out of its tree before it is read."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

UNSEEN = "nascosto nel documento"
WHITE = "bianco su fondo bianco"
_TINY_POINTS = 1.0
_COLOURED = frozenset("tbl table txbxContent text-box pict drawing shape".split())
"""Inside these a white letter usually stands on a colour."""


def take_hidden(root: Element) -> list[tuple[str, str, str]]:
    """
    The stretches that nobody sees (why, text, place), in order; they are no longer in the tree.

    The place is the paragraph they stand in, empty ones left out of the count ("paragrafo 12").

    Hidden by their own properties or style, under one point high, or white outside tables and shapes.
    """
    styles = {_value(node, "name"): why for node in root.iter() if _name(node) == "style" and (why := _why_odf(node))}
    dark = any(_name(node) == "background" for node in root.iter())
    numbers = _paragraph_numbers(root)
    found: list[tuple[int, str, str]] = []
    waiting = [(root, dark)]
    while waiting:
        node, coloured = waiting.pop()
        coloured = coloured or _name(node) in _COLOURED or _is_shaded(node)
        for child in list(node):
            why = _why_hidden(child, styles, coloured=coloured)
            if why is None:
                waiting.append((child, coloured))
                continue
            text = " ".join("".join(child.itertext()).split())
            if text:
                found.append((numbers[id(child)], why, text))
            _remove(node, child)
    found.sort(key=lambda each: each[0])
    return [(why, text, f"paragrafo {number}") for number, why, text in found]


def _paragraph_numbers(root: Element) -> dict[int, int]:
    """The number of the paragraph that each node, by its id(), stands in or follows; 1 before the first."""
    numbers: dict[int, int] = {}
    count = 0
    for node in root.iter():
        count += _name(node) in ("p", "h") and any(text.strip() for text in node.itertext())
        numbers[id(node)] = max(count, 1)
    return numbers


def _why_hidden(node: Element, styles: dict[str | None, str], *, coloured: bool) -> str | None:
    name = _name(node)
    if name == "r":
        why = _why_word(node)
    elif name in ("span", "p", "h", "hidden-paragraph", "hidden-text"):
        why = UNSEEN if name.startswith("hidden") else styles.get(_value(node, "style-name"))
    else:
        why = None
    return None if why == WHITE and coloured else why


def _why_word(run: Element) -> str | None:
    about = {_name(each): each for part in run if _name(part) == "rPr" for each in part}
    if any(name in about and _is_on(about[name]) for name in ("vanish", "webHidden", "specVanish")):
        return UNSEEN
    # Word counts letters in half points.
    if "sz" in about and _number(_value(about["sz"], "val")) <= 2 * _TINY_POINTS:
        return "corpo quasi nullo"
    white = "color" in about and (_value(about["color"], "val") or "").upper() == "FFFFFF"
    return WHITE if white and not {"shd", "highlight"} & about.keys() else None


def _why_odf(style: Element) -> str | None:
    for about in style:
        if _name(about) != "text-properties":
            continue
        if _value(about, "display") == "none":
            return UNSEEN
        if _number((_value(about, "font-size") or "").removesuffix("pt")) <= _TINY_POINTS:
            return "corpo quasi nullo"
        if (_value(about, "color") or "").lower() == "#ffffff" and _value(about, "background-color") is None:
            return WHITE
    return None


def _is_shaded(node: Element) -> bool:
    return any(_name(each) == "shd" for part in node if _name(part) == "pPr" for each in part)


def _is_on(node: Element) -> bool:
    return (_value(node, "val") or "true").lower() not in ("0", "false", "off")


def _number(text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        return 100.0


def _remove(parent: Element, child: Element) -> None:
    """Take the child out, leaving the text that stands after it."""
    siblings = list(parent)
    at = siblings.index(child)
    if child.tail:
        if at:
            siblings[at - 1].tail = (siblings[at - 1].tail or "") + child.tail
        else:
            parent.text = (parent.text or "") + child.tail
    parent.remove(child)


def _name(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _value(node: Element, name: str) -> str | None:
    return next(iter(_values(node, name)), None)


def _values(node: Element, name: str) -> Iterator[str]:
    return (value for key, value in node.attrib.items() if key.rpartition("}")[2] == name)
