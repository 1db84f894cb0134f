"""Route: small talk, questions about the assistant, nothing to look up, or a real question."""

from __future__ import annotations

import re
from dataclasses import replace

from kb.answering.forms import talk_pattern
from kb.answering.state import State, Tools
from kb.language.questions import focus_stems, read_question
from kb.language.words import fold
from kb.records import AnswerStatus
from prompts.replies import Replies, load_replies

TALK = {"greeting": "small_talk", "thanks": "thanks", "goodbye": "goodbye", "about": "about", "contact": "contact"}
"""Kind of talk → the reply to it."""

SHOUTED_LETTERS = 8
"""A text of fewer letters in capitals may be an acronym."""
_STORY = re.compile(
    r"^(?:(?:allora|senta|guardi|premesso che)\s+)?"
    r"(?:(?:io\s+)?(?:ho|abbiamo|abito|abitiamo|vivo|viviamo|(?:sono|siamo) (?:un|una|di|il|la|in|nat\w+|residen\w+))"
    r"|(?:la |il )?mi[ao]\s\w+ (?:ha|è|va|vive|abita|studia|frequenta|lavora)\b)[^?.!]{4,120}?"
    r"(?:[,.;:]\s+|\s(?=(?:il|questo) piano (?:fa|prevede|dice|parla|ha|aiuta|offre|propone)\b"
    r"|(?:la città metropolitana|il comune) (?:fa|prevede|ha|aiuta|offre|propone)\b)"
    r"|(?<!\bnon)\s(?=(?:può|puo|deve|paga|posso|devo|possiamo|dobbiamo)\b))",
    re.IGNORECASE,
)
_SHORT = {
    "x": "per", "nn": "non", "cmq": "comunque", "xke": "perché", "xché": "perché", "xche": "perché", "perke": "perché",
    "ke": "che", "qnd": "quando", "qnt": "quanto", "qnti": "quanti", "dv": "dove", "cs": "cosa",
}  # fmt: skip
_SHORTENED = re.compile(r"(?<![\w'’.-])(?<!\d )(?:" + "|".join(sorted(_SHORT, key=len, reverse=True)) + r")(?=\s\D)")
_LEAST_WORDS = 4
"""Words that the question itself must have, where what comes before it is left out."""
_LEAST_FOCUS = 3
"""Words of the subject that such a question must have to be asked without its story."""
_POINTS_BACK = re.compile(
    r"\b(?:lo stesso|anch.io|ugualmente|ho diritto|(?:mi|ci) spett\w+"
    r"|(?:me|te|se|ce) (?:lo|la|li|le|ne)|\w{3,}(?:ar|er|ir)(?:lo|la|li|le)"
    r"|(?:lo|la|li|le) (?:posso|possiamo|devo|dobbiamo|cambi\w+|porto|portiamo|butt\w+|ritir\w+|prend\w+|mett\w+))\b"
)
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
    return replace(
        state, cleaned=without_story(calmed(spelt_out(without_greeting(state.cleaned)))), detail={"route": "question"}
    )


def _reply(kind: str, replies: Replies, tools: Tools) -> str:
    return replies.say(kind, contact=tools.contact) if kind == "contact" else replies.say(kind)


def tell_talk(text: str) -> str | None:
    """ "small_talk", "thanks", "goodbye", "about" or "contact" when a text is nothing else; None for anything more."""
    plain = " ".join(_SEPARATORS.sub(" ", fold(text)).split())
    said = {kind for form, kind in TALK.items() if re.search(rf"\b{talk_pattern(form)}(?!\S)", plain)}
    part = "|".join(talk_pattern(form) for form in (*TALK, "filler", "courtesy_before", "courtesy_after"))
    if not said or not re.fullmatch(rf"(?:{part})(?: (?:{part}))*", plain):
        return None
    return next(kind for kind in ("contact", "about", "thanks", "goodbye", "small_talk") if kind in said)


def without_greeting(text: str) -> str:
    """The question without the courtesy around it; the whole text when nothing would be left."""
    rest, before = text, ""
    while rest != before:
        before = rest
        rest = _cut(rest)
    return rest if len(rest.split()) > 1 else text


def without_story(text: str) -> str:
    """
    The question without what the person first tells of themselves ("ho un capannone vuoto, il piano …?").

    The whole text where what is left leans on what was told ("… mi chiamano per venirlo a prendere?").
    """
    rest = core_of(text)
    return text if leans_on_its_story(rest) else rest


def core_of(text: str) -> str:
    """What is asked, after what the person first tells of themselves; the whole text where nothing is told."""
    rest = _STORY.sub("", text, count=1)
    return rest if len(rest.split()) >= _LEAST_WORDS else text


def leans_on_its_story(rest: str) -> bool:
    """True where a question says too little of its own, or points back ("la cambio", "lo stesso")."""
    return len(focus_stems(rest)) < _LEAST_FOCUS or bool(_POINTS_BACK.search(fold(rest)))


def calmed(text: str) -> str:
    """The text in lowercase where it is shouted: its capitals then say nothing of names."""
    letters = [char for char in text if char.isalpha()]
    shouted = len(letters) >= SHOUTED_LETTERS and " " in text.strip() and not any(char.islower() for char in letters)
    return text.lower() if shouted else text


def spelt_out(text: str) -> str:
    """The text with what is shortened in messages written out ("x il 5G": "per il 5G")."""
    return _SHORTENED.sub(lambda match: _SHORT[match[0]], text)


def _cut(text: str) -> str:
    """The text without one courtesy at its beginning and one at its end; accents count for nothing."""
    plain = "".join(fold(char)[:1] or char for char in text)  # one for one, so that places are those of the text
    opening = re.match(
        rf"(?:{talk_pattern('greeting')}|{talk_pattern('thanks')}(?! a\b)|{talk_pattern('courtesy_before')})\b", plain
    )
    start = opening.end() if opening else 0
    start += len(re.match(r"[\s,.;:!?-]*", text[start:]).group()) if opening else 0  # type: ignore[union-attr]
    closing = re.search(rf"(?<=[\s,.;:!?])(?:{talk_pattern('courtesy_after')})[\s,.;:!?]*$", plain)
    if not closing or closing.start() <= start:
        return text[start:]
    rest = text[start : closing.start()].strip(" ,;:-")
    return rest + "?" if "?" in closing.group() and not rest.endswith("?") else rest
