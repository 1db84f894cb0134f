"""A refusal: what else can be asked begins with the Drivers of the nearest passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import ClassVar, cast

import pytest

from kb.answering.conclude import cite, conclude
from kb.answering.quoting import draft_sentence
from kb.answering.state import State, Tools
from kb.answering.weighing.weights import count_words
from kb.language.questions import read_question
from kb.records import AnswerStatus, Document, DocumentKind, Page, Passage, ScoredPassage, Span
from kb.retrieval.query import QueryReading
from kb.retrieval.search import SearchResult
from prompts.replies import load_replies

TEXT = "Il progetto cura le biblioteche."


class Shelf:
    passages: Sequence[Passage] = ()
    documents: ClassVar = {"scheda": Document("scheda", "Scheda", DocumentKind.OTHER, "0" * 64)}

    def page(self, document: str, index: int) -> Page:
        return Page(document, index, TEXT)


def passage(driver: int | None, at: int) -> Passage:
    return Passage(f"p_{at}", "scheda", TEXT, (Span(at, 0, len(TEXT)),), ("",), driver=driver)


def refused(
    question: str, drivers: Sequence[int | None], asked_of: int | None = None, *, closest: bool = False
) -> State:
    passages = [passage(driver, at) for at, driver in enumerate(drivers, start=1)]
    found = SearchResult(
        tuple(ScoredPassage(one, 1.0, {}) for one in passages), QueryReading(question, question, question)
    )
    shelf = Shelf()
    shelf.passages = passages
    tools = cast(Tools, SimpleNamespace(library=shelf, weights=count_words(passages), contact="l'ufficio"))
    if asked_of is not None:
        found = replace(found, reading=replace(found.reading, drivers=(asked_of,)))
    state = State(question, standalone=question, asked=read_question(question), found=found)
    if closest:
        state = replace(state, closest=draft_sentence(passages[0], 0, len(TEXT), support=0.0))
    ended = conclude(state, tools)
    assert (cite(ended, tools)[0], len(cite(ended, tools)[1])) == ((), int(ended.closest is not None))
    return ended


@pytest.mark.parametrize(
    ("drivers", "first"),
    [
        ((8, None, 8, 2), ("Che cosa prevede il Driver 8?",)),
        (
            (3, 5, 4),
            ("Che cosa prevede il Driver 3?", "Che cosa prevede il Driver 5?", "Che cosa prevede il Driver 4?"),
        ),
        ((None, None), ()),
        ((), ()),
    ],
)
def test_the_nearest_drivers_are_offered_first(drivers: Sequence[int | None], first: tuple[str, ...]) -> None:
    usual = load_replies("it").suggestions

    offered = refused("Quanto costano le biblioteche?", drivers).suggestions

    assert offered == (*first, *usual)[: len(usual)]


def test_what_was_just_asked_is_not_offered() -> None:
    assert refused("che cosa prevede il driver 8", [8]).suggestions[0] != "Che cosa prevede il Driver 8?"


def test_a_question_in_english_is_offered_questions_in_english() -> None:
    assert refused("How much do the libraries cost?", [8]).suggestions[0] == "What does Driver 8 say?"


def test_a_driver_that_is_not_there_is_said_not_to_be() -> None:
    text = refused("Cosa fa il Driver 11?", (3, 5), asked_of=11).text
    assert text.startswith("Nei documenti pubblicati non c'è un Driver 11.")
    assert "passi più vicini" not in text
    assert "non c'è un Driver" not in refused("Cosa fa il Driver 5?", (3, 5), asked_of=5).text
    assert "non c'è un Driver" not in refused("Cosa fa il Driver 5?", (None,), asked_of=5).text  # no Drivers at all


def test_what_comes_nearest_is_quoted_with_its_place_and_as_no_answer() -> None:
    ended = refused("Quanto costano le biblioteche?", [8], closest=True)
    assert ended.status is AnswerStatus.NOT_FOUND
    assert "che forse non risponde, è in Scheda, Driver 8: «Il progetto cura le biblioteche»." in ended.text
    assert "passi più vicini" not in ended.text


def test_a_driver_that_is_not_there_has_nothing_near() -> None:
    assert refused("Cosa fa il Driver 11?", (3,), asked_of=11, closest=True).closest is None


def test_what_is_out_of_scope_has_nothing_near() -> None:
    ended = refused("Che tempo fa domani?", (3,), closest=True)
    assert ended.status is AnswerStatus.OUT_OF_SCOPE
    assert ended.closest is None
