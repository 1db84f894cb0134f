"""A source with the picture of its page, the quote highlighted, where there is one."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from telegram.constants import ChatAction, FileSizeLimit, MessageLimit
from telegram.error import BadRequest, TelegramError

from bot.client import PICTURE_WIDTH
from bot.replies import plain, units
from bot.turn import Turn

logger = logging.getLogger("bussola.bot")

LONGEST_CAPTION = int(MessageLimit.CAPTION_LENGTH)  # UTF-16 units, after the tags are read
MOST_BYTES = int(FileSizeLimit.PHOTOSIZE_UPLOAD)
MOST_SIDES = 10_000  # dots, width and height together; https://core.telegram.org/bots/api#sendphoto
MOST_RATIO = 20
_PNG = b"\x89PNG\r\n\x1a\n"


async def show_source(turn: Turn, text: str, citation: Mapping[str, Any], release: str) -> None:
    """
    Send a source: the page's picture with the text under it; the text alone where there is no picture.

    A text too long for a caption comes first, by itself.
    """
    page = page_of(citation, release)
    kept = turn.office.store.picture(page)
    if kept is not None and await _send(turn, text, kept[0], page, is_marked=kept[1]):
        return
    with suppress(TelegramError):
        await turn.bot.send_chat_action(turn.chat_id, ChatAction.UPLOAD_PHOTO)
    drawn = await turn.office.source.picture(citation, release)
    if drawn is not None and fits(drawn.png):
        await _send(turn, text, drawn.png, page, is_marked=drawn.is_marked)
    if not turn.said:
        await turn.say(text)


def page_of(citation: Mapping[str, Any], release: str) -> str:
    """The name under which a page's picture is kept: that of what it shows, and of nobody who saw it."""
    shown = [release, *(str(citation[name]) for name in ("document", "page_index", "start", "end")), str(PICTURE_WIDTH)]
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()


def fits(png: bytes) -> bool:
    """Whether Telegram takes this picture as a photo."""
    if not png.startswith(_PNG) or len(png) > MOST_BYTES:
        return False
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    return 0 < width + height <= MOST_SIDES and max(width, height) <= MOST_RATIO * min(width, height)


async def _send(turn: Turn, text: str, photo: bytes | str, page: str, *, is_marked: bool) -> bool:
    """True when the picture was sent; the text may be sent even where it was not, if it is too long for a caption."""
    told = turn.replies.say("picture_marked" if is_marked else "picture_plain")
    caption = f"{text}\n\n{told}"
    if units(plain(caption)) > LONGEST_CAPTION:
        if not turn.said:  # else it stands there already, since a kept picture was tried before
            await turn.say(text)
        caption = told
    try:
        sent = await turn.say_photo(photo, caption)
    except BadRequest as error:
        logger.warning("Telegram non prende l'immagine di una pagina (%s)", error.message)
        turn.office.store.drop_picture(page)
        return False
    if sent is not None and sent.photo:
        turn.office.store.keep_picture(page, sent.photo[-1].file_id, is_marked=is_marked)
    return True
