"""What a stretch of text is: a sentence, a row of a table, an item of a list."""

from __future__ import annotations

import pytest

from kb.answering.judging.shapes import (
    head_of,
    is_row_beside,
    is_sentence,
    list_end,
    mark_kind,
    plain_before,
    sentence_before,
    with_question,
)
from kb.language.questions import Expectation
from kb.records import Passage, Span

RULES = """1. È vietato:
a) abbandonare rifiuti sul suolo;
b) usare sacchi neri per la plastica.
2. La raccolta è gratuita. Si paga il ritiro."""


@pytest.mark.parametrize(
    ("item", "head"),
    [("a) abbandonare", "1. È vietato:"), ("b) usare", "1. È vietato:"), ("2. La raccolta", None), ("Si paga", None)],
)
def test_what_opens_the_list_of_an_item(item: str, head: str | None) -> None:
    found = head_of(RULES, RULES.index(item))
    assert (RULES[slice(*found)] if found else None) == head


def test_where_a_list_ends() -> None:
    opening = RULES.index("vietato:") + len("vietato:")
    assert RULES[: list_end(RULES, opening)].endswith("sacchi neri per la plastica.")  # "2." marks another list
    assert list_end(RULES, len(RULES)) == len(RULES)
    assert [mark_kind(one) for one in ("- uno", "● due", "3. tre", "b) quattro", "cinque")] == [
        "-",
        "-",
        "1",
        "a",
        None,
    ]


def test_a_long_sentence_opens_no_list() -> None:
    text = f"{'Il Comune approva il regolamento e ' * 5}dispone:\n- che si paghi;"
    assert head_of(text, text.index("- che")) is None


def test_the_sentence_before() -> None:
    assert sentence_before(RULES, RULES.index("Si paga")) == "2. La raccolta è gratuita."
    assert sentence_before(RULES, 0) == ""


@pytest.mark.parametrize(
    ("expects", "text", "beside"),
    [
        (Expectation.YES_NO, "Linea: 2; Prima corsa: 5.45; Ultima corsa: 21.30", True),
        (Expectation.CLOCK, "Linea: 2; Prima corsa: 5.45; Ultima corsa: 21.30", False),
        (Expectation.YES_NO, "La linea 2 passa fino alle 21.30.", False),
    ],
)
def test_a_row_of_a_table_answers_with_its_values(expects: Expectation, text: str, beside: bool) -> None:
    assert is_row_beside(expects, text) is beside


def test_a_question_of_a_document_heads_its_answer() -> None:
    text = "Si paga in contanti. 8. Quando si rinnova la carta? Da 180 giorni prima della scadenza. Basta una foto."
    passage = Passage("p", "d", text, (Span(1, 0, len(text)),), ("",), section=("Domande",))
    headed = with_question(passage, text.index("Basta"))
    assert headed.section == ("Domande", "8. Quando si rinnova la carta?")
    assert with_question(passage, 0) is passage
    assert not is_sentence("8. Quando si rinnova la carta?")
    assert is_sentence("Da 180 giorni prima della scadenza.")


def test_what_was_said_before_without_a_figure() -> None:
    text = "Il deposito si versa alla firma. Il canone è di 60 euro. Chi ritarda paga 5 euro."
    assert plain_before(text, text.index("Chi")) == "Il deposito si versa alla firma."
