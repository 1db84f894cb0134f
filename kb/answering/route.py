"""Route: small talk, questions about the assistant, nothing to look up, or a real question."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from kb.answering.forms import talk_pattern
from kb.answering.state import State, Tools
from kb.language.questions import focus_stems, tell_language
from kb.language.words import fold
from kb.records import AnswerStatus
from prompts.replies import Replies, load_replies

TALK = {
    "contact": "contact",
    "access": "access",
    "languages": "languages",
    "complaint": "complaint",
    "explain": "explain",
    "about": "about",
    "doubt": "doubt",
    "thanks": "thanks",
    "praise": "thanks",
    "goodbye": "goodbye",
    "greeting": "small_talk",
    "noted": "noted",
}
"""Form of talk → the reply to it; of a text with several the first counts."""
ENDS = ("small_talk_again", "thanks", "goodbye", "noted", "doubt", "contact", "languages")
"""Talk after which no question is offered."""
WANTS_MORE = ("explain", "unclear")
"""Talk that asks for another question, which depends on what was asked before."""

MOST_TALK_WORDS = 16
"""Words of a text that is nothing but talk; a longer one is not looked at, since it could be read in too many ways."""
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
_SEPARATORS = re.compile(r"[\W_]+")
_BLANK = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters that show nothing: Unicode's Default_Ignorable_Code_Point."""
_PLEASED = frozenset("👍👌🙏❤♥💙💚💛🧡💜😊☺😀😃😄😁🙂😉😍🥰😘🤗👏🎉🥳🤝✅✔💪⭐🌟🔝💯")
"""Signs that thank, where a message holds no word."""


def route(state: State, tools: Tools) -> State:
    """The question's kind: an end for small talk and empty orders, else the question without its greeting."""
    spoken = tell_language(state.history[-1]) if state.history else "it"
    replies = load_replies(tell_language(state.cleaned or state.question, spoken=spoken))
    if not state.cleaned:
        ended = state.ended(AnswerStatus.BLOCKED, replies.say("blocked"), route="order")
        return replace(ended, suggestions=replies.suggestions)
    if re.search(talk_pattern("personal"), fold(state.cleaned)):
        return state.ended(AnswerStatus.OUT_OF_SCOPE, replies.say("personal", contact=tools.contact), route="personal")
    kind = tell_talk(state.cleaned) or _tell_first(state)
    if kind and kind not in WANTS_MORE:
        kind = "small_talk_again" if kind == "small_talk" and state.history else kind
        ended = state.ended(AnswerStatus.SMALL_TALK, _reply(kind, replies, tools), route=kind)
        return replace(ended, suggestions=() if kind in ENDS else replies.suggestions)
    return replace(
        state, cleaned=without_story(calmed(spelt_out(without_greeting(state.cleaned)))), detail={"route": "question"}
    )


def _reply(kind: str, replies: Replies, tools: Tools) -> str:
    return replies.say(kind, contact=tools.contact) if "contact" in replies.shape()[kind] else replies.say(kind)


def tell_talk(text: str) -> str | None:
    """The reply that a text of nothing but talk gets, a value of TALK or "unclear"; None for anything more."""
    if not any(char.isalnum() and char not in _BLANK for char in text):
        return "thanks" if _PLEASED & set(text) else "unclear"
    plain = _plain(text)
    if plain.count(" ") >= MOST_TALK_WORDS or not _all_talk().fullmatch(plain):
        return None
    return next((kind for form, kind in TALK.items() if _form(form).search(plain)), None)


def _tell_first(state: State) -> str | None:
    """ "access" for "come mi registro?" where no question was asked that it could be about."""
    asked_before = any(tell_talk(turn) is None and not asks_for_access(turn) for turn in state.history)
    return "access" if not asked_before and asks_for_access(state.cleaned) else None


def asks_for_access(text: str) -> bool:
    """True for "come mi registro?", which may also be about what was asked before."""
    return bool(_form("access_first").fullmatch(_plain(text)))


def _plain(text: str) -> str:
    return " ".join(_SEPARATORS.sub(" ", fold(text)).split())


@lru_cache(maxsize=len(TALK) + 1)
def _form(form: str) -> re.Pattern[str]:
    return re.compile(rf"\b{talk_pattern(form)}(?!\S)")


@lru_cache(maxsize=1)
def _all_talk() -> re.Pattern[str]:
    part = "|".join(talk_pattern(form) for form in (*TALK, "filler", "courtesy_before", "courtesy_after"))
    return re.compile(rf"(?:{part})(?: (?:{part}))*")


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
