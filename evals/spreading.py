"""Some of many, evenly spread over their order: the same at every call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """At most count items, in their order and evenly over it, the first among them; all of them where they are few."""
    return list(items) if len(items) <= count else [items[at * len(items) // count] for at in range(count)]
