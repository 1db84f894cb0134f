"""How fast the bot may speak: Telegram's own limits kept, waits where it asks for them, nothing lost."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import BaseRateLimiter

logger = logging.getLogger("bussola.bot")

Reply = bool | dict[str, Any] | list[dict[str, Any]]

FLEETING = frozenset({"sendChatAction", "sendMessageDraft"})
"""Signs of life: sent when there is room, dropped otherwise; never tried again."""

SPEAKING = frozenset({"sendMessage", "sendPhoto", "editMessageText"})
"""What a person reads, and what Telegram counts for each chat."""

ONCE = frozenset({"sendMessage", "sendPhoto"})
"""Doing these twice is not the same as doing them once."""

LEAVING_AT_ONCE = 8  # messages whose fate a kill would leave unknown
GROUP_PAUSES = 3  # Telegram: 20 messages a minute in a group, 60 in a private chat
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
GIVE_UP_AFTER_S = 3600.0
MOST_CHATS = 2000  # chats whose last moment is remembered
MINUTE = timedelta(minutes=1)

_FINAL = (BadRequest, Forbidden, InvalidToken, ChatMigrated, Conflict)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def skip_when_held() -> None:
    """Given as a call's rate_limit_args: what a later call makes stale is dropped where it would have to wait."""


class Unsure(NetworkError):
    """Nobody can tell whether a message arrived."""


class Pace(BaseRateLimiter[Callable[[], None]]):
    """
    Lets requests through one after the other: in all at most per_second, in a chat one each pause_s.

    A 429 holds that chat for the time that Telegram asks. A fault of the network is tried again with growing waits,
    up to GIVE_UP_AFTER_S; where the message may have arrived nonetheless, Unsure is raised instead.

    Messages leave only while may_leave is set. A call's rate_limit_args are what to do at the very moment of sending,
    after all waits.
    """

    def __init__(self, *, per_second: float, pause_s: float, may_leave: asyncio.Event | None = None) -> None:
        self._gap_s = 1 / per_second
        self._pause_s = pause_s
        self._next = 0.0
        self._may_leave = may_leave
        self._leaving = asyncio.Semaphore(LEAVING_AT_ONCE)
        self._chats: OrderedDict[Any, float] = OrderedDict()  # chat → when it may be spoken to again

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to free."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Reply]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Callable[[], None] | None,
    ) -> Reply:
        """What Telegram answered, after as many waits as it takes."""
        chat = data.get("chat_id")
        if endpoint in FLEETING or rate_limit_args is skip_when_held:
            return await self._pass(chat, lambda: callback(*args, **kwargs), counts=endpoint in SPEAKING)
        began, wait_s = time.monotonic(), FIRST_WAIT_S
        while True:
            await self._turn(chat if endpoint in SPEAKING else None)
            try:
                if endpoint not in ONCE:
                    return await callback(*args, **kwargs)
                async with self._leaving:
                    await self._leave(rate_limit_args)
                    return _checked(endpoint, await callback(*args, **kwargs))
            except RetryAfter as error:
                await self._heed(error, chat if endpoint in SPEAKING else None)
            except (TelegramError, KeyError, TypeError) as error:
                _raise_if_final(endpoint, error)
                if time.monotonic() - began > GIVE_UP_AFTER_S:
                    raise
                logger.warning("Telegram non risponde a %s (%s): riprovo", endpoint, type(error).__name__)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _leave(self, note: Callable[[], None] | None) -> None:
        """Wait until messages may leave, and write down that one does."""
        if self._may_leave is not None:
            await self._may_leave.wait()
        if note is not None:
            note()

    async def _pass(self, chat: Any, send: Callable[[], Awaitable[Reply]], *, counts: bool) -> Reply:
        """Send now or not at all; a 429 holds the chat, so that what matters comes first when it is over."""
        if self._is_held(chat):
            return True
        if counts:
            await self._turn(chat)
        try:
            return await send()
        except RetryAfter as error:
            self._hold(chat, error)
            raise

    async def _heed(self, error: RetryAfter, chat: Any) -> None:
        """Wait as a 429 asks; what is said to a chat waits in the chat's own turn."""
        if chat is None:
            await asyncio.sleep(seconds_of(error))
        else:
            self._hold(chat, error)

    def _hold(self, chat: Any, error: RetryAfter) -> None:
        self._chats[chat] = max(self._chats.get(chat, 0.0), time.monotonic() + seconds_of(error))

    def _is_held(self, chat: Any) -> bool:
        return self._chats.get(chat, 0.0) > time.monotonic()

    async def _turn(self, chat: Any) -> None:
        """Wait for this chat's moment, then for everybody's."""
        while chat is not None and (wait_s := self._chats.get(chat, 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(wait_s)
        now = time.monotonic()
        self._next = max(now, self._next + self._gap_s)
        if chat is not None:
            is_group = isinstance(chat, int) and chat < 0
            self._chats[chat] = self._next + self._pause_s * (GROUP_PAUSES if is_group else 1)
            self._chats.move_to_end(chat)
            while len(self._chats) > MOST_CHATS:
                self._chats.popitem(last=False)
        await asyncio.sleep(max(0.0, self._next - now))


def seconds_of(error: RetryAfter) -> float:
    """How long a 429 asks to wait."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _raise_if_final(endpoint: str, error: Exception) -> None:
    """Raise what trying again can't mend, and Unsure where trying again might say a thing twice."""
    if isinstance(error, _FINAL):
        raise error
    if endpoint in ONCE and not isinstance(error.__cause__, _NEVER_SENT):
        raise Unsure(type(error).__name__) from error


def _checked(endpoint: str, reply: Reply) -> Reply:
    """The reply; TypeError where a message was promised and something else came."""
    if endpoint in ONCE and not (isinstance(reply, dict) and isinstance(reply.get("message_id"), int)):
        raise TypeError(f"{endpoint}: the reply is no message")
    return reply


class People:
    """How many messages each person sent in the last minute, by the messages' own time."""

    def __init__(self, most_per_minute: int) -> None:
        self._most = most_per_minute
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()

    def count(self, person: str, at: datetime) -> int:
        """How far this message is over the limit: 0 within it, 1 for the first beyond."""
        times = self._times.setdefault(person, deque(maxlen=self._most * 4))
        self._times.move_to_end(person)
        while times and at - times[0] >= MINUTE:
            times.popleft()
        times.append(at)
        while len(self._times) > MOST_CHATS:
            self._times.popitem(last=False)
        return max(0, len(times) - self._most)
