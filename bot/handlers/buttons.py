"""Taps: what a button carries is a letter, an answer's code and a number; all else is looked up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from bot.client import Rating, Unavailable
from bot.handlers.menu import DRIVER_QUESTIONS, example_mark, set_language, show_driver
from bot.handlers.pictures import show_source
from bot.handlers.questions import answer_question
from bot.replies import button, escape, source_html
from bot.store import KeptAnswer
from bot.turn import Turn
from prompts.replies import LANGUAGES

REASONS = ("irrelevant", "wrong", "unclear", "little")


async def answer_tap(turn: Turn) -> None:
    """Do what a button stands for; a button of an answer that is gone says so."""
    query = turn.update.callback_query
    assert query is not None
    kind, _, rest = (query.data or "").partition(":")
    code, _, choice = rest.partition(":")
    work = BY_ANSWER.get(kind)
    if work is not None:
        answer = turn.office.store.answer(code, turn.chat)
        if answer is None:
            await say_toast(turn, turn.replies.say("answer_gone"), alert=True)
            return
        await work(turn, answer, choice)
    elif kind in BY_NAME:
        await say_toast(turn)
        await BY_NAME[kind](turn, code, choice)
    else:
        await say_toast(turn, turn.replies.say("answer_gone"), alert=True)


async def say_toast(turn: Turn, text: str = "", *, alert: bool = False) -> None:
    """End the tap's waiting sign; Telegram refuses when the tap is old, and then nobody looks."""
    query = turn.update.callback_query
    assert query is not None
    with suppress(TelegramError):
        await query.answer(text or None, show_alert=alert)


async def open_source(turn: Turn, answer: KeptAnswer, choice: str) -> None:
    """Send a source: its quote, document, edition, section and page, as they were when the answer was given."""
    found = [one for one in answer.body["citations"] if str(one["number"]) == choice]
    await say_toast(turn, "" if found else turn.replies.say("answer_gone"))
    if not found:
        return
    lines = [source_html(found[0], turn.replies)]
    serving = await _serving_release(turn)
    if serving and serving != answer.body["release"]:
        lines.append(turn.replies.say("source_old", release=escape(answer.body["release"]), now=escape(serving)))
    await show_source(turn, "\n\n".join(lines), found[0], answer.body["release"])


async def ask_suggestion(turn: Turn, answer: KeptAnswer, choice: str) -> None:
    """Ask the question that the button shows."""
    await say_toast(turn)
    suggestions = answer.body["suggestions"]
    if choice.isdecimal() and int(choice) < len(suggestions):
        await answer_question(turn, suggestions[int(choice)], tapped=True)


async def rate_up(turn: Turn, answer: KeptAnswer, _choice: str) -> None:
    """Keep 👍."""
    turn.office.store.rate(answer, "up")
    await say_toast(turn, turn.replies.say("thanks_up"))
    await _pass_on(turn, answer, 1)


async def rate_down(turn: Turn, answer: KeptAnswer, _choice: str) -> None:
    """Keep 👎 and offer to say why, under the answer itself."""
    turn.office.store.rate(answer, "down")
    await say_toast(turn, turn.replies.say("thanks_down"))
    reasons = [[button(turn.replies.say(f"reason_{reason}"), f"r:{answer.code}:{reason}")] for reason in REASONS]
    await _add_rows(turn, reasons, instead_of="r:")
    await _pass_on(turn, answer, -1)


async def give_reason(turn: Turn, answer: KeptAnswer, choice: str) -> None:
    """Keep why an answer was no good, and take the question away."""
    if choice in REASONS:
        turn.office.store.rate(answer, "down", reason=choice)
    await say_toast(turn, turn.replies.say("thanks_reason"))
    await _add_rows(turn, [], instead_of="r:")
    if choice in REASONS:
        await _pass_on(turn, answer, -1, reason=choice)


async def _pass_on(turn: Turn, answer: KeptAnswer, verdict: int, *, reason: str | None = None) -> None:
    """Tell whoever answered, without the chat; the code is the answer's own, so that a change of mind replaces."""
    answer_id = answer.body.get("id")  # answers kept by an earlier bot have none
    if answer_id:
        await turn.office.source.rate(Rating(answer_id, verdict, reason, key=answer.code))


async def _add_rows(turn: Turn, rows: list[list[InlineKeyboardButton]], *, instead_of: str) -> None:
    """Change the tapped message's buttons: rows of that kind go, these come."""
    message = turn.message
    if message is None or message.reply_markup is None:
        return
    kept = [
        row
        for row in message.reply_markup.inline_keyboard
        if not str(row[0].callback_data or "").startswith(instead_of)
    ]
    with suppress(BadRequest):  # the message is gone, or shows them already
        await turn.bot.edit_message_reply_markup(
            chat_id=turn.chat_id, message_id=message.message_id, reply_markup=InlineKeyboardMarkup([*kept, *rows])
        )


async def _serving_release(turn: Turn) -> str:
    try:
        return str((await turn.office.source.documents())["release"])
    except Unavailable:
        return ""


async def open_driver(turn: Turn, number: str, _choice: str) -> None:
    """Send a Driver's page."""
    await show_driver(turn, number)


async def ask_driver(turn: Turn, number: str, choice: str) -> None:
    """Ask more about a Driver."""
    if choice.isdecimal() and int(choice) < len(DRIVER_QUESTIONS):
        question = turn.replies.say(DRIVER_QUESTIONS[int(choice)], number=number)
        await answer_question(turn, question, tapped=True)


async def ask_example(turn: Turn, mark: str, _choice: str) -> None:
    """Ask one of the examples of the first message; what is published since may have others."""
    offered = [one for language in LANGUAGES for one in await turn.office.source.examples(language)]
    found = [one for one in offered if example_mark(one) == mark]
    if found:
        await answer_question(turn, found[0], tapped=True)
    else:
        await turn.say(turn.replies.say("example_gone"))


async def choose_language(turn: Turn, language: str, _choice: str) -> None:
    """Keep the language."""
    await set_language(turn, language)


BY_ANSWER: dict[str, Callable[[Turn, KeptAnswer, str], Awaitable[None]]] = {
    "s": open_source,
    "g": ask_suggestion,
    "u": rate_up,
    "d": rate_down,
    "r": give_reason,
}
BY_NAME: dict[str, Callable[[Turn, str, str], Awaitable[None]]] = {
    "v": open_driver,
    "k": ask_driver,
    "e": ask_example,
    "l": choose_language,
}
