"""One update of a chat at a time, in order; chats side by side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

logger = logging.getLogger("bussola.bot")

MOST_AT_ONCE = 10_000
"""Updates waiting in memory; nearly all of them wait for their chat."""


class ChatOrder(BaseUpdateProcessor):
    """Holds a lock for each chat in which something is under way, and tells when an update is done with."""

    def __init__(self, when_done: Callable[[int], None]) -> None:
        super().__init__(MOST_AT_ONCE)
        self._when_done = when_done
        self._locks: dict[int, tuple[asyncio.Lock, list[int]]] = {}
        self._stopping = False

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to free."""

    def stop(self) -> None:
        """Begin no update any more: those that wait stay unanswered, for the next start."""
        self._stopping = True

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Run the update's handlers once its chat is free."""
        assert isinstance(update, Update)
        key = key_of(update)
        lock, waiting = self._locks.setdefault(key, (asyncio.Lock(), []))
        waiting.append(update.update_id)
        try:
            async with lock:
                if self._stopping:
                    _drop(coroutine)
                    return
                await coroutine
                self._when_done(update.update_id)
        finally:
            waiting.remove(update.update_id)
            if not waiting:
                self._locks.pop(key, None)

    @property
    def chats(self) -> int:
        """How many chats have something under way."""
        return len(self._locks)


def key_of(update: Update) -> int:
    """What an update is kept in order with: its chat, or its person where there is none."""
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else 0


def _drop(coroutine: Awaitable[Any]) -> None:
    close = getattr(coroutine, "close", None)
    if close is not None:
        close()
