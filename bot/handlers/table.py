"""Which update goes where, and the outer door: whatever fails is logged without words and apologised for."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType, MessageEntityType
from telegram.error import Forbidden, TelegramError
from telegram.ext import Application, CallbackContext, ExtBot, TypeHandler

from bot.handlers.buttons import answer_tap
from bot.handlers.menu import ALSO_KNOWN_AS, COMMANDS, refuse_command
from bot.handlers.passages import offer_passages
from bot.handlers.questions import answer_edited, answer_message, refuse_other
from bot.turn import Office, Turn

logger = logging.getLogger("bussola.bot")

Work = Callable[[Turn], Awaitable[None]]
WANTED = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
"""The kinds of update that Telegram is asked for."""

SERVICE = ("new_chat_members", "left_chat_member", "pinned_message", "new_chat_title", "group_chat_created")
GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


def add_handlers(application: Application[Any, Any, Any, Any, Any, Any], office: Office) -> None:
    """One handler for everything: the table below decides, so that each update is handled once."""

    async def handle(update: Update, context: CallbackContext[Any, Any, Any, Any]) -> None:
        await handle_update(office, update, context.bot)

    application.add_handler(TypeHandler(Update, handle))


async def handle_update(office: Office, update: Update, bot: ExtBot[Any]) -> None:
    """Do what an update asks for; never raises but for a stop."""
    try:
        if update.inline_query is not None:
            await offer_passages(office, update, bot)
        elif update.my_chat_member is not None:
            _note_membership(office, update.my_chat_member)
        elif update.effective_chat is not None and update.effective_chat.type != ChatType.CHANNEL:
            await _handle_turn(Turn(office, update, bot))
    except Forbidden:
        logger.info("una persona ha bloccato il bot, o lo ha tolto dal gruppo")
        if update.effective_chat is not None:
            office.store.erase(office.keys.hide(update.effective_chat.id))
    except Exception as error:  # the outer door
        logger.error("errore %s senza rimedio", type(error).__name__)


async def _handle_turn(turn: Turn) -> None:
    work = choose(turn)
    if work is None or not await _may_go_on(turn):
        return
    try:
        await work(turn)
    except Forbidden:
        raise
    except Exception as error:
        code = uuid.uuid4().hex[:8]
        logger.error("errore %s codice=%s in %s", type(error).__name__, code, _where(error))
        if not turn.said and not isinstance(error, TelegramError):
            await turn.say(turn.replies.say("failed", code=code))


def choose(turn: Turn) -> Work | None:
    """What to do with an update of a chat; None for what is not meant for the bot."""
    if turn.update.callback_query is not None:
        return answer_tap
    message = turn.message
    if message is None or _is_service(message) or not is_addressed(turn, message):
        return None
    if turn.update.edited_message is not None:
        return (_command(message) or answer_edited) if message.text else None
    if message.text is None:
        return refuse_other
    return _command(message) or answer_message


def is_addressed(turn: Turn, message: Message) -> bool:
    """True in a private chat; in a group, for commands, mentions of the bot and replies to it."""
    if turn.is_private:
        return True
    if message.from_user is not None and message.from_user.is_bot:
        return False
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == turn.bot.id:
        return True
    if (message.text or "").startswith("/"):
        name = (message.text or "").split()[0].partition("@")[2]
        return name.lower() == turn.bot.username.lower() if name else _named(message) in COMMANDS
    mentions = message.parse_entities([MessageEntityType.MENTION]).values() if message.text else ()
    return any(one.lower() == f"@{turn.bot.username}".lower() for one in mentions)


def _command(message: Message) -> Work | None:
    if not (message.text or "").startswith("/"):
        return None
    return COMMANDS.get(_named(message), refuse_command)


def _named(message: Message) -> str:
    """The command's own name: "/aiuto@bot parole" is "aiuto"."""
    name = (message.text or "/").split()[0][1:].partition("@")[0].lower().replace("à", "a")
    return ALSO_KNOWN_AS.get(name, name)


async def _may_go_on(turn: Turn) -> bool:
    """False for messages beyond a person's limit a minute; the first of them is told."""
    user, message = turn.update.effective_user, turn.update.message
    if user is None or message is None:
        return True
    over = turn.office.people.count(turn.office.keys.hide(user.id), message.date)
    if over == 1:
        await turn.say(turn.replies.say("too_many"))
    return not over


def _note_membership(office: Office, change: ChatMemberUpdated) -> None:
    """Forget a chat that shows the bot the door."""
    if change.new_chat_member.status in GONE:
        office.store.erase(office.keys.hide(change.chat.id))


def _is_service(message: Message) -> bool:
    return any(getattr(message, name, None) for name in SERVICE)


def _where(error: BaseException) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_globals.get('__name__')}:{frame.tb_lineno}" if frame is not None else "?"
