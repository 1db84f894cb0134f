"""Route: small talk, questions about the assistant, nothing to look up, or a real question."""

from __future__ import annotations

import re
from dataclasses import replace

from kb.answering.forms import talk_pattern
from kb.answering.state import State, Tools
from kb.language.questions import read_question
from kb.language.words import fold
from kb.records import AnswerStatus
from prompts.replies import Replies, load_replies

TALK = {"greeting": "small_talk", "thanks": "thanks", "goodbye": "goodbye", "about": "about", "contact": "contact"}
"""Kind of talk → the reply to it."""

_SEPARATORS = re.compile(r"[\s,.;:!?¡¿'\"-]+")


def route(state: State, tools: Tools) -> State:
    """The question's kind: an end for small talk and empty orders, else the question without its greeting."""
    replies = load_replies(read_question(state.cleaned or state.question).language)
    if not state.cleaned:
        ended = state.ended(AnswerStatus.BLOCKED, replies.say("blocked"), route="order")
        return replace(ended, suggestions=replies.suggestions)
    kind = tell_talk(state.cleaned)
    if kind:
        ended = state.ended(AnswerStatus.SMALL_TALK, _reply(kind, replies, tools), route=kind)
        return replace(ended, suggestions=replies.suggestions)
    return replace(state, cleaned=without_greeting(state.cleaned), detail={"route": "question"})


def _reply(kind: str, replies: Replies, tools: Tools) -> str:
    return replies.say(kind, contact=tools.contact) if kind == "contact" else replies.say(kind)


def tell_talk(text: str) -> str | None:
    """ "small_talk", "thanks", "goodbye", "about" or "contact" when a text is nothing else; None for anything more."""
    plain = " ".join(_SEPARATORS.sub(" ", fold(text)).split())
    said = {kind for form, kind in TALK.items() if re.search(rf"\b{talk_pattern(form)}(?!\S)", plain)}
    part = "|".join(talk_pattern(form) for form in (*TALK, "filler"))
    if not said or not re.fullmatch(rf"(?:{part})(?: (?:{part}))*", plain):
        return None
    return next(kind for kind in ("contact", "about", "thanks", "goodbye", "small_talk") if kind in said)


def without_greeting(text: str) -> str:
    """The question without the greeting before it; the whole text when nothing would be left."""
    rest = re.sub(rf"^(?:{_opening()})\b[\s,.;:!?-]*", "", text, flags=re.IGNORECASE)
    return rest if len(rest.split()) > 1 else text


def _opening() -> str:
    return f"{talk_pattern('greeting')}|{talk_pattern('thanks')}"
