"""The commands of the menu."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import cache

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.client import Rating, Unavailable, changes
from bot.news import news_html
from bot.replies import button, document_line, escape
from bot.turn import Turn
from kb.corpus.records import DriverRecord, load_drivers
from prompts.replies import LANGUAGES

LANGUAGE_NAMES = {"it": "Italiano", "en": "English"}
DRIVER_QUESTIONS = ("driver_ask_aim", "driver_ask_actions")


async def say_start(turn: Turn) -> None:
    """Who this is, what it knows and does not, questions to tap that the documents answer."""
    examples = await turn.office.source.examples(turn.language)
    rows = [[button(question, f"e:{example_mark(question)}")] for question in examples]
    settings = turn.office.settings
    text = turn.replies.say("start", days=str(settings.telegram_retention_days), contact=escape(settings.contact))
    ending = turn.replies.say("start_tapping" if rows else "start_writing")
    await turn.say(f"{text} {ending}", InlineKeyboardMarkup(rows) if rows else None)


def example_mark(question: str) -> str:
    """What a button carries of an example: it lasts as long as the example does, whatever its place in the list."""
    return hashlib.sha256(question.encode()).hexdigest()[:10]


async def say_help(turn: Turn) -> None:
    """How it is used."""
    await turn.say(turn.replies.say("help"))


async def say_drivers(turn: Turn) -> None:
    """The Drivers as buttons; with a number after the command, that Driver at once."""
    words = ((turn.message.text if turn.message else None) or "").split()
    if len(words) > 1 and _driver(words[1]) is not None:
        await show_driver(turn, words[1])
        return
    rows = [[button(f"{one.number} · {one.title}", f"v:{one.number}")] for one in _records()]
    await turn.say(turn.replies.say("driver_list"), InlineKeyboardMarkup(rows))


async def show_driver(turn: Turn, number: str) -> None:
    """A Driver in short, from its record, with questions to ask more."""
    record = _driver(number)
    if record is None:
        await say_drivers(turn)
        return
    rows = [
        [button(turn.replies.say(question, number=str(record.number)), f"k:{record.number}:{at}")]
        for at, question in enumerate(DRIVER_QUESTIONS)
    ]
    await turn.say(driver_html(turn, record), InlineKeyboardMarkup(rows))


def driver_html(turn: Turn, record: DriverRecord) -> str:
    """A Driver's title, its aim and with whom, and the record that they come from."""
    replies = turn.replies
    source = [replies.say("driver_record", number=str(record.number))]
    if record.edition:
        source.append(replies.say("driver_edition", edition=record.edition))
    lines = [replies.say("driver_page", number=str(record.number), title=escape(record.title))]
    lines += [f"<i>{escape(record.subtitle)}</i>"] if record.subtitle else []
    lines += map(escape, record.aim)
    if record.actors:
        names = [f"{one.name} ({one.acronym})" if one.acronym else one.name for one in record.actors]
        lines.append(replies.say("driver_actors", names=escape(", ".join(names))))
    lines.append(replies.say("driver_source", source=escape(", ".join(source))))
    return "\n\n".join([*lines, f"<b>{replies.say('driver_more')}</b>"])


async def say_sources(turn: Turn) -> None:
    """The documents of the release that serves."""
    try:
        listed = await turn.office.source.documents()
    except Unavailable:
        await turn.say(turn.replies.say("unavailable"))
        return
    documents = listed["documents"]
    lines = [turn.replies.say("sources_list", count=str(len(documents)))]
    lines += [document_line(one, turn.replies) for one in documents]
    await turn.say("\n".join([*lines, "", turn.replies.say("sources_release", release=escape(listed["release"]))]))


async def say_news(turn: Turn) -> None:
    """What differs between the release that serves and the one before; without the one before, what the bot saw."""
    try:
        differences = await turn.office.source.differences()
        listed = await turn.office.source.documents()
    except Unavailable:
        await turn.say(turn.replies.say("unavailable"))
        return
    if differences is not None:
        await turn.say(news_html(differences, listed["documents"], turn.replies))
        return
    turn.office.store.note_edition(listed["release"], listed["documents"])
    before = turn.office.store.edition_before(listed["release"])
    if before is None:
        await turn.say(turn.replies.say("news_first"))
        return
    found = changes(listed["documents"], before)
    told = [{**one, "document": one["id"], "change": kind} for kind, documents in found.items() for one in documents]
    await turn.say(news_html({"documents": told}, listed["documents"], turn.replies))


async def ask_language(turn: Turn) -> None:
    """Italian or English."""
    row = [InlineKeyboardButton(LANGUAGE_NAMES[one], callback_data=f"l:{one}") for one in LANGUAGES]
    await turn.say(turn.replies.say("language_ask"), InlineKeyboardMarkup([row]))


async def set_language(turn: Turn, language: str) -> None:
    """Keep the language and say so in it."""
    if language in LANGUAGES:
        turn.choose_language(language)
    await turn.say(turn.replies.say("language_set"))


async def start_anew(turn: Turn) -> None:
    """Forget the conversation; answers keep their buttons."""
    turn.office.store.forget_turns(turn.chat)
    await turn.say(turn.replies.say("new_done"))


async def say_privacy(turn: Turn) -> None:
    """What is kept, and for how long."""
    settings = turn.office.settings
    days = str(settings.telegram_retention_days)
    await turn.say(turn.replies.say("privacy", days=days, contact=escape(settings.contact)))


async def erase(turn: Turn) -> None:
    """Delete what is kept of the chat and say what it was, in the language it had until now."""
    replies, store = turn.replies, turn.office.store
    ratings = [Rating(answer, verdict=0, reason=None, key=code) for answer, code in store.ratings_of(turn.chat)]
    taken_back = await turn.office.source.forget(ratings) if ratings else 0
    gone = store.erase(turn.chat)
    counts = {name: str(getattr(gone, name)) for name in ("turns", "answers", "feedback", "preferences")}
    await turn.say(replies.say("erase_done", **counts, ledger=str(taken_back)))


async def refuse_command(turn: Turn) -> None:
    """Say that a command is not known."""
    await turn.say(turn.replies.say("unknown_command"))


def _driver(number: str) -> DriverRecord | None:
    return next((one for one in _records() if str(one.number) == number), None)


@cache
def _records() -> tuple[DriverRecord, ...]:
    """The shipped records, read once: parsing them takes longer than a chat should hold up the others."""
    return load_drivers()


COMMANDS: dict[str, Callable[[Turn], Awaitable[None]]] = {
    "start": say_start,
    "aiuto": say_help,
    "driver": say_drivers,
    "fonti": say_sources,
    "novita": say_news,
    "lingua": ask_language,
    "nuova": start_anew,
    "privacy": say_privacy,
    "cancella": erase,
}
"""The menu, in its order."""

ALSO_KNOWN_AS = {"help": "aiuto", "language": "lingua", "new": "nuova", "sources": "fonti", "news": "novita"}
"""What people type who know other bots."""
