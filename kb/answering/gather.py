"""Gather: the sentences of the passages found, each with what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.answering.judging.definitions import defines, told_first
from kb.answering.judging.driver_questions import asks_which_drivers, subject_of_drivers
from kb.answering.judging.expansions import read_expansions
from kb.answering.judging.judge import Judge
from kb.answering.judging.presumed import how_many, without_claims
from kb.answering.judging.things import (
    OFFICIAL,
    asks_which_driver,
    named_documents,
    on_article,
    on_mission,
    on_one_driver,
    thing_there,
    things_of_a_figure,
    verbs_of,
)
from kb.answering.state import Evidence, State, Tools
from kb.answering.weighing.weights import stems_of
from kb.language.questions import Asked, Expectation, term_to_define
from kb.language.sentences import split_sentences
from kb.language.twins import not_meant
from kb.records import Passage, ScoredPassage
from kb.retrieval.query import english_words, everyday_meanings

MOST_DEFINING = 3
"""Passages looked at for a definition that those found do not give."""
WIDELY = 25
"""Passages that tell which Driver a word is about."""


def gather(state: State, tools: Tools) -> State:
    """Every sentence of the passages found, best first, ties by place in the documents."""
    assert state.found is not None and state.asked is not None
    reading = state.found.reading
    asked = without_claims(state.asked, tools, understood={*reading.corrections, *reading.expansions})
    if asked.expects is not state.asked.expects:
        # "I Driver sono 12?" is looked for, and judged, without the number that it claims.
        question = how_many(asked)
        state = replace(state, asked=asked, found=tools.searcher.search(question))
        asked = replace(asked, text=question, figures=())
    assert state.found is not None
    found = state.found.passages
    near = tools.near_words.read(state.standalone, asked.focus, [one.passage for one in found])
    everyday = everyday_meanings(asked.text, " ".join(one.passage.text for one in found))
    expansions = read_expansions({**english_words(asked.text), **reading.expansions, **reading.corrections})
    judge = Judge(
        asked,
        tools.weights,
        expansions,
        near,
        official(tools),
        names=_names(tools),
        twins=not_meant(asked.text),
        named=named_documents(asked, found, tools),
        verbs=verbs_of(asked),
        things=things_of_a_figure(asked, expansions) | thing_there(asked),
        everyday=read_expansions(everyday),
    )
    evidence = [one for one in judge.rank(found) if on_mission(one, reading.missions)]
    evidence = on_article(evidence, reading.articles)
    if asks_which_driver(asked):
        evidence = on_one_driver(asked, evidence, tools.searcher.search(state.standalone, count=WIDELY).passages)
    if asked.expects is Expectation.DEFINITION and not any(one.features["definition"] == 1.0 for one in evidence):
        evidence = told_first(asked.text, [*_defining(judge, state, tools), *evidence])
    if asks_which_drivers(asked):
        evidence += _on_other_drivers(judge, found, tools)
    best = evidence[0].features if evidence else {}
    return replace(state, evidence=tuple(evidence), detail={"sentences": len(evidence), "best": best})


def _defining(judge: Judge, state: State, tools: Tools) -> list[Evidence]:
    """Where none of the sentences found defines the term asked, those of other passages that do, best first."""
    asked, seen = judge.asked, {one.passage.id for one in state.found.passages} if state.found else set()
    if term_to_define(asked.text) is None:
        return []
    others = [p for p in tools.library.passages if p.id not in seen and _defined_in(p, asked)][:MOST_DEFINING]
    near = tools.near_words.read(state.standalone, asked.focus, others)
    ranked = replace(judge, near=near).rank([ScoredPassage(one, 0.0, {}) for one in others])
    return [one for one in ranked if one.features["definition"] == 1.0]


def _defined_in(passage: Passage, asked: Asked) -> bool:
    """True where a sentence of a passage defines what is asked."""
    if not stems_of(passage.text).issuperset(asked.focus):
        return False
    return any(defines(asked, passage.text[start:end]) == 1.0 for start, end in split_sentences(passage.text))


def _on_other_drivers(judge: Judge, found: Sequence[ScoredPassage], tools: Tools) -> list[Evidence]:
    """Where it is asked which Drivers, the sentences that tell of the subject in passages of theirs not found."""
    seen, subject = {one.passage.id for one in found}, subject_of_drivers(judge.asked)
    others = [p for p in tools.library.passages if p.driver is not None and p.id not in seen]
    telling = [ScoredPassage(p, 0.0, {}) for p in others if subject and judge.tells(subject, p.text)]
    return replace(judge, near=None).rank(telling)


def official(tools: Tools) -> dict[str, float]:
    """Each document with how official its kind is: a plan's own words come before our summaries of them."""
    return {id_: OFFICIAL.get(document.kind, 1.0) for id_, document in tools.library.documents.items()}


def _names(tools: Tools) -> dict[str, str]:
    """Each document's title and edition: years that its sentences need not repeat."""
    documents = tools.library.documents.items()
    return {id_: f"{one.title} {one.edition or ''} {id_.replace('-', ' ')}" for id_, one in documents}
