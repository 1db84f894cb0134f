"""What a question takes for granted is not what it is about."""

from __future__ import annotations

import pytest

from kb.answering.judging.presumed import how_many, unknown_names, wants_confirmation, without_claims
from kb.answering.state import Tools
from kb.answering.testing import tools_over
from kb.language.questions import Expectation, read_question
from kb.records import Document, DocumentKind, Page
from kb.testing import FakeRelease

TEXT = "AFOL Metropolitana è partecipata da 71 Comuni. Il Progetto Silam è firmato da 22 Comuni dal 2018."
RELEASE = FakeRelease([Document("piano", "Piano", DocumentKind.PLAN, "0" * 64)], [Page("piano", 1, TEXT)])


@pytest.fixture
def tools() -> Tools:
    return tools_over(RELEASE)


@pytest.mark.parametrize(
    "question", ["I Comuni sono novanta?", "I Comuni sono 90?", "90 Comuni, vero?", "Ci sono 90 Comuni?"]
)
def test_a_bare_count_that_nobody_wrote_asks_how_many_there_are(question: str, tools: Tools) -> None:
    asked = without_claims(read_question(question), tools, understood=())
    assert (asked.expects, asked.counted) == (Expectation.COUNT, "comun")
    assert how_many(asked) == "Quanti sono: comuni?"


def test_a_list_lets_go_of_the_number_after_its_article_alone(tools: Tools) -> None:
    listed = without_claims(read_question("Quali sono i novanta progetti di AFOL?"), tools, understood=())
    assert "novant" not in listed.focus
    over = read_question("Quali sono i progetti di AFOL con oltre 90 iscritti?")
    assert without_claims(over, tools, understood=()) == over
    bare = read_question("Quali sono i novanta progetti?")
    assert without_claims(bare, tools, understood=()) == bare


@pytest.mark.parametrize(
    ("question", "kind", "counted"),
    [
        ("Le scuole superiori sono 200?", "count", "scuol"),
        ("Gli istituti della rete sono già duecento?", "count", "istit"),
        ("Le scuole superiori sono 200 con la banda larga?", "yes_no", None),
        ("Le scuole superiori hanno 200 aule?", "yes_no", None),
    ],
)
def test_a_count_that_ends_a_question_asks_how_many(
    question: str, kind: str, counted: str | None, tools: Tools
) -> None:
    asked = without_claims(read_question(question), tools, understood=())
    assert (asked.expects.value, asked.counted) == (kind, counted)
    assert not {"200", "duecent"} & set(asked.focus)


def test_a_claimed_count_is_none_of_what_is_asked_though_its_number_is_written_elsewhere(tools: Tools) -> None:
    """ "I Comuni di AFOL sono 22?" asks how many they are; 22 stands in the documents, of others."""
    asked = without_claims(read_question("I Comuni di AFOL sono 22, vero?"), tools, understood=())
    assert (asked.expects, asked.counted, asked.focus) == (Expectation.COUNT, "comun", ("comun", "afol"))
    assert how_many(asked) == "Quanti sono: comuni di afol?"


@pytest.mark.parametrize(
    ("question", "confirms"),
    [
        ("Confermi che i Comuni sono 71?", True),
        ("Mi confermate che AFOL è dei Comuni?", True),
        ("È vero che AFOL è dei Comuni?", True),
        ("È corretto dire che AFOL è dei Comuni?", True),
        ("I Comuni sono 71, giusto?", True),
        ("I Comuni sono 71?", False),
    ],
)
def test_what_wants_confirmation(question: str, confirms: bool) -> None:
    assert wants_confirmation(question) is confirms


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Che cosa dice il sindaco Sala?", ["Sala"]),  # Snowball cuts it as "salute"
        ("Che cosa dice la Salute?", []),
        ("Che cosa dicono le Reti?", []),  # the documents have "rete"
        ("Che cosa dice AFOL?", []),
        ("Che cosa dice la missione M9?", ["M9"]),
    ],
)
def test_a_name_is_known_where_its_word_is_written_not_another_of_its_stem(question: str, unknown: list[str]) -> None:
    text = "La salute è di AFOL e della rete."
    release = FakeRelease([Document("piano", "Piano", DocumentKind.PLAN, "0" * 64)], [Page("piano", 1, text)])
    assert unknown_names(question, tools_over(release)) == unknown
