"""Dates: the names of months and days, as numbers and as stretches of regular expressions."""

from __future__ import annotations

ITALIAN_MONTHS = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()
ENGLISH_MONTHS = "january february march april may june july august september october november december".split()
MONTHS = {name: at for names in (ITALIAN_MONTHS, ENGLISH_MONTHS) for at, name in enumerate(names, start=1)}
"""Names of months, in lower case, with their numbers."""
MONTH = rf"(?:{'|'.join(ITALIAN_MONTHS)})"
WEEKDAY = r"(?:luned[iì]|marted[iì]|mercoled[iì]|gioved[iì]|venerd[iì]|sabato|domenica)"
"""Fits a folded text and one as it stands."""
