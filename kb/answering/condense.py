"""Condense: a follow-up becomes a question that stands alone, by rules; a change of subject is left as it is."""

from __future__ import annotations

import re
from dataclasses import replace

from kb.answering.state import State, Tools
from kb.language.figures import number_words
from kb.language.questions import Expectation, focus_stems, read_question
from kb.language.words import fold
from kb.records import AnswerStatus
from prompts.replies import load_replies

MAX_TURNS = 6
"""Earlier questions looked at; older ones are forgotten."""

_OPENER = re.compile(
    r"^(?:e|ed|ma|invece|allora|quindi|poi|anche|and|but|what about|how about)\b[\s,]*(?:invece\s+|allora\s+|poi\s+)?",
    re.IGNORECASE,
)
_PREPOSITIONS: tuple[tuple[str, ...], ...] = (
    ("per", "for"),
    ("nel", "nello", "nella", "nei", "negli", "nelle", "nell", "in"),
    ("al", "allo", "alla", "ai", "agli", "alle", "all", "ad", "a"),
    ("sul", "sullo", "sulla", "sui", "sugli", "sulle", "sull", "su", "on"),
    ("con", "with"),
    ("dal", "dallo", "dalla", "dai", "dagli", "dalle", "dall", "da", "from", "by"),
    ("del", "dello", "della", "dei", "degli", "delle", "dell", "di", "of"),
)
_PLACED = re.compile(
    rf"(?<=\s)(?:{'|'.join(form for forms in _PREPOSITIONS[:-1] for form in forms if form != 'a')})\b", re.IGNORECASE
)
_OTHERS = re.compile(r"\b(?:altr[ieoa]|rest[oi]|rimanent[ie]|others?|rest)\b", re.IGNORECASE)
_THOSE = re.compile(
    r"\b(?:quell[ioae]|those|that one|the ones)\b(?=\s+(?:d[ie]|che|in|con|per|of|for|in)|\b)", re.IGNORECASE
)
_ANAPHORA = re.compile(
    r"\b(?:quell[ioae]|quest[ioae]|ess[oaie]|ne|ci|lo|la|li|le|suo|sua|suoi|sue|loro|lì|li|it|its|they|them|their|this|that|those|these)\b",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"\b(?:Driver\s+\d+|[A-Z][A-Z0-9-]{2,}(?:\s+\d+)?)\b")
_BARE_NUMBER = re.compile(
    r"^(?:(?:il|lo|la|del|della|nel|nella|sul|sulla|al|alla|the|number|numero|driver|missione)\s+)*(?P<number>\d{1,2}|[a-z]+)$"
)
_NUMBERED = re.compile(r"\b(?:driver|mission[ei]|articolo|art\.)\s+(?P<number>\d{1,2})\b", re.IGNORECASE)
_HEAD = re.compile(
    r"\b(?:quant[ie]|quali|how many|which)\s+(?:sono\s+)?(?:(?:i|gli|le|the)\s+)?([A-Za-zÀ-ÿ-]+)", re.IGNORECASE
)


def condense(state: State, _tools: Tools) -> State:
    """The standalone question and its reading; too little to look up ends in a clarifying question."""
    standalone = stand_alone(state.cleaned, state.history)
    asked = read_question(standalone)
    state = replace(
        state, standalone=standalone, asked=asked, detail={"standalone": standalone, "expects": asked.expects.value}
    )
    if not asked.focus:
        replies = load_replies(asked.language)
        ended = state.ended(AnswerStatus.NEEDS_CLARIFICATION, replies.say("needs_clarification"))
        return replace(ended, suggestions=replies.suggestions)
    return state


def stand_alone(question: str, history: tuple[str, ...]) -> str:
    """The question completed from the questions before it, oldest first; itself where it needs nothing."""
    before = ""
    for turn in (*history[-MAX_TURNS:], question):
        before = _complete(turn, before) if before else turn
    return before


def _complete(question: str, before: str) -> str:
    if not _is_follow_up(question):
        return question
    body = _OPENER.sub("", question).strip(" ?!.")
    if not body:
        return before
    return (
        _swap_number(body, before)
        or _swap_those(body, before)
        or _swap_entity(body, before)
        or _swap_phrase(body, before)
        or f"{body[:1].upper()}{body[1:]} ({before.strip(' ?')})?"
    )


def _is_follow_up(question: str) -> bool:
    asked = read_question(question)
    if _OPENER.match(question):
        # "E quanti Comuni aderiscono ad AFOL?" opens with "e" and still stands alone.
        return len(asked.focus) < 3 or _THOSE.search(question) is not None or asked.expects is Expectation.YES_NO
    words = question.split()
    short = len(words) <= 3 and not re.search(r"[A-Z0-9]", question[1:])
    return not asked.focus or (
        len(asked.focus) < 2 and (short or (bool(_ANAPHORA.search(question)) and len(words) < 12))
    )


def _swap_those(body: str, before: str) -> str | None:
    """ "quelli del progetto Silam quanti sono" after "Quanti Comuni …" → "Comuni del progetto Silam quanti sono?"."""
    head = _HEAD.search(before)
    if not head or not _THOSE.search(body):
        return None
    text = _THOSE.sub(head[1], body, count=1)
    if not re.search(r"\b(?:quant|qual|how|which|what|chi|che|come|quando|dove)", fold(text)):
        text = f"{before[: head.end()]} {text[len(head[1]) :].strip()}" if text.startswith(head[1]) else text
    return f"{text[:1].upper()}{text[1:]}?"


def _swap_number(body: str, before: str) -> str | None:
    """ "E il 9?" or "e il cinque?" after a question on a Driver → the same question on that Driver."""
    match = _BARE_NUMBER.match(fold(body))
    driver = _NUMBERED.search(before)
    if not match or not driver:
        return None
    value = match["number"] if match["number"].isdigit() else number_words().get(match["number"])
    if value is None:
        return None
    return f"{before[: driver.start('number')]}{value}{before[driver.end('number') :]}"


def _swap_entity(body: str, before: str) -> str | None:
    """ "E il Driver 5?" after "Che cosa prevede il Driver 3?" → "Che cosa prevede il Driver 5?"."""
    new, old = _ENTITY.search(body), _ENTITY.search(before)
    if not new or not old or len(focus_stems(body)) > 2 or len(body.split()) > 4:
        return None
    if new.group().startswith("Driver") == old.group().startswith("Driver"):
        return before.replace(old.group(), new.group())
    # Another kind of thing brings its own article: "il Driver 3" → "il PUMS".
    return re.sub(rf"(?:\b(?:il|lo|la|i|gli|le)\s+|\bl['’])?{re.escape(old.group())}", body, before)


def _swap_phrase(body: str, before: str) -> str | None:
    """ "per le altre funzioni" after "… per il residenziale?" takes its place; with no such phrase it is appended."""
    first = re.split(r"[\s'’]", fold(body), maxsplit=1)[0]
    family = next((forms for forms in _PREPOSITIONS if first in forms), None)
    if family is None:
        return None
    stem_of_question = before.strip(" ?!.")
    places = list(re.finditer(rf"\b(?:{'|'.join(family)})\b", stem_of_question, re.IGNORECASE))
    if places and places[-1].start() > 0:
        old = places[-1].start()
        return f"{stem_of_question[:old]}{body}{stem_of_question[_phrase_end(stem_of_question, old) :]}?"
    # "E per le altre funzioni?" after "… nel residenziale?" takes the place of another preposition's phrase.
    instead = list(_PLACED.finditer(stem_of_question)) if _OTHERS.search(body) else []
    if instead:
        old = instead[-1].start()
        return f"{stem_of_question[:old]}{body}{stem_of_question[_phrase_end(stem_of_question, old) :]}?"
    return f"{stem_of_question} {body}?"


def _phrase_end(text: str, start: int) -> int:
    """Where the prepositional phrase that begins at start ends: before the next preposition but "di"."""
    others = "|".join(form for forms in _PREPOSITIONS[:-1] for form in forms if form != "a")
    for match in re.finditer(rf"\s+(?:{others})\b", text[start:], re.IGNORECASE):
        if len(text[start : start + match.start()].split()) > 1:
            return start + match.start()
    return len(text)
