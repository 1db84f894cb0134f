"""Evidence: the sentences of the passages found, each with what speaks for it."""

from __future__ import annotations

from dataclasses import replace

from kb.answering.judging.expansions import read_expansions
from kb.answering.judging.judge import Judge
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
from kb.answering.premises import how_many, without_claims
from kb.answering.state import State, Tools
from kb.language.twins import not_meant
from kb.retrieval.query import english_words

WIDELY = 25
"""Passages that tell which Driver a word is about."""


def gather(state: State, tools: Tools) -> State:
    """Every sentence of the passages found, best first, ties by place in the documents."""
    assert state.found is not None and state.asked is not None
    reading = state.found.reading
    asked = without_claims(state.asked, tools, understood={*reading.corrections, *reading.expansions})
    if asked.expects is not state.asked.expects:
        # "I Driver sono 12?" is looked for without the number that it claims.
        state = replace(state, asked=asked, found=tools.searcher.search(how_many(asked)))
    assert state.found is not None
    found = state.found.passages
    near = tools.near_words.read(state.standalone, asked.focus, [one.passage for one in found])
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
    )
    evidence = [one for one in judge.rank(found) if on_mission(one, reading.missions)]
    evidence = on_article(evidence, reading.articles)
    if asks_which_driver(asked):
        evidence = on_one_driver(asked, evidence, tools.searcher.search(state.standalone, count=WIDELY).passages)
    best = evidence[0].features if evidence else {}
    return replace(state, evidence=tuple(evidence), detail={"sentences": len(evidence), "best": best})


def official(tools: Tools) -> dict[str, float]:
    """Each document with how official its kind is: a plan's own words come before our summaries of them."""
    return {id_: OFFICIAL.get(document.kind, 1.0) for id_, document in tools.library.documents.items()}


def _names(tools: Tools) -> dict[str, str]:
    """Each document's title and edition: years that its sentences need not repeat."""
    documents = tools.library.documents.items()
    return {id_: f"{one.title} {one.edition or ''} {id_.replace('-', ' ')}" for id_, one in documents}
