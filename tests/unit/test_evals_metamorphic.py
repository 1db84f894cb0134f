"""Variants by rule: the same question in another form, always the same one."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.golden import GoldenQuestion, QuestionKind, load_golden
from evals.metamorphic import RULES, make_variants
from kb.language.words import fold

FOLDER = Path(__file__).resolve().parents[2] / "evals" / "golden"


def asked(text: str, *, lang: str = "it") -> GoldenQuestion:
    return GoldenQuestion(
        id="q",
        kind=QuestionKind.FOLLOW_UP,
        question=text,
        history=("Chi è?",),
        lang=lang,
        drivers=(8,),
        must_include=(("71",),),
    )


@pytest.mark.parametrize(
    ("rule", "text", "changed"),
    [
        ("typo", "Quanti Comuni partecipano ad AFOL?", "Quanti Comuni parteicpano ad AFOL?"),
        ("typo", "Cosa fa la mamma?", None),  # no long word
        ("typo", "Cosa dice DECIWATT a Metropolitana?", None),  # names keep their letters
        ("no-accents", "Cos'è la Città? È vero, perché no", "Cos'e la Citta? E vero, perche no"),
        ("no-accents", "Quanti sono?", None),
        ("accents-as-apostrophes", "Cos'è la città", "Cos'e' la citta'"),
        ("accents-as-apostrophes", "PERCHÉ È COSÌ?", "PERCHE' E' COSI'?"),
        ("accents-as-apostrophes", "i Comuni", None),
        ("other-apostrophes", "l'Agenda e l'Ente", "l’Agenda e l’Ente"),
        ("other-apostrophes", "l’Agenda", "l'Agenda"),
        ("upper-case", "è così?", "È COSÌ?"),
        ("upper-case", "ASST?", None),
        ("no-question-mark", "Quanti ? Davvero??", "Quanti Davvero"),
        ("no-question-mark", "quanti", None),
        ("polite", "Chi?", "Buongiorno, scusi il disturbo, volevo chiedere: Chi? Grazie mille!"),
        ("double-spaces", "Chi  è stato", "Chi  è  stato"),
        ("double-spaces", "Ciao!", None),
        ("other-words", "Che cos'è DECIWATT?", "Cos'è DECIWATT?"),
        ("other-words", "cos'è DECIWATT?", "che cos'è DECIWATT?"),
        ("other-words", "PTM cosa significa?", "PTM cosa vuol dire?"),
        ("other-words", "Di cosa parla?", "Di che cosa parla?"),
        ("other-words", "il piano strategico", None),
        ("other-words", "Quanti Comuni?", None),
    ],
)
def test_a_rule_changes_what_it_says(rule: str, text: str, changed: str | None) -> None:
    made = make_variants([asked(text)], rules=[rule])

    assert [variant.question.question for variant in made] == ([] if changed is None else [changed])


def test_a_variant_keeps_all_but_id_and_text() -> None:
    (variant,) = make_variants([asked("Chi?")], rules=["upper-case"])

    assert (variant.rule, variant.original, variant.question.id) == ("upper-case", "q", "q~upper-case")
    assert variant.question.history == ("Chi è?",)
    assert variant.question.drivers == (8,)
    assert variant.question.must_include == (("71",),)


def test_courtesy_and_wording_follow_the_language() -> None:
    made = make_variants([asked("Who is it?", lang="en")], rules=["polite", "other-words"])

    assert [variant.question.question for variant in made] == [
        "Good morning, sorry to bother you, may I ask: Who is it? Thank you very much!"
    ]


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="'rhyme'"):
        make_variants([asked("Chi?")], rules=["rhyme"])


def test_variants_come_in_order_and_are_the_same_at_every_call() -> None:
    questions = [asked("Che cos'è?"), asked("Com'è la città metropolitana?")]
    rules = ["upper-case", "no-accents"]
    made = make_variants(questions, rules=rules)

    assert made == make_variants(questions, rules=rules)
    assert [variant.question.question for variant in made] == [
        "CHE COS'È?",
        "Che cos'e?",
        "COM'È LA CITTÀ METROPOLITANA?",
        "Com'e la citta metropolitana?",
    ]


def test_our_golden_questions_give_many_variants_of_every_rule_and_each_id_once() -> None:
    made = make_variants(load_golden(FOLDER).questions)

    assert {variant.rule for variant in made} == set(RULES)
    assert len({variant.question.id for variant in made}) == len(made) > 1000
    assert all(variant.question.question.strip() for variant in made)


def test_rules_of_form_leave_the_folded_words_alone() -> None:
    """What a search sees, once folded, is the same question."""
    rules = ["no-accents", "other-apostrophes", "upper-case", "double-spaces", "accents-as-apostrophes"]
    originals = {question.id: question for question in load_golden(FOLDER).questions}
    for variant in make_variants(originals.values(), rules=rules):
        before = fold(originals[variant.original].question).split()
        assert fold(variant.question.question).split() == before, variant.question.id
