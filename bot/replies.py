"""Answers, sources and lists as Telegram shows them: HTML, cut at the limit, with buttons."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit

from prompts.replies import Replies, name_page

MOST_UNITS = int(MessageLimit.MAX_TEXT_LENGTH)  # UTF-16 units, after the tags are read
MOST_ENTITIES = int(MessageLimit.MESSAGE_ENTITIES)
LABEL_CHARS = 40  # a button shows about one line
LEAST_TITLE_CHARS = 16
NAMED_SOURCES = 4  # with more, buttons carry only numbers
SOURCES_IN_ROW = 5
BESIDE = 3  # named sources of one document in a row
QUESTION_CHARS = 64  # people read a question's end even where a phone cuts it
MOST_SOURCES = 40
MOST_SUGGESTIONS = 3
MOST_CHOICES = 8  # of a clarifying question
SAID_FIRST = frozenset({"figure_not_in_documents", "name_not_in_documents", "named_drivers", "not_defined", "not_told"})
"""Notes that come before the sentences: what they are about would be misunderstood without."""
SAID_LAST = frozenset({"part_not_found"})
"""Notes on what is missing."""
IN_TEXT = SAID_FIRST | SAID_LAST | {"nearest_passages", "personal_data"}
"""Notes that stand elsewhere in an answer, or that the bot says itself."""
LEAST_ITEMS, MOST_ITEM_CHARS = 5, 120
"""From so many sentences of so few characters on, they are the items of a list, a line each."""

UNRATED = frozenset({"small_talk", "needs_clarification", "blocked", "unavailable"})
"""Statuses of what is no answer: there is nothing to rate."""

SHARE_ROOM = 200  # a cut is looked for in that many last units
_TOKEN = re.compile(r"<(/?)([a-z]+)((?:\s[^>]*)?)>|(&(?:lt|gt|amp|quot|#\d+);)|([^<&]+|[<&])", re.DOTALL)

Buttons = list[list[InlineKeyboardButton]]


def escape(text: str) -> str:
    """The text with the three characters that HTML takes for itself."""
    return html.escape(text, quote=False)


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def place_of(citation: Mapping[str, Any], replies: Replies) -> str:
    """Where a citation is, for a button: "Piano strategico, p. 120"; its section where no page number is printed."""
    where = _where(citation, replies)
    return f"{_short(str(citation['title']), max(LEAST_TITLE_CHARS, LABEL_CHARS - len(where) - 8))}, {where}"


def _where(citation: Mapping[str, Any], replies: Replies) -> str:
    section = citation.get("section") or ()
    return str(section[-1]) if section and not citation.get("page_label") else _page(citation, replies)


def answer_html(answer: Mapping[str, Any], replies: Replies) -> str:
    """
    The answer: what is to be said first, each sentence with the numbers of its sources, what was not found.

    Args: replies are those of the answer's language.
    """
    if not answer["sentences"]:
        unsaid = {**answer, "notes": [one for one in answer["notes"] if one["text"] not in answer["text"]]}
        return "\n\n".join([*_notes(unsaid, lambda kind: kind not in IN_TEXT), escape(answer["text"])])
    openings = _notes(answer, lambda kind: kind in SAID_FIRST)
    others = _notes(answer, lambda kind: kind not in IN_TEXT)
    if answer["language"] != "it" and answer.get("mode") == "extractive":
        others.append(f"<i>{replies.say('sentences_in_italian')}</i>")
    closings = _notes(answer, lambda kind: kind in SAID_LAST)
    said = [_said(one) for one in answer["sentences"]]
    is_list = len(said) >= LEAST_ITEMS and all(len(one["text"]) <= MOST_ITEM_CHARS for one in answer["sentences"])
    return "\n\n".join([*openings, *others, *(["\n".join(said)] if is_list else said), *closings])


def _notes(answer: Mapping[str, Any], is_wanted: Callable[[str], bool]) -> list[str]:
    return [f"<i>{escape(note['text'])}</i>" for note in answer["notes"] if is_wanted(note["kind"])]


def meanwhile_html(sentences: Sequence[Mapping[str, Any]]) -> str:
    """The sentences of an answer that are certain while the others are being written, in one message."""
    said = "\n\n".join([*map(_said, sentences), "…"])
    return split_html(said)[0]


def _said(sentence: Mapping[str, Any]) -> str:
    return escape(sentence["text"]) + "".join(f" [{number}]" for number in sentence["citations"])


def source_html(citation: Mapping[str, Any], replies: Replies) -> str:
    """One source opened: the quote, then document, edition, section and page."""
    where = [f"<b>{escape(str(citation['title']))}</b>"]
    if citation.get("edition"):
        where.append(escape(replies.say("source_edition", edition=str(citation["edition"]))))
    if citation.get("article"):
        where.append(escape(replies.say("source_article", article=str(citation["article"]))))
    lines = [replies.say("source_head", number=str(citation["number"]))]
    lines.append(f"<blockquote>{escape(str(citation['quote']))}</blockquote>")
    lines.append(", ".join([*where, escape(_page(citation, replies))]))
    if citation.get("section"):
        lines.append(escape(" › ".join(citation["section"])))
    if _is_link(citation.get("url")):
        lines.append(f'<a href="{html.escape(_with_page(citation))}">{replies.say("source_link")}</a>')
    return "\n".join(lines)


def answer_buttons(answer: Mapping[str, Any], code: str, replies: Replies) -> InlineKeyboardMarkup | None:
    """
    Sources, 👍 👎, and suggestions, None where there is nothing to tap.

    Each button carries the answer's code and a number, looked up when tapped.
    """
    rows: Buttons = list(_source_rows(answer["citations"][:MOST_SOURCES], code, replies))
    if answer["status"] not in UNRATED:
        rows.append(rating_row(code))
    most = MOST_CHOICES if answer["status"] == "needs_clarification" else MOST_SUGGESTIONS
    for at, question in enumerate(answer["suggestions"][:most]):
        rows.append([button(question, f"g:{code}:{at}")])
    return InlineKeyboardMarkup(rows) if rows else None


def rating_row(code: str) -> list[InlineKeyboardButton]:
    """The two thumbs."""
    return [button("👍", f"u:{code}"), button("👎", f"d:{code}")]


def button(label: str, data: str, *, longest: int = QUESTION_CHARS) -> InlineKeyboardButton:
    """A button whose label has that many characters at most."""
    return InlineKeyboardButton(_short(label, longest), callback_data=data)


def document_line(document: Mapping[str, Any], replies: Replies) -> str:
    """A document in one line of a list."""
    edition = document.get("edition")
    told = f", {replies.say('source_edition', edition=str(edition))}" if edition else ""
    return f"• {escape(str(document['title']) + told)}"


def split_html(text: str, limit: int = MOST_UNITS) -> list[str]:
    """
    The text in parts of at most limit UTF-16 units as shown, each with its tags closed and opened again.

    Cut at the end of a paragraph, else of a line, a sentence, a word, where one lies in a part's last units.
    """
    parts: list[str] = []
    part = _Part(limit)
    for closing, tag, attributes, entity, words in _TOKEN.findall(text):
        if tag:
            if part.is_full_of_tags and not closing:
                parts.append(part.close())
                part = part.next()
            part.add_tag(tag, attributes, closing=bool(closing))
            continue
        rest = html.unescape(entity) if entity else words
        while rest:
            taken = part.take(rest)
            rest = rest[taken:]
            if rest:
                parts.append(part.close())
                part = part.next()
    parts.append(part.close())
    return [one for one in parts if plain(one).strip()]


def plain(text: str) -> str:
    """The text without its tags, as a person reads it."""
    return html.unescape(re.sub(r"</?[a-z]+(?:\s[^>]*)?>", "", text))


class _Part:
    """One message being filled."""

    def __init__(self, limit: int, opened: Sequence[str] = ()) -> None:
        self._limit = limit
        self._shown = 0
        self._tags = len(opened)
        self._open: list[str] = list(opened)
        self._out: list[str] = [f"<{tag}>" for tag in opened]

    @property
    def is_full_of_tags(self) -> bool:
        return self._tags >= MOST_ENTITIES

    def add_tag(self, tag: str, attributes: str, *, closing: bool) -> None:
        if not closing:
            self._open.append(tag + attributes)
            self._tags += 1
            self._out.append(f"<{tag}{attributes}>")
        elif self._open and self._open[-1].split()[0] == tag:
            self._open.pop()
            self._out.append(f"</{tag}>")

    def take(self, words: str) -> int:
        """How many characters of the words were taken; fewer than all when the part is full."""
        room = self._limit - self._shown
        if units(words) <= room:
            taken = len(words)
        else:
            fitting = words.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore")
            taken = _cut(fitting) if fitting else 0
            if not taken and not self._shown:
                taken = len(fitting)
        self._out.append(escape(words[:taken]))
        self._shown += units(words[:taken])
        return taken

    def close(self) -> str:
        return "".join(self._out).strip() + "".join(f"</{tag.split()[0]}>" for tag in reversed(self._open))

    def next(self) -> _Part:
        return _Part(self._limit, self._open)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _cut(text: str) -> int:
    """Where to cut a text that goes on: after the best pause in its last stretch, or at its end."""
    last = max(0, len(text) - SHARE_ROOM * 4)
    for pause in ("\n\n", "\n", ". ", " "):
        at = text.rfind(pause, last)
        if at >= 0:
            return at + len(pause)
    return len(text)


def _source_rows(
    citations: Sequence[Mapping[str, Any]], code: str, replies: Replies
) -> Iterator[list[InlineKeyboardButton]]:
    """A row each while they are few; those of one document beside each other, told apart by section or page."""
    if len(citations) > NAMED_SOURCES:
        for start in range(0, len(citations), SOURCES_IN_ROW):
            row = citations[start : start + SOURCES_IN_ROW]
            yield [button(f"[{one['number']}]", f"s:{code}:{one['number']}") for one in row]
        return
    for _document, group in groupby(citations, key=lambda one: one["document"]):
        together = list(group)
        beside = BESIDE if len(together) <= BESIDE else len(together) // 2  # nobody is left alone in a row
        for start in range(0, len(together), beside):
            row = together[start : start + beside]
            yield [_source_button(one, code, replies, beside=len(row)) for one in row]


def _source_button(citation: Mapping[str, Any], code: str, replies: Replies, *, beside: int) -> InlineKeyboardButton:
    # A title's first words name the document; the rest would push the place off the button.
    short = {**citation, "title": str(citation["title"]).split(", ")[0]}
    place = place_of(short, replies) if beside == 1 else _where(citation, replies)
    label = replies.say("source_button", number=str(citation["number"]), place=place)
    return button(label, f"s:{code}:{citation['number']}", longest=LABEL_CHARS // beside)


def _page(citation: Mapping[str, Any], replies: Replies) -> str:
    return name_page(citation.get("page_label"), citation["page_index"], replies.language)


def _is_link(url: object) -> bool:
    return isinstance(url, str) and url.startswith(("https://", "http://"))


def _with_page(citation: Mapping[str, Any]) -> str:
    url = str(citation["url"])
    return f"{url}#page={citation['page_index']}" if url.lower().endswith(".pdf") else url
