"""Marks: the signs that items of a list begin with."""

from __future__ import annotations

BULLETS = "•▪◦·*‣➢●○■–—-"
"""Each is one; the hyphen stands last, so that they may stand between brackets in a regular expression."""
