"""Updates in: fetched from Telegram or delivered by it, kept before they are confirmed, handed on in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from telegram import Update
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application

from bot.handlers.table import WANTED
from bot.keys import Keys
from bot.limits import FIRST_WAIT_S, LONGEST_WAIT_S, seconds_of
from bot.sent import numbers_in
from bot.store import BotStore
from kb.errors import InputError

logger = logging.getLogger("bussola.bot")

POLL_S = 25  # how long Telegram holds a request open when there is nothing
MARGIN_S = 10.0
AT_A_TIME = 100

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class Receiver:
    """Takes updates in: none twice, none lost by a kill, since Telegram hears of them only once they are on disk."""

    def __init__(self, application: AnyApplication, store: BotStore, keys: Keys) -> None:
        self._application = application
        self._store = store
        self._keys = keys

    async def resume(self) -> int:
        """Hand on what was taken in and not answered before the last stop; how many."""
        waiting = self._store.unanswered()
        for body in waiting:
            await self._hand_on(body)
        return len(waiting)

    async def take_in(self, bodies: Sequence[object]) -> int | None:
        """Keep updates and hand the new ones on; the highest number, or None where there was none to read."""
        read = {body["update_id"]: body for body in bodies if _is_update(body)}
        # First of all, so that a message sent from now on is looked for after these.
        numbers = [numbers_in(body, self._keys) for _, body in sorted(read.items())]
        self._store.note_numbers({name: number for found in numbers for name, number in found.items()})
        for update_id in self._store.take_in(sorted(read.items())):
            await self._hand_on(read[update_id])
        return max(read, default=None)

    async def poll(self) -> None:
        """
        Fetch updates until cancelled, through whatever the network does.

        Raises:
            InputError: Telegram does not know the token.
        """
        offset: int | None = None
        wait_s = FIRST_WAIT_S
        while True:
            try:
                highest = await self.take_in(await self._fetch(offset))
                offset = offset if highest is None else highest + 1
                wait_s = FIRST_WAIT_S
            except InvalidToken:
                raise InputError("Telegram non riconosce BUSSOLA_TELEGRAM_TOKEN: ricopialo da @BotFather.") from None
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
            except (TelegramError, KeyError, TypeError) as error:
                logger.warning("Telegram non dà i messaggi (%s): riprovo", type(error).__name__)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _fetch(self, offset: int | None) -> list[object]:
        # Not bot.get_updates(): one update that the library can't read would hide all that come with it.
        asked: dict[str, Any] = {"timeout": POLL_S, "limit": AT_A_TIME, "allowed_updates": list(WANTED)}
        if offset is not None:
            asked["offset"] = offset
        found: object = await self._application.bot._post("getUpdates", asked, read_timeout=POLL_S + MARGIN_S)
        if not isinstance(found, list):
            raise TypeError("getUpdates gave no list")
        return found

    async def _hand_on(self, body: Mapping[str, Any]) -> None:
        try:
            update = Update.de_json(dict(body), self._application.bot)
        except Exception as error:  # whatever the library trips over: this update is lost, the others are not
            logger.error("un aggiornamento non si legge (%s)", type(error).__name__)
            self._store.answered(body["update_id"])
            return
        await self._application.update_queue.put(update)


def _is_update(body: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(body, dict) and isinstance(body.get("update_id"), int)
