"""Verify: each sentence against its quotes, by code; what fails is dropped and counted, whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from kb.answering.claims.echoes import is_echo
from kb.answering.claims.faithfulness import find_unfaithful
from kb.answering.composing.captions import captions_of, leaves_unit_out
from kb.answering.quoting import quoted_text
from kb.answering.state import DraftSentence, Library, Quote, State, Tools
from kb.answering.weighing.weights import WordWeights
from kb.language.figures import missing_figures
from kb.language.questions import Expectation
from kb.ports import LexicalIndex
from kb.records import AnswerMode

COMMON_SHARE = 0.2
"""A word that this share of the passages hold may be said without a quote: it singles nothing out."""


def verify(state: State, tools: Tools) -> State:
    """The draft without the sentences that fail a check; the trace names each loss and its reason."""
    kept, dropped = [], []
    for sentence in state.draft:
        reason = find_fault(sentence, state, tools)
        if reason:
            dropped.append({"reason": reason, "characters": len(sentence.text)})
        else:
            kept.append(sentence)
    return replace(state, draft=tuple(kept), detail={"kept": len(kept), "dropped": dropped})


def find_fault(sentence: DraftSentence, state: State, tools: Tools) -> str | None:
    """
    Why a sentence may not be sent, None when it may: "no_quote", "not_shown", "not_verbatim", "figure".

    In generated mode also "echo" (a question for yes or no given back), "unit" (a table's number without it), and every
    fault of kb.answering.claims.faithfulness, which knows the form of a model's lies.
    """
    if not sentence.quotes:
        return "no_quote"
    shown = _shown_ids(state)
    if any(quote.passage.id not in shown for quote in (*sentence.quotes, *sentence.beside)):
        return "not_shown"
    quoted = [quoted_text(quote, tools) for quote in sentence.quotes]
    if not all(quoted):
        return "not_verbatim"
    together = " ".join(quoted)
    if state.mode is AnswerMode.GENERATED:
        asked = state.asked
        if asked is not None and asked.expects is Expectation.YES_NO and is_echo(sentence.text, asked.text):
            return "echo"
        return _find_lie(sentence, tools)
    if _squeezed(sentence.text) != _squeezed(together):
        return "not_verbatim"
    # A figure may stand astride two pages, so the quotes are also read together.
    if missing_figures(sentence.text, [*quoted, together]):
        return "figure"
    return None


def _find_lie(sentence: DraftSentence, tools: Tools) -> str | None:
    """The fault of a model's sentence; a sentence of a page that goes on over the next is read whole."""
    captions = [
        quoted_text(caption, tools)
        for quote in sentence.quotes
        for caption in captions_of(quote.passage, (quote.span,), tools.library)
    ]
    if leaves_unit_out(sentence.text, captions):
        return "unit"
    sources = [" ".join(quoted_text(quote, tools) for quote in whole) for whole in _wholes(sentence.quotes)]
    contexts = [context_of(whole[0], tools) for whole in _wholes(sentence.quotes)]
    return find_unfaithful(
        sentence.text,
        sources,
        known=common_words(tools.weights),
        contexts=contexts,
        acronyms=_acronyms(tools.library),
    )


def _wholes(quotes: Sequence[Quote]) -> list[list[Quote]]:
    """The quotes in order, those together that follow each other over a page's end."""
    found: list[list[Quote]] = []
    for quote in quotes:
        before = found[-1][-1] if found else None
        if before and before.passage is quote.passage and before.span.page_index != quote.span.page_index:
            found[-1].append(quote)
        else:
            found.append([quote])
    return found


def common_words(weights: WordWeights) -> str:
    """The stems that stand in so many passages that they single nothing out, in alphabetical order."""
    least = COMMON_SHARE * weights.passages
    return " ".join(sorted(word for word, often in weights.frequency.items() if often >= least))


def _acronyms(library: Library) -> Mapping[str, str]:
    return library.lexical.acronyms if isinstance(library, _Indexed) else {}


@runtime_checkable
class _Indexed(Protocol):
    """A library that keeps a lexical index, as an open release does."""

    @property
    def lexical(self) -> LexicalIndex:
        """The words' index."""


def _shown_ids(state: State) -> set[str]:
    """The passages that a sentence may stand on: for a model those that it was shown, else all that were looked at."""
    if state.mode is AnswerMode.GENERATED and state.shown:
        return {passage.id for passage in state.shown}
    found = {one.passage.id for one in state.found.passages} if state.found else set()
    return found if state.mode is AnswerMode.GENERATED else found | {passage.id for passage in state.opened}


def context_of(quote: Quote, tools: Tools) -> str:
    """What stands over a quote: its document's title and edition and its section path, a line each."""
    document = tools.library.documents[quote.passage.document]
    driver = f"Driver {quote.passage.driver}" if quote.passage.driver is not None else ""
    return "\n".join(filter(None, [document.title, document.edition, *quote.passage.section, driver]))


def _squeezed(text: str) -> str:
    return "".join(text.split())
