"""Overview: what a Driver or an article says as a whole, where a question names it and asks nothing narrower."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.answering.state import Evidence, State, Tools
from kb.answering.weighing.weights import stems_of
from kb.language.figures import number_words
from kb.language.questions import Expectation
from kb.language.sentences import split_sentences
from kb.language.words import fold, stem, tokenize
from kb.records import DocumentKind, Passage

MAX_SENTENCES, MAX_CHARS = 3, 450
MAX_PART_SENTENCES, MAX_PART_CHARS = 6, 900
"""The same for one part of a Driver's record, which is a list."""

_EMPTY_WORDS = frozenset(
    {"driver", "articol", "art", "comm", "norm", "brev", "sint", "sintes", "pian", "strateg", "agend"}
)
_ASKS_TITLE = re.compile(r"\b(?:titol\w*|intitol\w*|chiam\w*|nome|called|name|title)\b")
_SAYS_TITLE = re.compile(r"\btitolo del driver\b")
_AIM = "Obiettivo"
_PARTS = {
    "Attori": "attori soggetti partner protagonisti interlocutori coinvolti coinvolge partecipano",
    "Azioni": "azioni interventi misure",
    _AIM: "obiettivo obiettivi scopo finalità traguardo",
    "Programmi e progetti": "programmi progetti",
    "Stile di lavoro": "stile lavoro",
    "Strumenti": "strumenti usa utilizza",
}
"""Parts of a Driver's record, by their headings, and the words that ask for them."""
_OF_A_PART = frozenset({Expectation.ACTOR, Expectation.LIST, Expectation.SINGLE, Expectation.OTHER})
_OF_A_TITLE = frozenset({Expectation.DEFINITION, Expectation.OTHER})
"""Kinds of question that a part of a record, or the aim of a Driver named by its title, answers."""


def overview(state: State, tools: Tools) -> list[Evidence]:
    """What the one Driver or article says that a question names and no more; empty where more is asked."""
    assert state.asked is not None and state.found is not None
    asked, reading = state.asked, state.found.reading
    more = [word for word in asked.focus if not _says_nothing(word)]
    if len(reading.drivers) == 1:
        driver = reading.drivers[0]
        if asked.expects in _OF_A_TITLE and not _beside_title(more, driver, tools):
            more = []
        return _part(more, driver, state, tools) if more else _driver(driver, state, tools)
    return _article(reading.articles[0], state, tools) if len(reading.articles) == 1 and not more else []


def _beside_title(words: Sequence[str], driver: int, tools: Tools) -> list[str]:
    """The words that are not of the Driver's title, where they hold all of it; all of them elsewhere."""
    heading = next((p.section[0] for p in tools.library.passages if p.driver == driver and p.section), "")
    title = stems_of(heading.partition("|")[2])
    return [word for word in words if word not in title] if title <= frozenset(words) else list(words)


def _part(words: Sequence[str], driver: int, state: State, tools: Tools) -> list[Evidence]:
    """The part of the Driver's record that is asked for and nothing else ("gli attori del Driver 9")."""
    assert state.asked is not None
    asked = frozenset(words)
    part = next((name for name, said in _PARTS.items() if asked <= frozenset(stem(tokenize(said)))), None)
    if part is None or state.asked.expects not in _OF_A_PART:
        return []
    chosen: list[Evidence] = []
    for passage, start, end in _sentences(driver, tools):
        if passage.section[-1:] != (part,) or len(chosen) == MAX_PART_SENTENCES:
            continue
        if sum(len(one.text) for one in chosen) + end - start <= MAX_PART_CHARS:
            chosen.append(Evidence(passage, start, end, 1.0, support=1.0))
    return chosen


def _article(article: str, state: State, tools: Tools) -> list[Evidence]:
    """The article from its beginning, or from the comma asked for, in the document that search puts first."""
    assert state.found is not None
    document = next((one.passage.document for one in state.found.passages if one.passage.article == article), None)
    passages = [p for p in tools.library.passages if p.document == document and p.article == article]
    sentences = [(p, start, end) for p in passages for start, end in split_sentences(p.text)]
    if commas := state.found.reading.commas:
        sentences = _from_comma(commas[0], sentences)
    chosen: list[Evidence] = []
    for passage, start, end in sentences:
        one = Evidence(passage, start, end, 1.0, support=1.0)
        if chosen and sum(len(c.text) for c in chosen) + len(one.text) > MAX_CHARS:
            break
        chosen.append(one)
        if len(chosen) == MAX_SENTENCES:
            break
    return chosen


def _from_comma(comma: str, sentences: list[tuple[Passage, int, int]]) -> list[tuple[Passage, int, int]]:
    """The sentences from the one that opens with the comma's number; none where no sentence does."""
    opens = re.compile(rf"\s*(?:comma\s+)?{re.escape(comma)}\s*[.)\-–]", re.IGNORECASE)
    at = next((i for i, (p, start, end) in enumerate(sentences) if opens.match(p.text[start:end])), None)
    return [] if at is None else sentences[at:]


def _driver(driver: int, state: State, tools: Tools) -> list[Evidence]:
    """The Driver's aim, or its title where that is asked."""
    asks_title = bool(_ASKS_TITLE.search(fold(state.standalone)))
    chosen: list[Evidence] = []
    for passage, start, end in _sentences(driver, tools):
        one = Evidence(passage, start, end, 1.0, support=1.0)
        if asks_title and _SAYS_TITLE.search(fold(one.text)):
            return [one]
        fits = len(chosen) < MAX_SENTENCES and sum(len(c.text) for c in chosen) + len(one.text) <= MAX_CHARS
        if fits and _is_aim(passage, chosen) and not asks_title:
            chosen.append(one)
    return chosen


def _sentences(driver: int, tools: Tools) -> Iterator[tuple[Passage, int, int]]:
    """A Driver's sentences, its record's first."""
    mine = [passage for passage in tools.library.passages if passage.driver == driver]
    kinds = {id_: document.kind for id_, document in tools.library.documents.items()}
    for passage in sorted(mine, key=lambda p: (kinds[p.document] is not DocumentKind.DRIVER_RECORD, p.ordinal)):
        yield from ((passage, start, end) for start, end in split_sentences(passage.text))


def _is_aim(passage: Passage, chosen: list[Evidence]) -> bool:
    """The record's aim; where there is no record, the opening of what the plan says of the Driver."""
    if chosen:
        return passage.document == chosen[0].passage.document and passage.section == chosen[0].passage.section
    return passage.section[-1:] == (_AIM,) or not passage.document.startswith("driver-")


def _says_nothing(word: str) -> bool:
    return word in _EMPTY_WORDS or word[0].isdigit() or word in number_words()
