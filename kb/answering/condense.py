"""Condense: a follow-up becomes a question that stands alone, by rules; a change of subject is left as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kb.answering.guard import without_introduction, without_orders
from kb.answering.judging.driver_questions import said_in_full, step_of
from kb.answering.route import core_of, tell_talk, without_greeting
from kb.answering.state import State, Tools
from kb.language.figures import find_figures, number_words
from kb.language.questions import Asked, Expectation, focus_stems, read_question
from kb.language.verbs import Mood, read_verb
from kb.language.words import fold
from kb.records import AnswerStatus
from prompts.replies import load_replies

MAX_TURNS = 6
"""Earlier questions looked at; older ones are forgotten."""

MAX_NAMES = 2
"""Names that the subject of a conversation is made of, at most."""
MAX_BARE_WORDS = 9
"""Words of a question that names nothing of its own, at most."""
_ASK_NOUN_VERB = 3
"""Words of "quali strumenti usano"."""
STANDS = 0.6
"""Confidence of search from which a question on a noun needs nothing of the turns before."""

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
ASKING_WORD = (
    r"(?:(?:a|con|da|di|in|per|su|entro|fra|tra)\s+)?(?:(?:che\s+)?cos['’]\s?è|(?:che\s+)?cosa|chi|quali|quale|qual|quando"
    r"|quant[oaie]|dove|come|perch[eé]|when|who|where|how|what|which|why)"
)
"""Regular expression, as text: the words that open what is asked."""
_ASKS = re.compile(rf"{ASKING_WORD}\b", re.IGNORECASE)
_ASKS_OF_A_NOUN = re.compile(r"^(?:quant[eia]|quali|quale|which|how many)\s+\w{4,}", re.IGNORECASE)
_OWN_SUBJECT = re.compile(
    r"\b(?:(?:il|lo|la|i|gli|le|un|una|uno|the|(?:de|ne|a|su|da)(?:l|llo|lla|i|gli|lle))\s+|(?:d?[eu]?ll|un|l)['’])\w{3,}"
    r"|[A-Z]{2,}|\d|(?<=\s)[A-Z][a-zà-ù]+",
)
_ASKS_LATE = re.compile(r"\s(?:che cosa|cosa|chi|quali|quando|quanto|dove|come)\s", re.IGNORECASE)
_TELLS = re.compile(
    r"(?:parl|raccont|spieg|elenc|descriv|riassum)\w*|dimmi|vorrei|mi (?:parli|spieghi|dici)|tell me|explain",
    re.IGNORECASE,
)
_CLITIC = re.compile(rf"^{ASKING_WORD}\s+(?:(?:lo|la|li|le|ne|ci)\s|l['’])\s?(?:ha|hanno)?\s?\w+$", re.IGNORECASE)
_NAME = re.compile(
    r"\bDriver\s+\d+\b|\b[A-Z][A-Z0-9-]{2,}(?:\s+\d+)?\b|\b[A-Z]\d\b"
    r"|\b(?!Citt|Comun|Pian|Ente\b|Region|Che\b|Chi\b|Cosa|Qual|Quant|Come\b|Dove|Quando|What|Who|How|Which|Where|When)"
    r"[A-Z][\w’'-]+(?:\s+(?:(?:per\s+il|di|del|della|dell['’]|dei)\s*)?[A-Z][\w’'-]+)*"
)
_WANTED_DEED = re.compile(
    r"\b(?:faccio|facciamo|si fa|posso|possiamo|devo|dobbiamo|si può)\s+(?:(?:a|per)\s+)?(?:fare?\s+)?"
    r"(?P<what>\w+(?:are|ere|ire|rre|rsi|rmi)\b.{3,})",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"(?:si (?:può|possono|deve|paga)|posso|è (?:possibile|obbligatori\w|gratuit\w|previst\w)|vale|serve)\b",
    re.IGNORECASE,
)
_OF = re.compile(r"\b(?:di|a|ad|in)\s+$")
_ARTICLED = re.compile(r"\b(?:de|ne|a|su|da)(?:l|llo|lla|i|gli|lle)\s+\w{4,}")
_ARTICLE = re.compile(r"\b(?:(?:il|lo|la|i|gli|le|un|una|uno|the)\s+|(?:un|l)['’])\w{3,}", re.IGNORECASE)
_NOUN_PHRASE = re.compile(r"^(?:(?:il|lo|la|i|gli|le|the)\s+|l['’])[\w’'\s-]+$", re.IGNORECASE)
_HAS_VERB = re.compile(
    r"\b(?:è|sono|ha|hanno|può|puo|possono|deve|devono|vuole|vogliono|viene|vengono|sarà|saranno|fa|fanno)\b",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(
    r"^(?:(?:il|lo|la|del|della|nel|nella|sul|sulla|al|alla|the|number|numero|driver|missione)\s+)*(?P<number>\d{1,2}|[a-z]+)$"
)
_HOW_MANY_AND_WHICH = re.compile(r"\bquant[ie]\s+e\s+qual[ei]\b", re.IGNORECASE)
_AND_WHICH = re.compile(r"quant[ie]\s+(.+?)\s+e\s+qual[ei](?:\s+sono)?", re.IGNORECASE)
_NUMBERED = re.compile(r"\b(?:driver|mission[ei]|articolo|art\.)\s+(?P<number>\d{1,2})\b", re.IGNORECASE)
_HEAD = re.compile(
    r"\b(?:quant[ie]|quali|how many|which)\s+(?:sono\s+)?(?:(?:i|gli|le|the)\s+)?([A-Za-zÀ-ÿ-]+)", re.IGNORECASE
)


def condense(state: State, tools: Tools) -> State:
    """The standalone question and its reading; too little to look up ends in a clarifying question."""
    turns = tuple(said for turn in state.history if (said := _worth_remembering(turn)))
    standalone = stand_alone(state.cleaned, turns)
    if standalone != state.cleaned and _may_stand(state.cleaned) and _stands(state.cleaned, tools):
        standalone = state.cleaned
    standalone = said_in_full(_one_list(standalone))
    asked = _read_with_story(standalone)
    state = replace(
        state, standalone=standalone, asked=asked, detail={"standalone": standalone, "expects": asked.expects.value}
    )
    if not asked.focus:
        replies = load_replies(asked.language)
        ended = state.ended(AnswerStatus.NEEDS_CLARIFICATION, replies.say("needs_clarification"))
        return replace(ended, suggestions=replies.suggestions)
    return state


def _read_with_story(question: str) -> Asked:
    """The question, read after what the person first tells of themselves, whose words stay words of its subject."""
    asked = read_question(core_of(question))
    if asked.text == question:
        return asked
    told = tuple(figure for figure in find_figures(question) if figure not in asked.figures)
    focus = tuple(dict.fromkeys((*asked.focus, *focus_stems(question))))
    return replace(asked, focus=focus, figures=(*asked.figures, *told))


def stand_alone(question: str, history: tuple[str, ...]) -> str:
    """The question completed from the questions before it, oldest first; itself where it needs nothing."""
    said = _Said("", "")
    for turn in (*history[-MAX_TURNS:], question):
        said = _complete(turn, said)
    return said.text


def _one_list(question: str) -> str:
    """ "Quanti Driver ci sono e quali?" asks for one list: "Quali Driver ci sono?"."""
    text = _HOW_MANY_AND_WHICH.sub("quali", question)
    match = _AND_WHICH.fullmatch(text.strip(" ?!."))
    found = f"quali {match[1]}?" if match else text
    return question if found == question else f"{found[:1].upper()}{found[1:]}"


def subject_of(question: str) -> str:
    """What a question is about: the names in it, or else itself without its words of asking."""
    found = [match for match in _NAME.finditer(question) if match.start() or match.group().isupper()]
    names = [match.group() for match in found]
    if names and not all(_is_a_place_of(match, question) for match in found):
        return " ".join(dict.fromkeys(names[:MAX_NAMES]))
    rest = re.sub(
        rf"^\W*{ASKING_WORD}\s*(?:(?:è|e'|sono|significa|serve|fa)(?=\s|$))?\s*", "", question, flags=re.IGNORECASE
    )
    rest = re.sub(r"\s*\(.*\)", "", rest).strip(" ?!.")
    if deed := _WANTED_DEED.search(rest):
        return deed["what"]
    phrase = None if _ASKS_OF_A_NOUN.match(question) else _ARTICLE.search(rest)
    return (rest[phrase.start() :] if phrase else rest) or question.strip(" ?!.")


def _is_a_place_of(name: re.Match[str], question: str) -> bool:
    """True for a name that only says whose or where a thing is, named before it ("la cabina di regia … di Bologna")."""
    before = question[: name.start()]
    return bool(_OF.search(before)) and bool(_ARTICLE.search(before) or _ARTICLED.search(before))


def has_own_subject(question: str) -> bool:
    """True when a question names something beside its words of asking ("chi la attua" doesn't)."""
    plain = question.strip(" ?!.")
    return bool(_OWN_SUBJECT.search(_OPENER.sub("", plain))) and not _CLITIC.match(plain)


@dataclass(frozen=True, slots=True)
class _Said:
    """A turn completed, and what the conversation is about after it."""

    text: str
    subject: str


def _worth_remembering(turn: str) -> str:
    """An earlier turn without its greeting and introduction; empty where it asked nothing."""
    asked = without_greeting(without_introduction(without_orders(turn)))
    return "" if tell_talk(asked) else asked


def _may_stand(question: str) -> bool:
    """True for a question on a noun of its own, which may or may not lean on what was said."""
    body = _OPENER.sub("", question)
    if body != question and _asks_what_they_do(body):
        return False
    return bool(_ASKS_OF_A_NOUN.match(body)) or (bool(_ASKS.match(body)) and has_own_subject(body))


def _asks_what_they_do(body: str) -> bool:
    """True for "(e) quali strumenti usano?": those who do it were named before."""
    words = body.strip(" ?!.").split()
    verb = read_verb(words[-1]) if len(words) == _ASK_NOUN_VERB and _ASKS_OF_A_NOUN.match(body) else None
    return verb is not None and verb.mood is Mood.FINITE


def _stands(question: str, tools: Tools) -> bool:
    """True when the documents seem to hold an answer to the question as it stands."""
    return tools.searcher.search(question, count=10).confidence >= STANDS


def _complete(question: str, before: _Said) -> _Said:
    if not before.text or not _is_follow_up(question):
        return _Said(question, subject_of(question))
    body = _OPENER.sub("", question).strip(" ?!.")
    if not body:
        return before
    if _ASKS.match(body) and not _THOSE.search(body):
        return _Said(f"{body[:1].upper()}{body[1:]} ({before.subject})?", before.subject)
    swapped = (
        _swap_number(body, before.text)
        or _swap_those(body, before.text)
        or _swap_entity(body, before.text)
        or _swap_phrase(body, before.text)
        or _swap_subject(body, before)
        or f"{body[:1].upper()}{body[1:]} ({before.subject})?"
    )
    return _Said(swapped, subject_of(swapped))


def _is_follow_up(question: str) -> bool:
    asked = read_question(question)
    body = _OPENER.sub("", question)
    asks = _ASKS.match(body) or _TELLS.match(body) or _ASKS_LATE.search(body)
    if asks and _THOSE.search(question) is None and _names_something(body):
        return False
    if _OPENER.match(question):
        # "E quanti Comuni aderiscono ad AFOL?" opens with "e" and still stands alone.
        return len(asked.focus) < 3 or _THOSE.search(question) is not None or asked.expects is Expectation.YES_NO
    words = question.split()
    if _LEANS.match(question) and not has_own_subject(question):
        return len(words) <= MAX_BARE_WORDS
    if _ASKS.match(question):
        return len(words) <= MAX_BARE_WORDS and not has_own_subject(question)
    short = len(words) <= 3 and not re.search(r"[A-Z0-9]", question[1:])
    return not asked.focus or (
        len(asked.focus) < 2 and (short or (bool(_ANAPHORA.search(question)) and len(words) < 12))
    )


def _names_something(question: str) -> bool:
    return any(match.start() or match.group().isupper() for match in _NAME.finditer(question))


def _swap_subject(body: str, before: _Said) -> str | None:
    """ "E i depuratori?" after "Come funziona la rete duale?" asks the same of them."""
    if not _NOUN_PHRASE.match(body) or _HAS_VERB.search(body) or before.subject not in before.text:
        return None
    return before.text.replace(before.subject, body)


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
    """ "E il 9?", "e il cinque?" or "e il prossimo?" after a question on a Driver → the same on that Driver."""
    match = _BARE_NUMBER.match(fold(body))
    driver = _NUMBERED.search(before)
    step = step_of(body)
    if driver and step:
        value: int | str | None = max(1, int(driver["number"]) + step)
    elif driver and match:
        value = match["number"] if match["number"].isdigit() else number_words().get(match["number"])
    else:
        return None
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
