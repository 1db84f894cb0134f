"""Names are told by their capitals, acronyms by what they stand for."""

from __future__ import annotations

import pytest

from kb.language.names import find_names, spell_out, stands_for


def test_names_and_acronyms_are_found_where_they_stand() -> None:
    text = "Il CERN e il Politecnico di Milano sviluppano il 5G con AT&T."

    assert [name.text for name in find_names(text)] == ["CERN", "Politecnico", "Milano", "5G", "AT&T"]
    assert all(text[name.start : name.end] == name.text for name in find_names(text))


def test_a_capital_that_opens_a_sentence_is_marked() -> None:
    assert [name.opens for name in find_names("Bergamo aderisce. Anche Monza aderisce.")] == [True, False]


@pytest.mark.parametrize("text", ["Secondo il piano", "Nel quartiere", "Il secolo XVI"])
def test_small_words_and_numerals_are_no_names(text: str) -> None:
    assert find_names(text) == []


def test_an_acronym_is_spelled_out_after_it() -> None:
    acronyms = {"ptm": "piano territoriale metropolitano"}

    assert spell_out("il PTM vigente", acronyms) == "il PTM (piano territoriale metropolitano) vigente"
    assert spell_out("il PUMS vigente", acronyms) == "il PUMS vigente"


def test_an_acronym_stands_for_the_words_that_spell_it() -> None:
    assert stands_for("PTM", "secondo il Piano Territoriale Metropolitano vigente")
    assert stands_for("GOL", "la Garanzia di Occupabilità per i Lavoratori")
    assert not stands_for("PTM", "il Piano Urbano per la Mobilità")
