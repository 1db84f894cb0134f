"""Swaps: a turn that says only what differs takes the place of it in the question before."""

from __future__ import annotations

import re

from kb.answering.conversing.listed import swap_that_of
from kb.answering.conversing.subjects import ASKING_WORD, asks_twice, of
from kb.answering.judging.driver_questions import step_of
from kb.language.figures import number_words
from kb.language.questions import focus_stems
from kb.language.verbs import Mood, read_verb, verb_stems
from kb.language.words import fold

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
THOSE = re.compile(
    r"\b(?:quell[ioae]|those|that one|the ones)\b(?=\s+(?:d[ie]|che|in|con|per|of|for|in)|\b)", re.IGNORECASE
)
"""Stands for what the turn before was on."""
_ENTITY = re.compile(r"\b(?:Driver\s+\d+|[A-Z][A-Z0-9-]{2,}(?:\s+\d+)?)\b")
_NOUN_PHRASE = re.compile(r"^(?:(?:il|lo|la|i|gli|le|the)\s+|l['’])[\w’'\s-]+$", re.IGNORECASE)
_HAS_VERB = re.compile(
    r"\b(?:è|sono|ha|hanno|può|puo|possono|deve|devono|vuole|vogliono|viene|vengono|sarà|saranno|fa|fanno)\b",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(
    r"^(?:(?:il|lo|la|del|della|nel|nella|sul|sulla|al|alla|the|number|numero|driver|missione)\s+)*(?P<number>\d{1,2}|[a-z]+)$"
)
_NUMBERED = re.compile(r"\b(?:(?i:driver|mission[ei]|articolo|art\.)|[A-Z]{2,})\s+(?P<number>\d{1,2})\b")
_COMPARED = re.compile(
    r"^(?:che |qual è la |quale |what(?:'s| is) the )?differen(?:z[ae]|ce) (?:c['’]è )?"
    r"(?:(?:con|col|coll['’]|rispetto a|da|with|from|to)(?:l|llo|lla|i|gli|lle|ll['’])?)\s*(?P<other>\S.*)$",
    re.IGNORECASE,
)
_ARTICLE_BEFORE = r"(?:\b(?:il|lo|la|i|gli|le)\s+|\bl['’])?"
_WAYS = r"(?:(?:da|per|con|a|di)\s+)?(?:quando|dove|come|chi|perch[eé]|when|where|how|who|why)"
_ASKING_ALONE = re.compile(rf"{_WAYS}|qual[ei]|quant[ie]|which", re.IGNORECASE)
_WHICH = re.compile(r"qual[ei]|quant[ie]|which", re.IGNORECASE)
_ASKED_FIRST = re.compile(
    rf"^(?:{_WAYS}|(?:quant[ie]|quali|how many|which)\s+(?!sono\b)(?P<noun>\w{{4,}}))(?=\s|l['’])", re.IGNORECASE
)
_TELL_OF = re.compile(r"^(?:parlami|parlaci|raccontami)(?=\s+d)", re.IGNORECASE)
_QUANTITY = re.compile(r"^(?P<word>quant)[ie]\b(?!\s+sono\b)", re.IGNORECASE)
_MANY = re.compile(r"(?:i|gli|le)\s", re.IGNORECASE)
_ASKS_ANYTHING = re.compile(rf"\b{ASKING_WORD}\b", re.IGNORECASE)
_TAIL = re.compile(r"\s*(?P<tail>\([^()]*\))\s*[?!.]*$")
_HEAD = re.compile(
    r"\b(?:quant[ie]|quali|how many|which)\s+(?:sono\s+)?(?:(?:i|gli|le|the)\s+)?([A-Za-zÀ-ÿ-]+)", re.IGNORECASE
)


def swap(body: str, before: str, *, subject: str, things: str) -> str | None:
    """
    The question before with what the turn changes in it; None where nothing of it can be changed.

    body: the turn without "e" or "invece" before it. subject: what the question before is about. things: what the
    conversation last listed.
    """
    return (
        _swap_number(body, before)
        or swap_that_of(body, before, things)
        or _swap_those(body, before)
        or _compare(body, subject)
        or _swap_entity(body, before)
        or _swap_phrase(body, before)
        or _swap_subject(body, before, subject)
    )


def swap_asking(body: str, before: str) -> str | None:
    """ "Quando?" after "Chi ha firmato il Patto?" asks when; "quali?" after "quanti Comuni …?" which."""
    asked = _ASKED_FIRST.match(before)
    if not asked or not _ASKING_ALONE.fullmatch(body) or asks_twice(before):
        return None
    rest = before[asked.end() :].lstrip()
    if _WHICH.fullmatch(body):
        return f"{body} {asked['noun']} {rest}" if asked["noun"] else None
    verb = read_verb(fold(rest.split()[0])) if asked["noun"] else None
    is_told = verb_stems(rest) if not asked["noun"] else verb is not None and verb.mood is Mood.FINITE
    return f"{body} {rest}" if is_told else None


def _compare(body: str, subject: str) -> str | None:
    """ "differenza col PULS?" after a question on the PUMS."""
    match = _COMPARED.match(body)
    return f"Che differenza c'è tra {subject} e {match['other']}?" if match and subject else None


def _swap_subject(body: str, before: str, subject: str) -> str | None:
    """ "E i depuratori?" after "Come funziona la rete duale?" asks the same of them."""
    if not _NOUN_PHRASE.match(body) or _HAS_VERB.search(body) or _ASKS_ANYTHING.search(body):
        return None
    if told := _TELL_OF.match(before):
        return f"{told[0]} {of(body)}"
    if counted := _QUANTITY.match(before):  # of other things, only how many or which they are
        return (
            f"{counted['word']}{'e' if body.lower().startswith('le ') else 'i'} sono {body}?"
            if _MANY.match(body)
            else None
        )
    if not subject or subject not in before:
        return None
    return re.sub(_ARTICLE_BEFORE + re.escape(subject), lambda _: body, before)


def _swap_those(body: str, before: str) -> str | None:
    """ "quelli del progetto Silam quanti sono" after "Quanti Comuni …" → "Comuni del progetto Silam quanti sono?"."""
    head = _HEAD.search(before)
    if not head or not THOSE.search(body):
        return None
    text = THOSE.sub(head[1], body, count=1)
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
    new, found = _ENTITY.search(body), list(_ENTITY.finditer(before))
    if not new or not found or len(focus_stems(body)) > 2 or len(body.split()) > 4:
        return None
    alike = [old for old in found if _is_driver(old) == _is_driver(new)]
    if alike:
        return before.replace(alike[0].group(), new.group())
    if _family(body) is not None:
        return None
    # Another kind of thing brings its own article: "il Driver 3" → "il PUMS".
    return re.sub(_ARTICLE_BEFORE + re.escape(found[0].group()), lambda _: body, before)


def _is_driver(entity: re.Match[str]) -> bool:
    return entity.group().startswith("Driver")


def _family(body: str) -> tuple[str, ...] | None:
    """The forms of the preposition that a phrase opens with; None where it opens with none."""
    first = re.split(r"[\s'’]", fold(body), maxsplit=1)[0]
    return next((forms for forms in _PREPOSITIONS if first in forms), None)


def _swap_phrase(body: str, before: str) -> str | None:
    """ "per le altre funzioni" after "… per il residenziale?" takes its place; with no such phrase it is appended."""
    family = _family(body)
    if family is None:
        return None
    if tail := _TAIL.search(before):  # what the question before was completed with stays at its end
        changed = _swap_phrase(body, before[: tail.start()]) or before
        return f"{changed.rstrip(' ?')} {tail['tail']}?"
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
