"""Inline mode: the best passages, in any chat, while a person types."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from telegram import Bot, InlineQueryResultArticle, InputTextMessageContent, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.client import Unavailable
from bot.replies import MOST_UNITS, escape, place_of, split_html
from bot.turn import Office
from prompts.bot import load_bot_replies
from prompts.replies import Replies

PASSAGES = 3
FEWEST_CHARS = 4  # each keystroke is a query
CACHED_FOR_S = 300
DESCRIPTION_CHARS = 120


async def offer_passages(office: Office, update: Update, bot: Bot) -> None:
    """Answer an inline query; with nothing where it is too short or the documents can't be searched."""
    query = update.inline_query
    assert query is not None
    from kb.answering.guard import clean_text, mask_personal_data

    text, _ = mask_personal_data(clean_text(query.query))
    found: list[dict[str, Any]] = []
    cached_s = CACHED_FOR_S
    if len(text) >= FEWEST_CHARS:
        try:
            found = await office.source.search(text, count=PASSAGES)
        except Unavailable:
            cached_s = 0
    hint = (query.from_user.language_code or "")[:2]
    results = [_result(one, load_bot_replies(hint)) for one in found[:PASSAGES]]
    with suppress(TelegramError):  # the person has typed on
        await bot.answer_inline_query(query.id, results, cache_time=cached_s, is_personal=False)


def _result(passage: Mapping[str, Any], replies: Replies) -> InlineQueryResultArticle:
    text = " ".join(str(passage["text"]).split())
    place = place_of(passage, replies)
    shown = f"<blockquote>{escape(text)}</blockquote>\n{escape(replies.say('inline_source', place=place))}"
    if len(split_html(shown)) > 1:
        cut = escape(text[: MOST_UNITS // 2])
        shown = f"<blockquote>{cut}…</blockquote>\n{escape(replies.say('inline_source', place=place))}"
    return InlineQueryResultArticle(
        id=hashlib.sha256(str(passage["passage"]).encode()).hexdigest()[:32],
        title=place,
        description=text[:DESCRIPTION_CHARS],
        input_message_content=InputTextMessageContent(shown, parse_mode=ParseMode.HTML),
    )
