"""
Whether a message arrived, when the reply that would say so was lost.

The Bot API can't be asked for a message. But messages are numbered in one row for all private chats and small groups
of a bot (each supergroup has its own row), and only a message of ours in that very chat can be edited: so the numbers
after the newest ones that were known are tried, with an edit that changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.keys import Keys
from bot.store import Delivery

AHEAD = 30
"""Numbers tried beyond the newest that is known now: messages that the bot has not been told of."""

AHEAD_AFTER_START = 250
"""The same right after a start, when Telegram still holds back what was written meanwhile."""

REACH = 1000
"""Numbers tried in all, at most."""

REACH_IN_CHAT = 10
"""Numbers tried after the chat's own newest: enough where a server numbers each chat by itself."""

COMMON_ROW = "row"
SUPERGROUPS_FROM = -1_000_000_000_000


def rows_of(chat_id: int, chat: str) -> tuple[str, str]:
    """The name of the row in which a chat's messages are numbered, and the chat's own."""
    return (chat if chat_id <= SUPERGROUPS_FROM else COMMON_ROW), chat


def numbers_in(body: Mapping[str, Any], keys: Keys) -> dict[str, int]:
    """The message number that an update tells of, for each row that it stands in; none where it tells of none."""
    message = body.get("message")
    try:
        chat_id, number = int(message["chat"]["id"]), int(message["message_id"])  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        return {}
    return dict.fromkeys(rows_of(chat_id, keys.hide(chat_id)), number)


async def find_sent(
    bot: Bot,
    chat_id: int,
    after: Delivery,
    newest: int,
    buttons: InlineKeyboardMarkup | None,
    *,
    ahead: int = AHEAD,
) -> int | None:
    """
    The number of our message in this chat that is newer than all that were known before it was sent, or None.

    Args: newest is the newest number known in the row; ahead, how many numbers beyond it are tried.
    """
    for message_id in _candidates(after, newest, ahead):
        try:
            await bot.edit_message_reply_markup(chat_id=chat_id, message_id=message_id, reply_markup=buttons)
        except BadRequest as error:
            if "not modified" not in error.message:
                continue
        return message_id
    return None


def _candidates(after: Delivery, newest: int, ahead: int) -> Iterator[int]:
    near = range(after.after_in_chat + 1, after.after_in_chat + 1 + REACH_IN_CHAT)
    yield from near
    last = min(max(newest, after.after_id) + ahead, after.after_id + REACH)
    yield from (number for number in range(after.after_id + 1, last + 1) if number not in near)
