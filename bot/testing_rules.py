"""
What Telegram would refuse: unknown methods and parameters, texts too long, tags that don't close, buttons too full.

What a method may be given is read from python-telegram-bot's signatures, sizes from its constants.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from telegram import Bot
from telegram import constants as limits

TAGS = frozenset({"b", "i", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"})
LONGEST_CAPTION = int(limits.MessageLimit.CAPTION_LENGTH)
MOST_SIDES, MOST_RATIO = 10_000, 20
ONLY_OURS = {
    "self",
    "read_timeout",
    "write_timeout",
    "connect_timeout",
    "pool_timeout",
    "api_kwargs",
    "rate_limit_args",
}
"""Parameters of the library's methods that Telegram never sees."""


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


def check_parameters(method: str, data: dict[str, Any]) -> None:
    """
    Nothing, when the library has this method, takes these parameters, and their sizes are within its limits.

    Raises:
        Refusal: something is not as Telegram wants it.
    """
    work = getattr(Bot, re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower(), None)
    if work is None:
        raise Refusal(404, f"Not Found: no method {method}")
    known = set(inspect.signature(work).parameters) - ONLY_OURS
    required = {n for n, p in inspect.signature(work).parameters.items() if p.default is p.empty} - ONLY_OURS
    unknown, missing = set(data) - known, required - set(data)
    if unknown or (missing and method != "editMessageText"):
        raise Refusal(400, f"Bad Request: unknown {sorted(unknown)}, missing {sorted(missing)}")
    for name, longest in LONGEST.get(method, {}).items():
        if len(str(data.get(name, ""))) > longest:
            raise Refusal(400, f"Bad Request: {name} is too long")
    check = CHECKS.get(method)
    if check is not None:
        check(data)


LONGEST: dict[str, dict[str, int]] = {
    "answerCallbackQuery": {"text": int(limits.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)},
    "setMyDescription": {"description": int(limits.BotDescriptionLimit.MAX_DESCRIPTION_LENGTH)},
    "setMyShortDescription": {"short_description": int(limits.BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH)},
    "setWebhook": {"secret_token": int(limits.WebhookLimit.MAX_SECRET_TOKEN_LENGTH)},
}


def _check_commands(data: dict[str, Any]) -> None:
    commands = json.loads(data["commands"])
    longest = int(limits.BotCommandLimit.MAX_DESCRIPTION)
    good = all(
        re.fullmatch(r"[a-z0-9_]{1,32}", c["command"]) and 1 <= len(c["description"]) <= longest for c in commands
    )
    if not good or len(commands) > int(limits.BotCommandLimit.MAX_COMMAND_NUMBER):
        raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")


def _check_inline(data: dict[str, Any]) -> None:
    results = json.loads(data["results"])
    if len(results) > int(limits.InlineQueryLimit.RESULTS):
        raise Refusal(400, "Bad Request: RESULTS_TOO_MUCH")
    for one in results:
        if not 1 <= len(one["id"].encode()) <= int(limits.InlineQueryResultLimit.MAX_ID_LENGTH):
            raise Refusal(400, "Bad Request: RESULT_ID_INVALID")
        check_text({"text": one["input_message_content"]["message_text"], "parse_mode": "HTML"})


CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "setMyCommands": _check_commands,
    "answerInlineQuery": _check_inline,
}


def check_photo(photo: bytes) -> None:
    """
    Nothing, when Telegram would take this PNG as a photo.

    Raises:
        Refusal: it is none, too heavy, too large or too narrow; https://core.telegram.org/bots/api#sendphoto.
    """
    if not photo.startswith(b"\x89PNG"):
        raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
    if len(photo) > int(limits.FileSizeLimit.PHOTOSIZE_UPLOAD):
        raise Refusal(400, "Bad Request: file is too big")
    width, height = (int.from_bytes(photo[at : at + 4], "big") for at in (16, 20))
    if width + height > MOST_SIDES or max(width, height) > MOST_RATIO * min(width, height):
        raise Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")


def check_text(data: dict[str, Any], *, longest: int = int(limits.MessageLimit.MAX_TEXT_LENGTH)) -> str:
    """
    The text as people read it, when Telegram would take it.

    Raises:
        Refusal: it is empty or too long once its tags are read, has too many of them, or one does not close.
    """
    text, entities = data["text"], 0
    if data.get("parse_mode") == "HTML":
        parser = _Tags()
        parser.feed(text)
        parser.close()
        if parser.fault or parser.open or re.search(r"&(?!lt;|gt;|amp;|quot;|#\d+;)", text):
            raise Refusal(400, f"Bad Request: can't parse entities: {parser.fault or parser.open}")
        text, entities = "".join(parser.text), parser.count
    if not text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > longest:
        raise Refusal(400, "Bad Request: message is too long")
    if entities > int(limits.MessageLimit.MESSAGE_ENTITIES):
        raise Refusal(400, "Bad Request: too many entities")
    return str(text)


class _Tags(HTMLParser):
    """The text between tags, and what is wrong with them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.open: list[str] = []
        self.count = 0
        self.fault = ""

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        """Open."""
        if tag not in TAGS:
            self.fault = f"unsupported start tag {tag}"
        self.open.append(tag)
        self.count += 1

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last, or nothing."""
        if not self.open or self.open.pop() != tag:
            self.fault = f"unexpected end tag {tag}"

    def handle_data(self, data: str) -> None:
        """Read."""
        self.text.append(data)


def read_buttons(data: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """
    The rows of buttons under a message, when Telegram would take them.

    Raises:
        Refusal: there are too many, or one carries nothing or too much.
    """
    rows: list[list[dict[str, Any]]] = json.loads(data.get("reply_markup") or "{}").get("inline_keyboard", [])
    if sum(map(len, rows)) > int(limits.InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER):
        raise Refusal(400, "Bad Request: reply markup is too long")
    for one in (b for row in rows for b in row):
        size = len(one["callback_data"].encode())
        if not 1 <= size <= int(limits.InlineKeyboardButtonLimit.MAX_CALLBACK_DATA) or not one["text"].strip():
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if any(len(row) > int(limits.InlineKeyboardMarkupLimit.BUTTONS_PER_ROW) for row in rows):
        raise Refusal(400, "Bad Request: too many buttons in a row")
    return rows
