"""What a stretch of text is: a sentence, a row of a table, an item of a list."""

from __future__ import annotations

import pytest

from kb.answering.judging.shapes import (
    fits_label,
    head_of,
    is_row_beside,
    is_sentence,
    list_end,
    mark_kind,
    plain_before,
    sentence_before,
    told_sentences,
    with_openings,
    with_question,
)
from kb.language.questions import Expectation, read_question
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


CARD = "Costo. Gratuito. Il duplicato costa 5 euro.\nSì. Chi disdice prima è rimborsato.\nAi sensi di legge. Fine."


def test_a_label_goes_with_what_it_is_of() -> None:
    told = [CARD[low:high] for low, high in told_sentences(CARD)]

    assert told == [
        "Costo. Gratuito.",
        "Il duplicato costa 5 euro.",
        "Sì. Chi disdice prima è rimborsato.",
        "Ai sensi di legge. Fine.",
    ]
    assert all(map(is_sentence, told))
    assert not is_sentence("Cinque anni.")
    long = "Una frase di più parole. Un'altra."
    assert [long[low:high] for low, high in told_sentences(long)] == ["Una frase di più parole.", "Un'altra."]


def test_the_label_of_a_line_heads_its_later_sentences() -> None:
    card = Passage("p", "d", CARD, (Span(1, 0, len(CARD)),), ("",), section=("Contrassegno",))

    assert with_openings(card, CARD.index("Il duplicato")).section == ("Contrassegno", "Costo.")
    assert with_openings(card, 0).section == ("Contrassegno",)


@pytest.mark.parametrize(
    ("question", "text", "heading", "fits"),
    [
        ("Quanto costa il contrassegno?", "Costo. Gratuito.", "Contrassegno", 1.0),
        ("Quanto costa il contrassegno?", "Durata. Cinque anni.", "Quanto costa?", 0.0),
        ("Quanto costa una settimana?", "La quota è di 78 euro.", "Quanto costa una settimana?", 1.0),
        ("Chi può chiederlo?", "A chi serve. Alle persone anziane.", "Pasti", 1.0),
        ("Come mi iscrivo?", "Ci si iscrive online.", "Come ci si iscrive?", 1.0),
        ("Che cosa offre?", "Costo. Gratuito.", "Pasti", 0.0),
    ],
)
def test_a_label_names_the_kind_of_thing_asked_for(question: str, text: str, heading: str, fits: float) -> None:
    assert fits_label(read_question(question), text, (heading,)) == fits
