"""Quoting: the documents' own words behind a sentence, as stretches of their pages."""

from __future__ import annotations

from kb.answering.state import DraftSentence, Quote, Tools
from kb.errors import NotFound
from kb.records import Passage


def draft_sentence(passage: Passage, start: int, end: int, *, support: float) -> DraftSentence:
    """A sentence of a passage with the page stretches it stands on."""
    quotes = tuple(Quote(passage, span) for span in passage.locate(start, end))
    return DraftSentence(passage.text[start:end], quotes, support)


def quoted_text(quote: Quote, tools: Tools) -> str:
    """What the page itself says where the quote points; empty where there is no such place."""
    try:
        page = tools.library.page(quote.passage.document, quote.span.page_index)
    except NotFound:
        return ""
    return page.text[quote.span.start : quote.span.end]
