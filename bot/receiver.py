"""Updates in: fetched from Telegram or delivered by it, kept before they are confirmed, handed on in order."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from telegram import Update
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application

from bot.handlers.table import WANTED
from bot.limits import FIRST_WAIT_S, LONGEST_WAIT_S, seconds_of
from bot.sent import LATER, date_of, numbers_in
from bot.turn import Office
from kb.errors import InputError

logger = logging.getLogger("bussola.bot")

POLL_S = 25  # how long Telegram holds a request open when there is nothing
MARGIN_S = 10.0
AT_A_TIME = 100
LARGEST_ID = 2**63 - 1  # that the memory's file can hold

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class Receiver:
    """Takes updates in: none twice, none lost by a kill, since Telegram hears of them only once they are on disk."""

    def __init__(self, application: AnyApplication, office: Office) -> None:
        self._application = application
        self._store = office.store
        self._keys = office.keys
        self._caught_up = office.caught_up
        self._began = True  # until all that was written before the start is known

    async def resume(self) -> int:
        """Hand on what was taken in and not answered before the last stop; how many."""
        waiting = self._store.unanswered()
        for body in waiting:
            await self._hand_on(body)
        return len(waiting)

    async def take_in(self, bodies: Sequence[object]) -> int | None:
        """Keep updates and hand the new ones on; the highest number, or None where there was none to read."""
        read = {body["update_id"]: _in_whole_letters(body) for body in bodies if _is_update(body)}
        # First of all, so that a message sent from now on is looked for after these.
        numbers = [numbers_in(body, self._keys) for _, body in sorted(read.items())]
        self._store.note_numbers({name: number for found in numbers for name, number in found.items()})
        if self._began:
            self._bound_earlier(body for _, body in sorted(read.items()))
        for update_id in self._store.take_in(sorted(read.items())):
            await self._hand_on(read[update_id])
        return max(read, default=None)

    async def poll(self) -> None:
        """
        Fetch updates until cancelled, through whatever the network does.

        While more are waiting, or none can be fetched, no message leaves: so whatever is sent has a number near those
        that are known, and is found again if the reply is lost.

        Raises:
            InputError: Telegram does not know the token.
        """
        offset: int | None = None
        wait_s = FIRST_WAIT_S
        while True:
            try:
                found = await self._fetch(offset)
                highest = await self.take_in(found)
                offset = offset if highest is None else highest + 1
                wait_s = FIRST_WAIT_S
                if len(found) < AT_A_TIME:
                    self.catch_up()
                else:
                    self._caught_up.clear()
            except InvalidToken:
                raise InputError("Telegram non riconosce BUSSOLA_TELEGRAM_TOKEN: ricopialo da @BotFather.") from None
            except RetryAfter as error:
                self._caught_up.clear()
                await asyncio.sleep(seconds_of(error))
            except (TelegramError, KeyError, TypeError) as error:
                self._caught_up.clear()
                logger.warning("Telegram non dà i messaggi (%s): riprovo", type(error).__name__)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def catch_up(self) -> None:
        """Let messages leave: all that was written until now is known."""
        self._caught_up.set()
        self._began = False

    def _bound_earlier(self, bodies: Iterable[Mapping[str, Any]]) -> None:
        """What was about to be sent when the last process ended has a number before those of much later messages."""
        self._store.note_later(
            [
                (row, number, date - LATER)
                for body in bodies
                if (date := date_of(body)) is not None
                for row, number in numbers_in(body, self._keys).items()
            ]
        )

    async def _fetch(self, offset: int | None) -> list[object]:
        # Not bot.get_updates(): one update that the library can't read would hide all that come with it.
        held_s = POLL_S if self._caught_up.is_set() else 0
        asked: dict[str, Any] = {"timeout": held_s, "limit": AT_A_TIME, "allowed_updates": list(WANTED)}
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
    return isinstance(body, dict) and isinstance(body.get("update_id"), int) and 0 <= body["update_id"] <= LARGEST_ID


def _in_whole_letters(body: dict[str, Any]) -> dict[str, Any]:
    """The update with "?" for each half of a letter that JSON's escapes can hold: no file and no request takes one."""
    whole: dict[str, Any] = json.loads(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
    return whole
