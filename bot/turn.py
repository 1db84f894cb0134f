"""One update in hand: who wrote, in which language, and how the reply reaches them exactly once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, TelegramError
from telegram.ext import ExtBot

from bot.client import Json, Source
from bot.keys import Keys
from bot.limits import FIRST_WAIT_S, GIVE_UP_AFTER_S, LONGEST_WAIT_S, People, Unsure, skip_when_held
from bot.replies import plain, split_html
from bot.sent import find_sent, rows_of
from bot.store import BotStore, Delivery
from kb.settings import Settings
from prompts.bot import load_bot_replies
from prompts.replies import LANGUAGES, Replies

logger = logging.getLogger("bussola.bot")

Post = Callable[[Json], Awaitable[Message]]
"""Sends a message with these parameters and what is its own."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""A document's web page would push the answer off the screen."""

WAITING_PART = -1
"""The delivery number of "I'm searching…", which the answer replaces."""


@dataclass(frozen=True)
class Office:
    """What every turn shares."""

    settings: Settings
    store: BotStore
    source: Source
    keys: Keys
    people: People
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while all that Telegram has for the bot is known; messages leave only then."""


class Turn:
    """An update being handled; say() may be called several times, and is safe to repeat after a restart."""

    def __init__(self, office: Office, update: Update, bot: ExtBot[Any]) -> None:
        assert update.effective_chat is not None
        self.office = office
        self.update = update
        self.bot = bot
        self.chat_id = update.effective_chat.id
        self.is_private = update.effective_chat.type == "private"
        self.chat = office.keys.hide(self.chat_id)
        self.message: Message | None = (
            update.effective_message if isinstance(update.effective_message, Message) else None
        )
        self.said = 0  # parts sent so far
        self._waiting: int | None = None  # the message that says "I'm searching…"

    @cached_property
    def language(self) -> str:
        """The language chosen in the chat; else English for people whose Telegram is in English, else Italian."""
        chosen = self.office.store.language(self.chat)
        if chosen is not None:
            return chosen
        user = self.update.effective_user
        hint = ((user.language_code if user else None) or "")[:2].lower()
        return hint if hint in LANGUAGES else LANGUAGES[0]

    def choose_language(self, language: str) -> None:
        """Keep the chat's language and speak it from now on."""
        self.office.store.choose_language(self.chat, language)
        self.language = language

    @property
    def replies(self) -> Replies:
        """What the bot says, in the chat's language."""
        return load_bot_replies(self.language)

    async def say(self, text: str, buttons: InlineKeyboardMarkup | None = None) -> int:
        """
        Send the text, in as many messages as it needs, buttons under the last; the last message's number.

        Args: text is HTML as Telegram takes it.
        """
        parts = split_html(text)
        last = 0
        for at, part in enumerate(parts):
            last = await self._send(self.said, part, buttons if at == len(parts) - 1 else None)
            self.said += 1
        return last

    async def say_photo(self, photo: bytes | str, caption: str) -> Message | None:
        """
        Send a picture, or one that Telegram keeps by its file id; None where it had arrived before a restart.

        Args: caption is HTML that fits a caption.

        Raises:
            BadRequest: Telegram does not take the picture, or no longer has it.
        """
        sent: list[Message] = []

        async def post(given: Json) -> Message:
            sent.append(await self.bot.send_photo(photo=photo, caption=caption, parse_mode=ParseMode.HTML, **given))
            return sent[-1]

        try:
            await self._deliver(self.said, post, None)
        except BadRequest:
            self.office.store.drop_delivery(self.update.update_id, self.said)
            raise
        self.said += 1
        return sent[-1] if sent else None

    async def say_waiting(self, text: str) -> None:
        """Send a message that the next say() replaces; once a turn."""
        self._waiting = await self._deliver_text(WAITING_PART, text, None)

    async def show_meanwhile(self, text: str) -> bool:
        """Put what is certain so far in place of the waiting message; False where there was no room for it now."""
        if self._waiting is None:
            return False
        try:
            shown = await self.bot.edit_message_text(
                text,
                chat_id=self.chat_id,
                message_id=self._waiting,
                parse_mode=ParseMode.HTML,
                link_preview_options=NO_PREVIEW,
                rate_limit_args=skip_when_held,
            )
        except TelegramError as error:
            logger.info("una parte di risposta non si mostra (%s)", type(error).__name__)
            return False
        return isinstance(shown, Message)

    async def edit(self, message_id: int, text: str, buttons: InlineKeyboardMarkup | None) -> bool:
        """Put the text in place of a message's; False when that can't be, since it is gone or the text too long."""
        parts = split_html(text)
        if len(parts) != 1:
            return False
        try:
            await self.bot.edit_message_text(
                parts[0],
                chat_id=self.chat_id,
                message_id=message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=buttons,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            return "not modified" in error.message
        return True

    async def _send(self, part: int, text: str, buttons: InlineKeyboardMarkup | None) -> int:
        store, update_id = self.office.store, self.update.update_id
        if part == 0:
            waiting = self._waiting or _number(store.delivery(update_id, WAITING_PART))
            if waiting and await self.edit(waiting, text, buttons):
                return waiting
        return await self._deliver_text(part, text, buttons)

    async def _deliver_text(self, part: int, text: str, buttons: InlineKeyboardMarkup | None) -> int:
        async def post(given: Json) -> Message:
            given |= {"link_preview_options": NO_PREVIEW, "reply_markup": buttons}
            try:
                return await self.bot.send_message(text=text, parse_mode=ParseMode.HTML, **given)
            except BadRequest as error:
                if "parse entities" not in error.message:
                    raise
                logger.error("Telegram rifiuta la formattazione: invio il testo semplice")
                return await self.bot.send_message(text=plain(text), **given)

        return await self._deliver(part, post, buttons)

    async def _deliver(self, part: int, post: Post, buttons: InlineKeyboardMarkup | None) -> int:
        """The message's number; where an earlier try may have arrived, Telegram is asked before trying again."""
        store, update_id = self.office.store, self.update.update_id
        known = store.delivery(update_id, part)
        if known is not None and known.message_id is not None:
            return known.message_id
        row, chat = rows_of(self.chat_id, self.chat)
        arrived = await self._find(known, row, buttons) if known is not None else None
        began, wait_s = time.monotonic(), FIRST_WAIT_S
        while arrived is None:
            try:
                arrived = await self._post(part, post)
            except Unsure as error:
                after = store.delivery(update_id, part)
                if after is None or time.monotonic() - began > GIVE_UP_AFTER_S:
                    raise
                logger.warning("non so se un messaggio è arrivato (%s): controllo", error.message)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
                arrived = await self._find(after, row, buttons)
        store.end_delivery(update_id, part, message_id=arrived)
        store.note_numbers({row: arrived, chat: arrived})
        return arrived

    async def _find(self, after: Delivery, row: str, buttons: InlineKeyboardMarkup | None) -> int | None:
        await self.office.caught_up.wait()
        return await find_sent(self.bot, self.chat_id, after, self.office.store.newest_number(row), buttons)

    async def _post(self, part: int, post: Post) -> int:
        store, update_id = self.office.store, self.update.update_id
        row, chat = rows_of(self.chat_id, self.chat)

        def begin() -> None:
            store.begin_delivery(update_id, part, row=row, chat=chat)

        given = {"chat_id": self.chat_id, "reply_parameters": self._reply_to(), "rate_limit_args": begin}
        try:
            return (await post(given)).message_id
        except ChatMigrated as error:
            self.chat_id = error.new_chat_id
            return await self._post(part, post)

    def _reply_to(self) -> ReplyParameters | None:
        """In a group it must be plain whom a message answers."""
        if self.is_private or self.message is None:
            return None
        return ReplyParameters(self.message.message_id, allow_sending_without_reply=True)


def _number(delivery: Any) -> int | None:
    return delivery.message_id if delivery is not None else None
