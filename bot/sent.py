"""
Whether a message arrived, when the reply that would say so was lost.

The Bot API can't be asked for a message. But messages are numbered in one row for all private chats and small groups
of a bot (each supergroup has its own row), and only a message of ours in that very chat can be edited: so the numbers
after the newest ones that were known are tried, with an edit that changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.store import Delivery

REACH = 40
"""Numbers tried in a row; as many messages may pass through the bot while one is being sent."""

REACH_IN_CHAT = 10
"""Numbers tried after the chat's own newest: enough where a server numbers each chat by itself."""

COMMON_ROW = "row"
SUPERGROUPS_FROM = -1_000_000_000_000


def row_of(chat_id: int, chat: str) -> str:
    """The name of the row in which a chat's messages are numbered."""
    return chat if chat_id <= SUPERGROUPS_FROM else COMMON_ROW


async def find_sent(bot: Bot, chat_id: int, after: Delivery, buttons: InlineKeyboardMarkup | None) -> int | None:
    """The number of our message in this chat that is newer than all that were known, or None."""
    for message_id in _candidates(after):
        try:
            await bot.edit_message_reply_markup(chat_id=chat_id, message_id=message_id, reply_markup=buttons)
        except BadRequest as error:
            if "not modified" not in error.message:
                continue
        return message_id
    return None


def _candidates(after: Delivery) -> Iterator[int]:
    near = range(after.after_in_chat + 1, after.after_in_chat + 1 + REACH_IN_CHAT)
    yield from near
    yield from (n for n in range(after.after_id + 1, after.after_id + 1 + REACH) if n not in near)
