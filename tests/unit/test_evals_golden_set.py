"""Our golden questions: each expectation stands where it says, and no kind of question is missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.golden import GoldenQuestion, QuestionKind, load_golden
from evals.golden_quotes import check_quotes, find_quote_faults
from evals.scorers.answer_contains import normalise, occurs
from evals.scorers.score import wants_answer
from ingest.documents import Facts, make_document
from ingest.intake import shipped_files
from ingest.readers.table import read_file
from kb.errors import InputError
from kb.records import Page

FOLDER = Path(__file__).resolve().parents[2] / "evals" / "golden"
QUESTIONS = load_golden(FOLDER).questions
ANSWERABLE = [question for question in QUESTIONS if wants_answer(question)]


@pytest.fixture(scope="module")
def pages() -> dict[str, list[Page]]:
    """The shipped corpus as `bussola ingest` reads it, by document id."""
    read = [(found, read_file(found.path)) for found in shipped_files()]
    return {make_document(found, reading, Facts()).id: list(reading.pages) for found, reading in read}


def page(text: str) -> Page:
    return Page(document="driver-08", index=1, text=text)


def asked(id_: str = "a", *, document: str = "driver-08", quote: str = "71 Comuni") -> GoldenQuestion:
    return GoldenQuestion(id_, QuestionKind.ANSWERABLE, "Quanti Comuni?", document=document, quote=quote)


def holds(text: str, group: Sequence[str]) -> bool:
    """True when any wording of a must_include item occurs in a normalised text."""
    return any(occurs(wording, text) for wording in group)


def test_every_quote_stands_in_its_document(pages: dict[str, list[Page]]) -> None:
    check_quotes(QUESTIONS, pages)


def test_a_changed_figure_is_refused_with_its_question() -> None:
    with pytest.raises(InputError, match="«a»: «71 Comuni» non sta in nessuna pagina di «driver-08»"):
        check_quotes([asked()], {"driver-08": [page("Partecipano 72 Comuni.")]})


def test_a_document_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="il documento «driver-11» non c'è"):
        check_quotes([asked(document="driver-11")], {"driver-08": [page("71 Comuni")]})


def test_a_quote_may_not_run_over_two_pages() -> None:
    assert find_quote_faults([asked()], {"driver-08": [page("sono 71"), page("Comuni")]})
    assert not find_quote_faults([asked()], {"driver-08": [page("nulla"), page("sono 71 Comuni")]})


def test_the_number_of_other_faults_is_said() -> None:
    with pytest.raises(InputError, match="altre 2 domande"):
        check_quotes([asked(), asked("b"), asked("c")], {"driver-08": [page("niente")]})


def test_questions_without_a_quote_pass() -> None:
    check_quotes([asked(document="", quote="")], {})


def test_what_must_be_answered_is_quoted(pages: dict[str, list[Page]]) -> None:
    """The quote holds part of what the answer must include, the corpus all of it."""
    corpus = normalise("\n".join(one.text for some in pages.values() for one in some))
    for question in ANSWERABLE:
        held = [holds(normalise(question.quote), group) for group in question.must_include]
        assert any(held), question.id
        assert all(holds(corpus, group) for group in question.must_include), question.id


def test_the_record_quoted_is_of_a_driver_expected() -> None:
    for question in ANSWERABLE:
        found = re.fullmatch(r"driver-(\d\d)", question.document)
        assert not found or not question.drivers or int(found[1]) in question.drivers, question.id


@pytest.mark.shared
def test_an_answer_in_the_words_of_the_plan_counts_as_well(shared: Path) -> None:
    """Where a Driver is expected, the plan's own words hold each item, since its pages may be the ones cited."""
    chapter = (shared / "corpus" / "psttm-agenda-strategica.txt").read_text(encoding="utf-8")
    plan = normalise(re.sub(r"-\s*\n\s*", "", chapter)) + "\n" + normalise(re.sub(r"-\s*\n\s*", "-", chapter))

    lacking = [
        (question.id, group)
        for question in ANSWERABLE
        if question.drivers
        for group in question.must_include
        if not holds(plan, group)
    ]

    assert lacking == []


def test_what_is_not_in_the_documents_expects_no_words() -> None:
    silent = {QuestionKind.UNANSWERABLE, QuestionKind.OUT_OF_SCOPE, QuestionKind.SMALL_TALK}
    assert not [question.id for question in QUESTIONS if question.kind in silent and question.must_include]


def test_every_kind_has_enough_questions() -> None:
    kinds = Counter(question.kind for question in QUESTIONS)
    least = {
        QuestionKind.ANSWERABLE: 160,
        QuestionKind.UNANSWERABLE: 30,
        QuestionKind.FALSE_PREMISE: 10,
        QuestionKind.FOLLOW_UP: 12,
        QuestionKind.OUT_OF_SCOPE: 10,
        QuestionKind.SMALL_TALK: 6,
        QuestionKind.INJECTION: 8,
    }
    assert {kind: kinds[kind] for kind in least if kinds[kind] < least[kind]} == {}
    assert sum(question.lang == "en" for question in QUESTIONS) >= 10


@pytest.mark.parametrize("number", range(1, 11))
def test_every_driver_is_asked_about_in_many_ways(number: int) -> None:
    of_driver = [question for question in ANSWERABLE if question.document == f"driver-{number:02d}"]
    assert len(of_driver) >= 8


def test_every_document_of_the_corpus_is_asked_for(pages: dict[str, list[Page]]) -> None:
    assert set(pages) - {question.document for question in ANSWERABLE} - {"guide-glossario"} == set()


def test_questions_are_written_as_people_write_them() -> None:
    texts = [question.question for question in ANSWERABLE]
    assert sum("?" not in text for text in texts) >= 20
    assert sum(text.isupper() for text in texts) >= 2
    assert sum(text[0].islower() for text in texts) >= 40
    assert sum(re.search(r"[aeiou]'(?!\w)", text) is not None for text in texts) >= 4


def test_ids_are_plain_and_no_question_is_asked_twice() -> None:
    assert not [question.id for question in QUESTIONS if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", question.id)]
    twice = Counter((question.history, normalise(question.question)) for question in QUESTIONS)
    assert [asked_ for asked_, times in twice.items() if times > 1] == []
