"""What the cells of a table look like: figures, years, captions over them."""

from __future__ import annotations

import re

CAPTION = re.compile(r"tab(?:ella|\.)?\b|quadro\b|prospetto\b", re.IGNORECASE)
"""How the line over a table begins."""
_FIGURE = re.compile(r"[<>≤≥±+~(-]?\s?[€$]?\s?[-–+]?\d[\d.,'/:\s–-]*[%‰€°*)]?(?:\s?[^\W\d_]\S*(?:\s\S+){0,2})?")
_NOTHING = re.compile(r"[-–—…*/]+|n\.?\s?[dcpa]\.?|n/a", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?[-/–]\s?\d{2,4})?\*?")


def looks_figure(text: str) -> bool:
    """True for a figure with its unit, a date or the sign that there is none."""
    return bool(_FIGURE.fullmatch(text) or _NOTHING.fullmatch(text))


def looks_year(text: str) -> bool:
    """True for a year, or a span of two."""
    return _YEAR.fullmatch(text) is not None
