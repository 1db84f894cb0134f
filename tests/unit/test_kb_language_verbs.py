"""Which words may be a verb's forms."""

from __future__ import annotations

import pytest

from kb.language.verbs import Mood, is_subjunctive, read_verb


@pytest.mark.parametrize(
    ("word", "infinitive", "mood"),
    [
        ("promuove", "promuovere", Mood.FINITE),
        ("sosterranno", "sostenere", Mood.FINITE),
        ("dovrebbero", "dovere", Mood.FINITE),
        ("otterrebbe", "ottenere", Mood.FINITE),
        ("identifichino", "identificare", Mood.FINITE),
        ("riduce", "ridurre", Mood.FINITE),
        ("favorisce", "favorire", Mood.FINITE),
        ("destinarsi", "destinare", Mood.INFINITIVE),
        ("proponendosi", "proporre", Mood.GERUND),
        ("dotandoli", "dotare", Mood.GERUND),
        ("sottoscritti", "sottoscrivere", Mood.PARTICIPLE),
        ("avviata", "avviare", Mood.PARTICIPLE),
        ("ri-disciplina", "ridisciplinare", Mood.FINITE),
        ("telecomandare", "telecomandare", Mood.INFINITIVE),
        ("Dà", "dare", Mood.FINITE),
    ],
)
def test_a_form_is_led_back_to_its_infinitive(word: str, infinitive: str, mood: Mood) -> None:
    form = read_verb(word)

    assert form is not None
    assert (form.infinitive, form.mood) == (infinitive, mood)


@pytest.mark.parametrize("word", ["pubblica", "rete", "cantiere", "Comune", "scuola", "elementare", "prodotti", "su"])
def test_what_is_mostly_no_verb_is_none(word: str) -> None:
    assert read_verb(word) is None


def test_a_subjunctive_that_is_more_often_a_noun_is_told() -> None:
    assert is_subjunctive("impegni")
    assert is_subjunctive("funzioni")
    assert not is_subjunctive("impegna")
    assert not is_subjunctive("tavoli")
