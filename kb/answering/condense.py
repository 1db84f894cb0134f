"""Condense: a follow-up becomes a question that stands alone, by rules; a change of subject is left as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from kb.answering.conversing.listed import things_listed, with_listed
from kb.answering.conversing.naming import as_named, last_driver, with_last_driver
from kb.answering.conversing.subjects import (
    ASKING_WORD,
    ASKS_OF_A_NOUN,
    OPENER,
    has_own_subject,
    names_something,
    of,
    subject_of,
    without_preposition,
)
from kb.answering.conversing.swaps import THOSE, swap, swap_asking
from kb.answering.guard import without_introduction, without_orders
from kb.answering.judging.driver_questions import said_in_full
from kb.answering.offering import offered_questions
from kb.answering.route import WANTS_MORE, asks_for_access, core_of, tell_talk, without_greeting
from kb.answering.state import State, Tools
from kb.language.figures import find_figures
from kb.language.questions import Asked, Expectation, focus_stems, read_question, tell_language
from kb.language.verbs import Mood, read_verb
from kb.language.words import stem, tokenize
from kb.records import AnswerStatus
from prompts.replies import load_replies

MAX_TURNS = 6
"""Earlier questions looked at; older ones are forgotten."""
MAX_BARE_WORDS = 9
"""Words of a question that names nothing of its own, at most."""
MAX_SUBJECT_WORDS = 6
"""Words of a subject that something can be said to be of."""
MAX_VAGUE_WORDS = 4
"""Words of a question that may say too little to be looked up."""
VAGUE = """
novità nuovo nuova nuove cosa cose info informazione informazioni notizie dettagli soldi progetto progetti iniziative
aiuto aiuti problema problemi argomento argomenti tema temi domanda domande news info projects topics
"""
"""Words that alone say nothing of what is asked about."""
_ASK_NOUN_VERB = 3
"""Words of "quali strumenti usano"."""
STANDS = 0.6
"""Confidence of search from which a question on a noun needs nothing of the turns before."""

_ANAPHORA = re.compile(
    r"\b(?:quell[ioae]|quest[ioae]|ess[oaie]|ne|ci|lo|la|li|le|suo|sua|suoi|sue|loro|lì|li|it|its|they|them|their|this|that|those|these)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(rf"(?:{ASKING_WORD}\b|(?:(?:a|con|da|di|in|per|su|entro)\s+)?che\s+\w{{4,}})", re.IGNORECASE)
_ASKS_LATE = re.compile(
    r"\s(?:(?:che cosa|cosa|chi|quali|quando|quanto|dove|come)\s|(?:che )?cos['’]\s?è\b)", re.IGNORECASE
)
_TELLS = re.compile(
    r"(?:parl|raccont|spieg|elenc|descriv|riassum)\w*|dimmi|vorrei|mi (?:parli|spieghi|dici)|tell me|explain",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"(?:si (?:può|possono|deve|paga)|posso|è (?:possibile|obbligatori\w|gratuit\w|previst\w)|vale|serve)\b",
    re.IGNORECASE,
)
_HOW_MANY_AND_WHICH = re.compile(r"\bquant[ie]\s+e\s+qual[ei]\b", re.IGNORECASE)
_AND_WHICH = re.compile(r"quant[ie]\s+(.+?)\s+e\s+qual[ei](?:\s+sono)?", re.IGNORECASE)
_ONLY_OPENS = re.compile(r"(?:(?:e|ed|ma|quindi|allora|poi|invece|anche|and|but|so|then)\b\W*)+", re.IGNORECASE)
_A_DRIVER = re.compile(r"(?:\b(?:il|del|al|dal|nel|sul)\s+)?\bdriver\s+\d+", re.IGNORECASE)
_WHAT_IS_LAST = re.compile(
    r"^(?:(?:il|lo|la|i|gli|le)\s+|l['’])\w.*\s(?:che )?cos(?:['’]\s?è|a sono|a è)$", re.IGNORECASE
)
_ANOTHER_SUBJECT = re.compile(
    r"^(?:(?:ora|adesso|e|ma)\s+)?(?:parliamo d['’]\s?altro|cambi(?:amo|o|ando) (?:argomento|discorso|tema|domanda)"
    r"|passiamo ad altro|(?:un['’]\s?)?altra (?:domanda|cosa|questione)|nuova domanda|new question|another question)"
    r"[\s:;,.!-]+(?=\w)",
    re.IGNORECASE,
)
_BACK_TO = re.compile(
    r"^(?:(?:ora|adesso|e|ma)\s+)?(?:ri)?torn(?:iamo|o|ando|erei)\s+(?P<to>(?:a(?:l|llo|lla|i|gli|lle)?\s+|all['’]\s?)"
    r"[^,;:.?!]+)[\s,;:.?!-]*(?P<rest>.*)$",
    re.IGNORECASE,
)
# What always belongs to something else: which, the turn before says.
_PART_OF_IT = re.compile(
    r"^(?:chi|quali?|qual|cos['’]|(?:che )?cosa|elenca(?:mi)?|dimmi|parlami|quant[oaie])\s*(?:sono|erano|è|e')?\s*"
    r"(?:(?:i|gli|le|il|lo|la|d[ei]gli|de[il]|delle|tutti|tutte)\s+|l['’]\s?)+(?:(?:\d+|due|tre|quattro|cinque)\s+)?"
    r"(?:suo[i]?\s+|su[ae]\s+)?(?:attor[ei]|partner|promotor[ei]|destinatari\w?|beneficiari\w?|obiettiv[oi]|scop[oi]"
    r"|finalità|azion[ei]|intervent[oi]|line[ae]|fas[ei]|tapp[ae]|temp[oi]|scadenz[ae]|cost[oi]|fond[oi]|risors[ae]"
    r"|finanziament[oi]|punt[oi]|strument[oi]|risultat[oi]|vantaggi\w?|benefici\w?|rischi|requisiti|criteri|priorità|titolo"
    r"|legg[ei]|norm[ae]|mission[ei]|stile di lavoro)(?:\s+(?:di lavoro|strategic[ah]\w?|principal[ei]|previst\w))?$"
    r"|^(?:who|what|which) are the (?:actors|partners|goals|aims|objectives|actions|targets|costs|tools|benefits)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Said:
    """A turn completed, and what the conversation is about after it."""

    text: str
    subject: str
    things: str = ""  # what was last counted or listed: "linee sul lavoro"
    one: str = ""  # which of them the turn means, as it writes it: "la terza linea sul lavoro"


Stands = Callable[[str], bool]
"""True when the documents seem to hold an answer to a question as it stands."""


def condense(state: State, tools: Tools) -> State:
    """The standalone question and its reading; too little to look up ends in a clarifying question."""
    turns = _worth_remembering(state.history)

    def stands(question: str) -> bool:
        return tools.searcher.search(question, count=10).confidence >= STANDS

    if (kind := _asks_for_more(state.cleaned)) is not None:
        last = _completed(turns[-1], turns[:-1], tools, stands) if turns else ""
        return _clarifying(state, tools, kind, about=last)
    standalone = _completed(state.cleaned, turns, tools, stands)
    standalone = said_in_full(_one_list(with_last_driver(standalone, tools.library)))
    asked = _read_with_story(standalone)
    state = replace(
        state, standalone=standalone, asked=asked, detail={"standalone": standalone, "expects": asked.expects.value}
    )
    if asked.focus and not _is_vague(asked):
        return state
    return _clarifying(state, tools, "needs_clarification", about=" ".join(turns[-1:]))


def _is_vague(asked: Asked) -> bool:
    """True for a few words of which none says what about ("novità?", "quali progetti")."""
    return len(asked.text.split()) <= MAX_VAGUE_WORDS and set(asked.focus) <= _vague_stems()


@lru_cache(maxsize=1)
def _vague_stems() -> frozenset[str]:
    return frozenset(stem(tokenize(VAGUE)))


def _asks_for_more(question: str) -> str | None:
    """The reply to a turn that says nothing to look up: what is asked about, the turns before tell at most."""
    if _ONLY_OPENS.fullmatch(question):
        return "explain"
    kind = tell_talk(question)
    return kind if kind in WANTS_MORE else None


def _clarifying(state: State, tools: Tools, reply: str, *, about: str) -> State:
    """The end that asks for a question, with some to choose from: on what was last asked, where something was."""
    replies = load_replies(tell_language(state.cleaned, spoken=tell_language(about)))
    found = tools.searcher.search(about, count=10).passages if about else ()
    ended = state.ended(AnswerStatus.NEEDS_CLARIFICATION, replies.say(reply), route=reply)
    return replace(ended, suggestions=offered_questions(found, about, replies))


def _completed(question: str, turns: tuple[str, ...], tools: Tools, stands: Stands) -> str:
    if not turns:
        return stand_alone(question, ())
    named = as_named(question, tools.library, tools.weights)
    found = stand_alone(named, _named(turns, tools), stands, last_driver=last_driver(tools.library))
    return question if found == named else found


def _named(turns: tuple[str, ...], tools: Tools) -> tuple[str, ...]:
    return tuple(as_named(turn, tools.library, tools.weights) for turn in turns[-MAX_TURNS:])


def _read_with_story(question: str) -> Asked:
    """The question, read after what the person first tells of themselves, whose words stay words of its subject."""
    asked = read_question(core_of(question))
    if asked.text == question:
        return asked
    told = tuple(figure for figure in find_figures(question) if figure not in asked.figures)
    focus = tuple(dict.fromkeys((*asked.focus, *focus_stems(question))))
    return replace(asked, focus=focus, figures=(*asked.figures, *told))


def stand_alone(question: str, history: tuple[str, ...], stands: Stands | None = None, *, last_driver: int = 0) -> str:
    """
    The question completed from the questions before it, oldest first; itself where it needs nothing.

    stands: asked of a question on a noun of its own, which may or may not lean on what was said; without it such a
    question leans. last_driver: the number of the last Driver, 0 where it is not known.
    """
    said = _Said("", "")
    for turn in (*history[-MAX_TURNS:], question):
        said = _go_on(turn, said, stands, last_driver)
    return said.text


def _one_list(question: str) -> str:
    """ "Quanti Driver ci sono e quali?" asks for one list: "Quali Driver ci sono?"."""
    text = _HOW_MANY_AND_WHICH.sub("quali", question)
    match = _AND_WHICH.fullmatch(text.strip(" ?!."))
    found = f"quali {match[1]}?" if match else text
    return question if found == question else f"{found[:1].upper()}{found[1:]}"


def _worth_remembering(history: tuple[str, ...]) -> tuple[str, ...]:
    """The earlier turns that asked something, without greetings and introductions."""
    turns: list[str] = []
    for turn in history:
        asked = core_of(without_greeting(without_introduction(without_orders(turn))))
        if asked and not _says_nothing(asked) and (turns or not asks_for_access(asked)):
            turns.append(asked)
    return tuple(turns)


def _says_nothing(turn: str) -> bool:
    return tell_talk(turn) is not None or _ONLY_OPENS.fullmatch(turn) is not None


def _may_stand(question: str) -> bool:
    """True for a question on a noun of its own, which may or may not lean on what was said."""
    body = OPENER.sub("", question)
    if _PART_OF_IT.match(body.strip(" ?!.")) or (body != question and _asks_what_they_do(body)):
        return False
    return bool(ASKS_OF_A_NOUN.match(body)) or (bool(_ASKS.match(body)) and has_own_subject(body))


def _asks_what_they_do(body: str) -> bool:
    """True for "(e) quali strumenti usano?": those who do it were named before."""
    words = body.strip(" ?!.").split()
    verb = read_verb(words[-1]) if len(words) == _ASK_NOUN_VERB and ASKS_OF_A_NOUN.match(body) else None
    return verb is not None and verb.mood is Mood.FINITE


def _go_on(turn: str, before: _Said, stands: Stands | None, last_driver: int) -> _Said:
    """The turn completed with what was said before it, and what the conversation is then about."""
    if another := _ANOTHER_SUBJECT.match(turn):
        turn, before = turn[another.end() :], _Said("", "")
    if back := _BACK_TO.match(turn):
        topic = without_preposition(back["to"].strip())
        opened = f"Parlami {of(topic)}"
        turn, before = back["rest"] or opened, _Said(opened, topic, things_listed(f"quali sono {topic}"))
    things = before.things or ("Driver" if _A_DRIVER.search(before.text) else "")
    turn, one = with_listed(turn, things, last_driver=last_driver)
    said = _another_of_them(turn, one, before) or _complete(turn, before)
    if said.text != turn and stands and _may_stand(turn) and stands(turn):
        said = _Said(turn, subject_of(turn))
    return replace(said, things=things_listed(said.text) or before.things, one=one)


def _another_of_them(turn: str, one: str, before: _Said) -> _Said | None:
    """ "E la terza?" asks the same of another thing of a list, or which it is."""
    if not one or OPENER.sub("", turn).strip(" ?!.") != one:
        return None
    last = _A_DRIVER.search(before.text) if one.endswith("Driver") or _A_DRIVER.fullmatch(one) else None
    earlier = last.group() if last else before.one
    again = earlier and earlier in before.text
    return _Said(before.text.replace(earlier, one) if again else f"Qual è {one}?", one)


def _complete(question: str, before: _Said) -> _Said:
    body = OPENER.sub("", question).strip(" ?!.")
    is_part = bool(_PART_OF_IT.match(body)) and len(before.subject.split()) <= MAX_SUBJECT_WORDS
    if not before.text or not (is_part or _is_follow_up(question)):
        return _Said(question, subject_of(question))
    completed = f"{_opened(body)} ({before.subject})?"
    if is_part:
        english = tell_language(body) == "en"
        return _Said(completed if english else f"{_opened(body)} {of(before.subject)}?", before.subject)
    if asked_alone := swap_asking(body, before.text):
        return _Said(_opened(asked_alone), before.subject)
    if _ASKS.match(body) and not THOSE.search(body):
        return _Said(completed, before.subject)
    text = swap(body, before.text, subject=before.subject, things=before.things) or completed
    return _Said(text, subject_of(text))


def _opened(body: str) -> str:
    return f"{body[:1].upper()}{body[1:]}"


def _is_follow_up(question: str) -> bool:
    asked = read_question(question)
    body = OPENER.sub("", question)
    asks = _ASKS.match(body) or _TELLS.match(body) or _ASKS_LATE.search(body)
    if asks and THOSE.search(question) is None and names_something(body):
        return False
    if _WHAT_IS_LAST.match(body.strip(" ?!.")):
        return False
    if OPENER.match(question):
        # "E quanti Comuni aderiscono ad AFOL?" opens with "e" and still stands alone.
        return len(asked.focus) < 3 or THOSE.search(question) is not None or asked.expects is Expectation.YES_NO
    words = question.split()
    if _LEANS.match(question) and not has_own_subject(question):
        return len(words) <= MAX_BARE_WORDS
    if _ASKS.match(question):
        return len(words) <= MAX_BARE_WORDS and not has_own_subject(question)
    short = len(words) <= 3 and not re.search(r"[A-Z0-9]", question[1:])
    return not asked.focus or (
        len(asked.focus) < 2 and (short or (bool(_ANAPHORA.search(question)) and len(words) < 12))
    )
