"""The irregular forms of verbs, by their ending."""

from __future__ import annotations

import pytest

from kb.language.conjugation import irregular_forms


@pytest.mark.parametrize(
    ("infinitive", "form"),
    [
        ("avvenire", "avviene"),
        ("appartenere", "appartengono"),
        ("anteporre", "anteposto"),
        ("dedurre", "deduce"),
        ("sciogliere", "sciolto"),
        ("prendere", "preso"),
        ("verificarsi", ""),
        ("fare", "facendo"),
        ("garantire", "garantisce"),
        ("riaprire", "riaperto"),
    ],
)
def test_a_verb_has_the_forms_of_its_family(infinitive: str, form: str) -> None:
    assert (form in irregular_forms(infinitive)) if form else not irregular_forms(infinitive)


@pytest.mark.parametrize("word", ["accantonare", "mandare", "restare", "comunale"])
def test_a_regular_verb_is_no_compound_of_a_short_one(word: str) -> None:
    assert irregular_forms(word) == ()
