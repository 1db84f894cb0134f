"""Divide: a question that asks several things becomes several questions, each answered on its own."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import replace

from kb.answering.conversing.subjects import ASKING_WORD, has_own_subject, subject_of
from kb.answering.state import DraftSentence, State, Step, Tools
from kb.language.questions import Expectation, focus_stems, read_question
from kb.records import Note
from kb.retrieval.search import SearchResult
from prompts.replies import load_replies

MAX_PARTS = 3
"""Things answered of one question; what follows is left in the last of them."""
MAX_SENTENCES, MAX_SENTENCES_EACH = 5, 2
"""Sentences of a divided answer, in all and of each part."""

_ASKS_THEN = rf"(?:{ASKING_WORD}|(?:a|con|da|di|in|per|su|entro)\s+che\s+\w{{4,}})\b"
_ASKS_MORE = re.compile(rf"(?:[\s?!.]*[,;]\s*|[\s?!.]+)(?:e|ed|and)\s+(?={_ASKS_THEN})", re.IGNORECASE)
_ASKS_ON = re.compile(rf"\s*[,;.?!]\s*(?!come\b)(?={_ASKS_THEN})", re.IGNORECASE)  # "…, come dice il piano"
_ASKS = re.compile(rf"\b{ASKING_WORD}\b", re.IGNORECASE)
_ASKS_FIRST = re.compile(rf"^{_ASKS_THEN}", re.IGNORECASE)
_BEGINS = re.compile(r"(?:quali|quale|quant[ieao]|which|how many)\s+\w+", re.IGNORECASE)
_TWO_WAYS = re.compile(
    r"^(?P<one>(?:da |a |con |per )?(?:quando|dove|come|chi|perch[eé]|quanto|when|where|how|who|why))\s+(?:e|ed|and)\s+"
    r"(?P<two>(?:da |a |con |per )?(?:quando|dove|come|chi|perch[eé]|quanto|when|where|how|who|why))\s+(?P<rest>\w.+)$",
    re.IGNORECASE,
)
_TWO_THINGS = re.compile(
    r"^(?P<head>(?:quali|chi|cosa|che cosa)\s+sono|qual\s?['’]?è|elenca(?:mi)?|dimmi)\s+"
    r"(?P<one>(?:(?:gli|i|le|il|lo|la)\s+|l['’])\w+)\s+e\s+(?P<two>(?:(?:gli|i|le|il|lo|la)\s+|l['’])\w+)\s+"
    r"(?P<of>(?:di|del|dello|della|dell['’]|dei|degli|delle)\s?.+)$",
    re.IGNORECASE,
)
_PAIR = r"(?P<one>.+?)\s+(?:e|ed|con|and|with|rispetto a(?:l|llo|lla)?)\s+(?P<two>.+)"
_COMPARES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b(?:differenz\w+|distingu\w+|confronto|paragone|differences?)\b.*?\b(?:tra|fra|between)\s+{_PAIR}$",
        rf"^(?:mi\s+)?(?:confront|paragon|compar)\w*\s+{_PAIR}$",
        r"^(?P<one>.+?)\s+(?:e|ed|and)\s+(?P<two>[^,:]+?)[\s,:]+(?:che|qual\s?è la|quale|what)?\s*differen[zc]\w+",
    )
)
_DEFINES_TWO = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"^(?P<one>.+?)\s+(?:e|ed|and)\s+(?P<two>.+?),?\s+(?:che\s+)?(?:cosa\s+)?(?:sono|significano|vogliono dire)$",
        r"^(?:(?:che\s+)?cosa\s+(?:sono|significano)|what are)\s+(?P<one>.+?)\s+(?:e|ed|and)\s+(?P<two>.+)$",
    )
)
_NAMED = re.compile(r"^(?:(?:il|lo|la|i|gli|le|the)\s+|l['’])?(?P<name>[A-Z0-9À-Ý][\w.’'-]*(?:\s+[\w.’'-]+){0,5})$")
_DRIVER = re.compile(r"\bdriver\b", re.IGNORECASE)


def divide(state: State, tools: Tools) -> State:
    """The state with one part for each thing asked; without parts where the question asks one thing."""
    assert state.asked is not None
    questions = tuple(parts_of(state.standalone, names=tools.weights.proper))[:MAX_PARTS]
    if len(questions) < 2:
        return replace(state, detail={})
    parts = tuple(replace(state, standalone=one, asked=read_question(one), detail={}) for one in questions)
    return replace(state, parts=parts, detail={"parts": list(questions)})


def parts_of(question: str, *, names: Container[str] = ()) -> list[str]:
    """
    The questions that one question holds, each standing alone; itself alone where it holds no more.

    names: stems that are names even where they are typed without a capital.
    """
    text = question.strip()
    if text.rstrip(" ?!.").endswith(")"):  # completed from the turns before: what is in brackets asks nothing
        return [question]
    for found in (_compared(text, names), _two_things(text), _two_ways(text), _sentences(text), _coordinated(text)):
        if len(found) > 1 and all(focus_stems(one) for one in found):
            return found
    return [question]


def each_part(step: Step) -> Step:
    """The step, run on every part of a divided question; unchanged for a question of one part."""

    def run(state: State, tools: Tools) -> State:
        if not state.parts:
            return step(state, tools)
        parts = tuple(step(replace(one, detail={}), tools) for one in state.parts)
        return replace(state, parts=parts, detail={"parts": [one.detail for one in parts]})

    return run


def join(state: State, _tools: Tools) -> State:
    """One draft from the parts', no sentence twice; what was not found is noted in the question's own words."""
    if not state.parts:
        return replace(state, detail={})
    answered = [one for one in state.parts if one.draft]
    missing = [one.standalone for one in state.parts if not one.draft]
    notes = list(dict.fromkeys(note for one in state.parts for note in one.notes))
    if answered and missing:
        say = load_replies(state.language).say
        notes += [Note("part_not_found", say("part_not_found", question=_shown(one))) for one in missing]
    return replace(
        state,
        found=_found(state.parts),
        evidence=tuple(one for part in answered for one in part.evidence),
        opened=tuple({passage.id: passage for one in state.parts for passage in one.opened}.values()),
        draft=tuple(_sentences_of(answered)),
        notes=(*state.notes, *notes),
        parts=(),
        detail={"answered": len(answered), "of": len(state.parts)},
    )


def _found(parts: tuple[State, ...]) -> SearchResult | None:
    """What was found for all the parts, each passage once, read as the first of them."""
    found = [one.found for one in parts if one.found]
    passages = {one.passage.id: one for result in found for one in result.passages}
    return replace(found[0], passages=tuple(passages.values())) if found else None


def _sentences_of(answered: list[State]) -> Iterator[DraftSentence]:
    """Each part's sentences in turn; a part that alone answers keeps all of its own."""
    each = MAX_SENTENCES_EACH if len(answered) > 1 else MAX_SENTENCES
    said: set[str] = set()
    for part in answered:
        whole_list = len(part.draft) > MAX_SENTENCES
        for sentence in part.draft if whole_list else part.draft[:each]:
            if sentence.text not in said:
                said.add(sentence.text)
                yield sentence


def _compared(text: str, names: Container[str]) -> list[str]:
    """One question on each of two named things; words that are no names are left to be looked for together."""
    plain = text.strip(" ?!.")
    match = next((form.search(plain) for form in (*_COMPARES, *_DEFINES_TWO) if form.search(plain)), None)
    if not match:
        return []
    one, two = match["one"].strip(" ,:"), match["two"].strip(" ,:")
    if _DRIVER.search(one) and two.isdigit():
        two = f"il Driver {two}"
    questions = [_says(thing, names) for thing in (one, two)]
    return questions if all(questions) else []


def _says(thing: str, names: Container[str]) -> str:
    """The question on one of the things compared; empty where it isn't named."""
    if _DRIVER.search(thing):
        return f"Che cosa prevede {thing}?"
    named = _NAMED.match(thing)
    if named or ((stems := focus_stems(thing)) and all(word in names for word in stems)):
        return f"Che cos'è {named['name'] if named else thing}?"
    return ""


def _two_things(text: str) -> list[str]:
    """ "Quali sono gli obiettivi e gli attori del Driver 6?" asks two lists of one thing."""
    match = _TWO_THINGS.match(text.strip(" ?!."))
    return [f"{match['head']} {match[thing]} {match['of']}?" for thing in ("one", "two")] if match else []


def _two_ways(text: str) -> list[str]:
    """ "Come e quando si approva il PGT?" asks how, and when."""
    match = _TWO_WAYS.match(text.strip(" ?!."))
    return [f"{match[way].capitalize()} {match['rest']}?" for way in ("one", "two")] if match else []


def _sentences(text: str) -> list[str]:
    """ "Che cos'è il PTM? Quando è stato approvato?": each sentence with a question mark, completed by the first."""
    found = [one.strip() for one in re.findall(r"[^?]+\?", text) if len(one.split()) > 1 and _ASKS.search(one)]
    return list(_completed(found))


def _coordinated(text: str) -> list[str]:
    """ "Che cos'è il PTM e quando è stato approvato?" asks twice, as "Che cos'è il PTM, quanto costa?" does."""
    plain = text.strip(" ?!.")
    pieces = _ASKS_MORE.split(plain)
    if len(pieces) < 2 or not _asks_alone(pieces[0]):
        pieces = []
    pieces = [piece for one in pieces or [plain] for piece in _asked_on(one)]
    return list(_completed([f"{piece[:1].upper()}{piece[1:]}?" for piece in pieces])) if len(pieces) > 1 else []


def _asks_alone(piece: str) -> bool:
    """True for a question; "quali Comuni" before "e quante imprese partecipano" is only the beginning of one."""
    if _BEGINS.fullmatch(piece):
        return False
    return bool(_ASKS.search(piece)) or read_question(f"{piece}?").expects is Expectation.YES_NO


def _asked_on(text: str) -> list[str]:
    """The questions put after each other with no more than a mark between, where the first names what it is about."""
    pieces = [piece.strip(" ?!.,;") for piece in _ASKS_ON.split(text)]
    asks = _ASKS_FIRST.match(pieces[0]) and has_own_subject(pieces[0])
    return [piece for piece in pieces if piece] if asks else [text]


def _completed(questions: list[str]) -> Iterator[str]:
    """Each question, with the subject of the first one where it has none of its own."""
    for number, question in enumerate(questions):
        alone = number == 0 or has_own_subject(question)
        yield question if alone else f"{question.strip(' ?!.')} ({subject_of(questions[0])})?"


def _shown(question: str) -> str:
    return re.sub(r"\s*\(.*\)", "", question).strip(" ?") + "?"
