"""Signs of life while an answer is on its way: typing, and its first sentences, shown where the answer will stand."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram.constants import ChatAction, ParseMode
from telegram.error import TelegramError

from bot.client import Json, OnSentences
from bot.replies import meanwhile_html
from bot.turn import Turn

logger = logging.getLogger("bussola.bot")

FIRST_AFTER_S = 0.5
LOOK_EVERY_S = 1.2  # a draft or edit more often than that is more than Telegram likes
TYPING_EVERY_S = 4.0  # Telegram shows it for five seconds
MESSAGE_AFTER_S = 3.0
DRAFT_LASTS_S = 20.0  # Telegram shows a draft for thirty


@asynccontextmanager
async def signs_of_life(turn: Turn, *, may_speak: bool = True) -> AsyncIterator[OnSentences]:
    """
    While the block runs, show that something is being done, and the sentences that are told; nothing of a moment.

    Args: without may_speak no message is sent that the answer would have to replace.
    """
    signs = _Signs(turn, may_speak=may_speak)
    task = asyncio.create_task(signs.show())
    try:
        yield signs.tell
    finally:
        # Not cancelled: what is half sent would arrive after the answer, or stay with nobody to replace it.
        signs.over.set()
        await task


class _Signs:
    """What is shown of one answer until it is there."""

    def __init__(self, turn: Turn, *, may_speak: bool) -> None:
        self.over = asyncio.Event()
        self._turn = turn
        self._has_drafts = turn.is_private
        self._may_speak = may_speak
        self._has_spoken = False
        self._text = self._shown = ""
        self._typed_at = self._drafted_at = float("-inf")

    def tell(self, sentences: list[Json]) -> None:
        """These are certain by now."""
        self._text = meanwhile_html(sentences)

    async def show(self) -> None:
        """Look every moment what there is to show, until it is over."""
        began, wait_s = time.monotonic(), FIRST_AFTER_S
        while not await self._is_over(wait_s):
            wait_s = LOOK_EVERY_S
            await self._type()
            if self._has_drafts:
                await self._draft()
            if not self._has_drafts and self._may_speak and time.monotonic() - began >= MESSAGE_AFTER_S:
                await self._speak()

    async def _type(self) -> None:
        if time.monotonic() - self._typed_at < TYPING_EVERY_S:
            return
        self._typed_at = time.monotonic()
        with suppress(TelegramError):
            await self._turn.bot.send_chat_action(self._turn.chat_id, ChatAction.TYPING)

    async def _draft(self) -> None:
        """A draft of what is certain; an empty one reads as "Thinking…"."""
        if self._text == self._shown and time.monotonic() - self._drafted_at < DRAFT_LASTS_S:
            return
        draft_id, text = self._turn.update.update_id or 1, self._text
        try:
            await self._turn.bot.send_message_draft(
                self._turn.chat_id, draft_id=draft_id, text=text, parse_mode=ParseMode.HTML if text else None
            )
        except TelegramError as error:
            logger.info("niente bozze in questa chat (%s)", type(error).__name__)
            self._has_drafts = False
        self._shown, self._drafted_at = text, time.monotonic()

    async def _speak(self) -> None:
        if not self._has_spoken:
            self._has_spoken, self._shown = True, ""
            with suppress(TelegramError):
                await self._turn.say_waiting(self._turn.replies.say("waiting"))
        elif self._text != self._shown:
            text = self._text
            if await self._turn.show_meanwhile(text):
                self._shown = text

    async def _is_over(self, wait_s: float) -> bool:
        try:
            await asyncio.wait_for(self.over.wait(), wait_s)
        except TimeoutError:
            return False
        return True
