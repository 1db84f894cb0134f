"""What a check of the installation found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something stands."""

    GOOD = "good"
    OFF = "off"  # not configured, and not needed
    WARNING = "warning"  # Bussola answers without it, or not for long
    BROKEN = "broken"  # needed, or asked for by a setting, and not there


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name, how it stands, what was seen, and the remedy where there is one to take."""

    name: str
    state: State
    seen: str
    remedy: str = ""


def good(name: str, seen: str) -> Finding:
    """All is well with it."""
    return Finding(name, State.GOOD, seen)


def off(name: str, seen: str) -> Finding:
    """It is not asked for."""
    return Finding(name, State.OFF, seen)


def warning(name: str, seen: str, remedy: str) -> Finding:
    """It would be better otherwise."""
    return Finding(name, State.WARNING, seen, remedy)


def broken(name: str, seen: str, remedy: str) -> Finding:
    """It must be mended."""
    return Finding(name, State.BROKEN, seen, remedy)
