"""Conclude: the text that is sent, its citations, or a refusal that helps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from kb.answering.forms import talk_pattern
from kb.answering.offering import offered_questions
from kb.answering.quoting import quoted_text
from kb.answering.state import DraftSentence, Quote, State, Tools
from kb.language.questions import Expectation
from kb.language.words import fold
from kb.records import AnswerMode, AnswerSentence, AnswerStatus, Citation
from prompts.replies import Replies, load_replies

SAID_FIRST = ("name_not_in_documents", "figure_not_in_documents", "named_drivers", "not_defined", "not_told")
"""Notes that open the text of an answer."""
WHY_NOT = ("name_not_in_documents", "not_in_driver", "no_such_driver")
"""Notes that say why a question is refused, in place of the reason that fits any."""
SAID_LAST = "part_not_found"
"""The note that closes an answer to a part of what was asked."""
_ENDED = re.compile(r"(?:[.;:!?…][»”\"')\]]*|[»”\"'])\s*$")
NEAREST = 3
"""Passages named where the documents don't say."""


def conclude(state: State, tools: Tools) -> State:
    """The end: answered with its text, or a refusal that names the nearest passages and whom to ask."""
    replies = load_replies(state.language)
    if not state.draft:
        return _refuse(state, tools, replies)
    said = _in_a_row(sentence.text for sentence in state.draft)
    if state.language != "it" and state.mode is AnswerMode.EXTRACTIVE:
        said = replies.say("quote_frame", text=f"«{said}»")
    openings = [note.text for note in state.notes if note.kind in SAID_FIRST]
    closings = [note.text for note in state.notes if note.kind == SAID_LAST]
    status = AnswerStatus.PARTLY_ANSWERED if closings else AnswerStatus.ANSWERED
    return state.ended(status, " ".join([*openings, said, *closings]))


def _in_a_row(sentences: Iterable[str]) -> str:
    """The sentences as one text; one that ends without a mark, as a row of a table does, gets a full stop."""
    *before, last = sentences
    return " ".join([*(one if _ENDED.search(one) else f"{one}." for one in before), last])


def _refuse(state: State, tools: Tools, replies: Replies) -> State:
    status = _end_without_answer(state, tools)
    if status is AnswerStatus.OUT_OF_SCOPE:
        ended = replace(state, closest=None).ended(status, replies.say("out_of_scope"))
        return replace(ended, suggestions=replies.suggestions)
    missing = _missing_drivers(state, tools)
    for driver in missing:
        state = state.noting("no_such_driver", replies.say("no_such_driver", driver=str(driver)))
    why = [note.text for note in state.notes if note.kind in WHY_NOT]
    parts = why or [_reason(state, replies)]
    places = [] if missing else _nearest(state, tools)
    if not places:
        state = replace(state, closest=None)
    else:
        parts.append(_shown(state, places, replies, tools))
        state = state.noting("nearest_passages", "; ".join(places))
    parts.append(replies.say("not_found_contact", contact=tools.contact))
    ended = state.ended(status, " ".join(parts))
    found = state.found.passages if state.found else ()
    return replace(ended, suggestions=offered_questions(found, state.standalone, replies))


def _end_without_answer(state: State, tools: Tools) -> AnswerStatus:
    """Out of scope when a task is given or small change asked in words that no document holds, else not found."""
    assert state.asked is not None
    known = [word for word in state.asked.focus if tools.weights.frequency.get(word, 0)]
    said = fold(state.standalone)
    elsewhere = re.search(talk_pattern("never"), said) or (not known and re.search(talk_pattern("elsewhere"), said))
    return AnswerStatus.OUT_OF_SCOPE if elsewhere else AnswerStatus.NOT_FOUND


def _shown(state: State, places: list[str], replies: Replies, tools: Tools) -> str:
    """The sentence that comes nearest and its place, word for word, or else only where the nearest passages are."""
    if state.closest is None:
        return replies.say("not_found_nearest", places="; ".join(places))
    first = state.closest.quotes[0]
    place = place_of(first.passage.document, first.span.page_index, first.passage.driver, tools)
    return replies.say("not_found_closest", place=place, quote=state.closest.text.strip().rstrip(".;"))


def _nearest(state: State, tools: Tools) -> list[str]:
    """Where the nearest passages are, each place once."""
    places = (
        place_of(one.passage.document, one.passage.spans[0].page_index, one.passage.driver, tools)
        for one in (state.found.passages if state.found else ())
    )
    return list(dict.fromkeys(places))[:NEAREST]


def _missing_drivers(state: State, tools: Tools) -> list[int]:
    """The Drivers that a question names by number and no passage is of."""
    named = state.found.reading.drivers if state.found else ()
    known = {passage.driver for passage in tools.library.passages} if named else set()
    return [driver for driver in named if known - {None} and driver not in known]


def _reason(state: State, replies: Replies) -> str:
    expects = state.asked.expects if state.asked else Expectation.OTHER
    if expects is Expectation.YES_NO:
        return replies.say("not_found_yes_no")
    name = f"what_{expects.value}"
    if name not in replies.shape():
        return replies.say("not_found")
    return replies.say("not_found_typed", what=replies.say(name))


def place_of(document: str, page_index: int, driver: int | None, tools: Tools) -> str:
    """Where a passage is, in words: "Piano strategico 2022-2024, Driver 8, p. 120"."""
    page = tools.library.page(document, page_index)
    title = tools.library.documents[document].title
    where = [title]
    if driver is not None and f"Driver {driver}" not in title:
        where.append(f"Driver {driver}")
    if page.label:
        where.append(f"p. {page.label}")
    return ", ".join(where)


def cite(state: State, tools: Tools) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """
    The sentences with their citations' numbers, and the citations, each quote once, numbered as they appear.

    Of a refusal no sentences, and the citation of what comes nearest to an answer, if anything does.
    """
    if not state.draft and state.closest is not None:
        return (), tuple(_citation(quote, at, tools) for at, quote in enumerate(state.closest.quotes, start=1))
    numbers: dict[tuple[str, int, int, int], int] = {}
    citations: list[Citation] = []
    sentences: list[AnswerSentence] = []
    for sentence in state.draft:
        mine = []
        for quote in (*sentence.quotes, *sentence.beside):
            key = (quote.passage.document, quote.span.page_index, quote.span.start, quote.span.end)
            if key not in numbers:
                numbers[key] = len(citations) + 1
                citations.append(_citation(quote, numbers[key], tools))
            mine.append(numbers[key])
        sentences.append(_answer_sentence(sentence, mine))
    return tuple(sentences), tuple(citations)


def _answer_sentence(sentence: DraftSentence, numbers: list[int]) -> AnswerSentence:
    return AnswerSentence(sentence.text, tuple(dict.fromkeys(numbers)), sentence.support)


def _citation(quote: Quote, number: int, tools: Tools) -> Citation:
    passage, span = quote.passage, quote.span
    document = tools.library.documents[passage.document]
    page = tools.library.page(passage.document, span.page_index)
    return Citation(
        number=number,
        document=document.id,
        title=document.title,
        edition=document.edition,
        section=passage.section,
        driver=passage.driver,
        article=passage.article,
        page_label=page.label,
        page_index=page.index,
        quote=quoted_text(quote, tools),
        passage=passage.id,
        start=span.start,
        end=span.end,
        url=document.url,
    )
