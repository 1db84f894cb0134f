"""Quotes of golden questions held against the documents: a wrong expectation is told from a wrong answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evals.golden import GoldenQuestion
from kb.errors import InputError
from kb.records import Page

SHOWN_CHARS = 80
"""How much of a quote a message shows."""


def check_quotes(questions: Iterable[GoldenQuestion], pages_by_document: Mapping[str, Sequence[Page]]) -> None:
    """
    Nothing, when every quote stands, character by character, on one page of its question's document.

    Questions without a quote pass.

    Raises:
        InputError: a quote's document is not there, or no page of it holds the quote; the message names the first
            question at fault and how many more there are.

    Source: notes on evaluation, rule 8: gold questions cite a quote and a loader checks that it lies there.
    """
    faults = find_quote_faults(questions, pages_by_document)
    if faults:
        more = f" (e altre {len(faults) - 1} domande con una citazione sbagliata)" if len(faults) > 1 else ""
        raise InputError(faults[0] + more)


def find_quote_faults(
    questions: Iterable[GoldenQuestion], pages_by_document: Mapping[str, Sequence[Page]]
) -> list[str]:
    """One line in Italian a question whose quote is not in its document, in the order of the questions."""
    quoted = [question for question in questions if question.quote]
    return [fault for question in quoted if (fault := _fault(question, pages_by_document))]


def _fault(question: GoldenQuestion, pages_by_document: Mapping[str, Sequence[Page]]) -> str:
    pages = pages_by_document.get(question.document)
    if pages is None:
        return f"domanda «{question.id}»: il documento «{question.document}» non c'è; correggi document."
    if any(question.quote in page.text for page in pages):
        return ""
    shown = question.quote if len(question.quote) <= SHOWN_CHARS else question.quote[:SHOWN_CHARS] + "…"
    return f"domanda «{question.id}»: «{shown}» non sta in nessuna pagina di «{question.document}»; correggi quote."
