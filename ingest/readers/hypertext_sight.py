"""What a visitor of an HTML page does not see, by its tags' own attributes and by its style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator

Attributes = list[tuple[str, str | None]]

_HIDING = re.compile(
    r"display:none|visibility:hidden|font-size:[01](?:px|pt|em|%)?(?:;|$|!)|(?<![\w-])opacity:0(?:\.0+)?(?:;|$|!)|"
    r"(?:left|top|right|text-indent):-\d{3,}|clip:rect\(0|(?<![\w-])color:transparent"
)
_WHITE = re.compile(r"(?<![\w-])color:(?:#fff(?:fff)?|white|rgb\(255,255,255\))(?:;|$|!)")
_GROUND = re.compile(r"background(?:-color|-image)?:(?!none|transparent|white|#fff|inherit)")
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")


def is_hidden(attributes: Attributes, hiding: set[str], *, on_white: bool) -> bool:
    """
    True when these attributes hide what their tag holds.

    hiding are the classes and ids that a style sheet hides; on_white tells that nothing gave the page a background,
    so that white letters can't be seen.
    """
    facts = _facts(attributes)
    named = {f".{name}" for name in facts.get("class", "").split()} | {f"#{facts.get('id', '')}"}
    style = _style(facts)
    white = on_white and _WHITE.search(style) is not None and not _GROUND.search(style)
    return "hidden" in facts or bool(named & hiding) or _HIDING.search(style) is not None or white


def sets_ground(attributes: Attributes) -> bool:
    """True when these attributes put a colour or a picture behind the text."""
    facts = _facts(attributes)
    return facts.get("bgcolor", "white") not in ("white", "#ffffff") or _GROUND.search(_style(facts)) is not None


def hidden_names(style_sheet: str) -> Iterator[str]:
    """The classes (".x") and ids ("#x") that a style sheet hides; by its white letters nothing, for want of grounds."""
    for rule in _RULE.finditer(style_sheet.lower()):
        if _HIDING.search(_tight(rule.group(2))):
            yield from re.findall(r"[.#][\w-]+", rule.group(1))


def _facts(attributes: Attributes) -> dict[str, str]:
    return {name: (value or "").lower() for name, value in attributes}


def _style(facts: dict[str, str]) -> str:
    """The style, with what <font> says of colour and size."""
    old = f";color:{facts['color']}" if "color" in facts else ""
    return _tight(facts.get("style", "") + old)


def _tight(style: str) -> str:
    return "".join(style.split())
