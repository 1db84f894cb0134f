"""Answers that left no receipt: they have no address that lasts, and nothing that could be judged later."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

MOST = 1000
"""Answers remembered; a page asks of one as soon as it is given."""


class Unkept:
    """The last answers whose receipt was lost, in this process; safe among threads."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def note(self, answer: str, *, kept: bool) -> None:
        """Remember an answer whose receipt was lost; forget one whose receipt was kept after all."""
        with self._lock:
            self._ids.pop(answer, None)
            if not kept:
                self._ids[answer] = None
            while len(self._ids) > MOST:
                self._ids.popitem(last=False)

    def __contains__(self, answer: object) -> bool:
        with self._lock:
            return answer in self._ids
