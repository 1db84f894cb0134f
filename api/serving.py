"""An open release in service: counted while it is used, closed after its last use once it is retired."""

from __future__ import annotations

import logging
from concurrent.futures import Executor
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant

logger = logging.getLogger("bussola.api")


class Serving:
    """The assistant of one release; its release is closed by the keeper, once, when it is retired and unused."""

    def __init__(self, assistant: Assistant, keeper: Executor) -> None:
        self.assistant = assistant
        self._keeper = keeper
        self._lock = Lock()
        self._users = 0
        self._is_retired = False

    def take(self) -> None:
        """Count one more use."""
        with self._lock:
            self._users += 1

    def give_back(self) -> None:
        """End one use; the last of a retired release closes it."""
        with self._lock:
            self._users -= 1
            is_last = self._is_retired and not self._users
        if is_last:
            self._close_later()

    def retire(self) -> None:
        """Take no more uses; close at once if there is none."""
        with self._lock:
            self._is_retired = True
            is_unused = not self._users
        if is_unused:
            self._close_later()

    def _close_later(self) -> None:
        self._keeper.submit(self._close)

    def _close(self) -> None:
        try:
            self.assistant.release.close()
        except Exception as error:  # the outer door: nobody is left to tell, and the next release serves already
            logger.error("la versione %s non si chiude: %s", self.assistant.release.id, type(error).__name__)
