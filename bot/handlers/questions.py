"""Questions: asked by message, by a tap, or by correcting an earlier message."""

from __future__ import annotations

import logging
import re

from telegram import Message

from bot.client import Json, Unavailable
from bot.replies import answer_buttons, answer_html, escape
from bot.store import KeptAnswer
from bot.turn import Turn
from bot.waiting import signs_of_life
from prompts.bot import load_bot_replies

logger = logging.getLogger("bussola.bot")

KEPT = ("id", "status", "language", "citations", "suggestions", "release")
"""What buttons need of an answer; the question is not among it."""


async def answer_message(turn: Turn) -> None:
    """Answer the question that a message holds."""
    question = await _readable(turn)
    if question is not None:
        await answer_question(turn, question)


async def answer_edited(turn: Turn) -> None:
    """Answer a corrected question in place of its earlier answer, or anew where there was none."""
    question = await _readable(turn)
    if question is None or turn.message is None:
        return
    before = turn.office.store.answer_to(turn.message.message_id, turn.chat)
    shown = before.message_id if before else None
    if before is not None:  # what was corrected is no longer said: a follow-up must not lean on it
        turn.office.store.forget_turn(before.code)
    await answer_question(turn, question, in_place_of=shown)


async def answer_question(turn: Turn, question: str, *, in_place_of: int | None = None, tapped: bool = False) -> None:
    """Send the answer with its buttons, and keep what they and a follow-up need."""
    masked, warning = _masked(turn, question)
    code = turn.office.keys.code_of(turn.update.update_id)
    history = turn.office.store.turns(turn.chat, before=code)
    try:
        async with signs_of_life(turn, may_speak=in_place_of is None) as tell:
            answer = await turn.office.source.ask(masked, history, on_sentences=tell)
    except Unavailable as error:
        logger.error("%s", error)
        await turn.say(turn.replies.say("unavailable"))
        return
    message = None if tapped or turn.message is None else turn.message.message_id
    kept = KeptAnswer(code, turn.chat, {name: answer[name] for name in KEPT}, question_id=message)
    turn.office.store.keep_turn(kept, masked)
    opening = [turn.replies.say("question_asked", question=escape(masked))] if tapped else []
    text = "\n\n".join([*opening, *warning, answer_html(answer, load_bot_replies(answer["language"]))])
    shown = await _show(turn, text, answer, code, in_place_of)
    turn.office.store.show_at(code, message_id=shown)


async def refuse_other(turn: Turn) -> None:
    """Say that only text is read."""
    await turn.say(turn.replies.say("only_text"))


async def _show(turn: Turn, text: str, answer: Json, code: str, in_place_of: int | None) -> int:
    buttons = answer_buttons(answer, code, turn.replies)
    if in_place_of is not None and await turn.edit(in_place_of, text, buttons):
        return in_place_of
    return await turn.say(text, buttons)


async def _readable(turn: Turn) -> str | None:
    """The question, when it can be looked up; otherwise the person was told why not."""
    from kb.answering.guard import clean_text

    message = turn.message
    question = clean_text(_without_mention(message, turn.bot.username)) if message is not None else ""
    most = turn.office.settings.max_question_chars
    if not question:
        await turn.say(turn.replies.say("empty"))
        return None
    if len(question) > most:
        await turn.say(turn.replies.say("too_long", length=str(len(question)), limit=str(most)))
        return None
    return question


def _masked(turn: Turn, question: str) -> tuple[str, list[str]]:
    """The question without personal data, and what to say of it; so nothing personal reaches the API or the store."""
    from kb.answering.guard import mask_personal_data

    masked, kinds = mask_personal_data(question)
    return masked, [turn.replies.say("personal_data")] if kinds else []


def _without_mention(message: Message, username: str) -> str:
    return re.sub(rf"@{re.escape(username)}\b", " ", message.text or "", flags=re.IGNORECASE)
