"""Signs of life while an answer is on its way: typing, a draft in private chats, a message to be replaced elsewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.turn import Turn

logger = logging.getLogger("bussola.bot")

TYPING_AFTER_S = 0.5
TYPING_EVERY_S = 4.0  # Telegram shows it for five seconds
MESSAGE_AFTER_S = 3.0
DRAFT_LASTS_S = 20.0  # Telegram shows a draft for thirty


@asynccontextmanager
async def signs_of_life(turn: Turn) -> AsyncIterator[None]:
    """While the block runs, show that something is being done; nothing for what takes a moment."""
    over = asyncio.Event()
    task = asyncio.create_task(_show(turn, over))
    try:
        yield
    finally:
        # Not cancelled: a message half sent would stay there with nobody to replace it.
        over.set()
        await task


async def _show(turn: Turn, over: asyncio.Event) -> None:
    shown_s, drafted_s, has_message = 0.0, -DRAFT_LASTS_S, False
    wait_s = TYPING_AFTER_S
    while not await _is_over(over, wait_s):
        shown_s += wait_s
        wait_s = TYPING_EVERY_S if shown_s >= MESSAGE_AFTER_S else MESSAGE_AFTER_S - shown_s
        with suppress(TelegramError):
            await turn.bot.send_chat_action(turn.chat_id, ChatAction.TYPING)
        if turn.is_private and not has_message and shown_s - drafted_s >= DRAFT_LASTS_S and await _draft(turn):
            drafted_s = shown_s
        elif shown_s >= MESSAGE_AFTER_S and drafted_s < 0 and not has_message:
            has_message = True
            with suppress(TelegramError):
                await turn.say_waiting(turn.replies.say("waiting"))


async def _draft(turn: Turn) -> bool:
    """True when Telegram shows a draft (an empty one reads as "Thinking…"); False where it has none."""
    try:
        return await turn.bot.send_message_draft(turn.chat_id, draft_id=turn.update.update_id or 1, text="")
    except TelegramError as error:
        logger.info("niente bozze in questa chat (%s)", type(error).__name__)
        return False


async def _is_over(over: asyncio.Event, wait_s: float) -> bool:
    try:
        await asyncio.wait_for(over.wait(), wait_s)
    except TimeoutError:
        return False
    return True
