"""
Whether a message arrived, when the reply that would say so was lost.

The Bot API can't be asked for a message. But messages are numbered in one row for all private chats and small groups
of a bot (each supergroup has its own row), and only a message of ours in that very chat can be edited: so the numbers
after the newest ones that were known are tried, with an edit that changes nothing.

Nothing is sent while Telegram is known to hold back what people wrote (bot.receiver), so few numbers were unknown when
a message left. The last number worth trying is the first of these: one that was surely given out later; the newest
known and as many as Telegram still holds back; REACH after what was known before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from bot.keys import Keys
from bot.store import Delivery

AHEAD = 30
"""Numbers tried beyond the newest that is known now: messages of ours under way, and groups' that no bot is told of."""

REACH = 1000
"""Numbers tried in all, at most."""

LATER = timedelta(minutes=2)
"""A message dated so long after ours left has a later number, whatever clocks and slow networks do."""

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


def date_of(body: Mapping[str, Any]) -> datetime | None:
    """When the message of an update was written; None where it tells of none."""
    try:
        return datetime.fromtimestamp(body["message"]["date"], UTC)
    except (TypeError, KeyError, ValueError, OverflowError, OSError):
        return None


async def find_sent(
    bot: Bot,
    chat_id: int,
    after: Delivery,
    newest: int,
    buttons: InlineKeyboardMarkup | None,
) -> int | None:
    """
    The number of our message in this chat that is newer than all that were known before it was sent, or None.

    Args: newest is the newest number known in the row.
    """
    for message_id in candidates(after, newest, await _held_back(bot)):
        try:
            await bot.edit_message_reply_markup(chat_id=chat_id, message_id=message_id, reply_markup=buttons)
        except BadRequest as error:
            if "not modified" not in error.message:
                continue
        return message_id
    return None


async def _held_back(bot: Bot) -> int:
    """How many updates Telegram has not delivered yet, each of which may stand for a number; 0 where it won't say."""
    with suppress(TelegramError, KeyError, TypeError):
        return (await bot.get_webhook_info()).pending_update_count
    return 0


def candidates(after: Delivery, newest: int, held_back: int) -> Iterator[int]:
    """The numbers that a message may have, the likeliest first, none twice."""
    near = range(after.after_in_chat + 1, after.after_in_chat + 1 + REACH_IN_CHAT)
    yield from near
    last = min(max(newest, after.after_id) + AHEAD + held_back, after.after_id + REACH)
    if after.before_id is not None:
        last = min(last, after.before_id - 1)
    yield from (number for number in range(after.after_id + 1, last + 1) if number not in near)
