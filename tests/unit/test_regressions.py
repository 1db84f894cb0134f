"""
Defects found in other products and libraries, each held by tests of its own.

The list keeps its guards: a test that is renamed or removed must find a successor here. Below it, what no other test
says: an answer's markers, pages and quotes over a page's end.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kb.answering.assistant import Assistant
from kb.records import Block, Document, DocumentKind, Page, Passage, Span
from kb.releases.build import Intake, build_release
from kb.releases.opened import OpenRelease
from kb.releases.store import ReleaseStore
from kb.settings import Settings
from kb.testing import FakeEmbedder, fake_parts

TESTS = Path(__file__).resolve().parents[1]

UNIT, WHOLE, SOCKET = "unit/test_", "integration/test_", "contracts/test_"
GUARDS = {
    "Driver 3 outranks others": (UNIT, "kb_retrieval_search", "a_driver_asked_by_number_outranks_the_others"),
    "art. 5 and 5-bis are findable": (UNIT, "kb_retrieval_search", "what_is_named_is_first"),
    "dell'articolo equals articolo": (UNIT, "kb_retrieval_search", "elision_changes_nothing"),
    "reloaded BM25 scores alike": (SOCKET, "kb_lexical_index", "saved_and_loaded_gives_the_same_scores"),
    "no lexical match adds nothing": (UNIT, "kb_retrieval_search", "no_lexical_match_adds_nothing"),
    "a failing embedder": (UNIT, "kb_releases_build", "a_failing_embedder_leaves_the_published_release_untouched"),
    "rolling back restores": (WHOLE, "kb_releases_chroma", "rolling_back_restores_identical_results"),
    "size or model changes the id": (UNIT, "kb_releases_manifest", "any_change_of_content_or_setting_changes_the_id"),
    "another model reuses nothing": (UNIT, "kb_releases_build", "earlier_releases_are_offered_the_published_first"),
    "a removed document": (WHOLE, "kb_releases_chroma", "a_removed_document_is_unreachable_after_publishing"),
    "two identical documents": (WHOLE, "kb_releases_chroma", "two_identical_documents_both_disappear"),
    "found by its own vector": (UNIT, "kb_releases_build", "an_index_that_mixed_passages_up_gets_no_name"),
    "a legal sentence is whole": (UNIT, "kb_language_sentences", "a_text_is_cut_into_the_sentences_a_person_sees"),
    "a chat keeps its order": (UNIT, "bot_order", "a_chat_keeps_its_order_and_delays_no_other"),
    "5,000 characters, balanced": (UNIT, "bot_replies", "a_text_of_five_thousand_bold_characters_stays_bold"),
    "429 leads to a wait": (UNIT, "bot_limits", "a_429_is_waited_out_and_then_done"),
    "old buttons": (WHOLE, "bot_running", "buttons_outlive_a_restart_and_a_new_release"),
    "no exception reaches a chat": (UNIT, "bot_client", "a_release_that_breaks_under_way_is_unavailable"),
    "no exception reaches a page": (
        UNIT,
        "api_faults",
        "a_defect_is_a_500_that_tells_and_logs_nothing_of_the_question",
    ),
}


@pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS.keys())
def test_every_regression_has_its_guard(guard: tuple[str, str, str]) -> None:
    kind, module, name = guard
    tree = ast.parse((TESTS / f"{kind}{module}.py").read_text(encoding="utf-8"))

    assert f"test_{name}" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


PLAN = Document("piano", "Piano di prova", DocumentKind.PLAN, "0" * 64, edition="2022-2024")
FIRST = "AFOL Metropolitana è un'azienda consortile.\nNel 2022 l'azienda AFOL Metropolitana era partecipata da"
SECOND = "71 Comuni dell'area metropolitana.\nLe stazioni radio-base sono 55."


@pytest.fixture
def release(tmp_path: Path) -> OpenRelease:
    cut = FIRST.index("Nel 2022")
    end = SECOND.index("\n")
    pages = [
        Page("piano", 1, FIRST, (Block(0, cut - 1), Block(cut, len(FIRST))), label="119", label_source="printed"),
        Page("piano", 2, SECOND, (Block(0, end, continues=True), Block(end + 1, len(SECOND))), "120", "printed"),
    ]
    spans = (Span(1, 0, cut - 1), Span(1, cut, len(FIRST)), Span(2, 0, end), Span(2, end + 1, len(SECOND)))
    joins = ("", "\n", " ", "\n")
    texts = {1: FIRST, 2: SECOND}
    text = "".join(join + texts[s.page_index][s.start : s.end] for join, s in zip(joins, spans, strict=True))
    passage = Passage("p_1", "piano", text, spans, joins, section=("Lavoro",), driver=8)
    store = ReleaseStore(tmp_path, parts=fake_parts)
    intake = Intake([PLAN], pages, [passage], {"reader": "1", "splitter": "1"})
    return store.open(build_release(intake, store=store, embedder=FakeEmbedder()).id)


def test_a_marker_has_its_source_and_a_source_its_page(release: OpenRelease) -> None:
    """The sentence over the page's end is cited with both pages, each quote word for word."""
    answer = Assistant(release, FakeEmbedder(), Settings()).ask(
        "Nel 2022 da quanti Comuni era partecipata l'azienda AFOL Metropolitana?"
    )

    assert "71 Comuni" in answer.text
    numbers = {citation.number for citation in answer.citations}
    assert {number for sentence in answer.sentences for number in sentence.citations} == numbers
    assert {citation.page_label for citation in answer.citations} == {"119", "120"}
    for citation in answer.citations:
        pages = release.pages(citation.document)
        assert 1 <= citation.page_index <= len(pages)
        assert release.page("piano", citation.page_index).text[citation.start : citation.end] == citation.quote
