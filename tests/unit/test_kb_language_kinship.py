"""Kinship of words: families by their beginning, synonyms and rivals by the lists."""

from __future__ import annotations

from importlib.resources import files
from itertools import combinations

import pytest
import yaml

from kb.language.kinship import (
    are_loosely_near,
    are_rivals,
    frame_phrases,
    is_generic,
    is_light,
    narrower,
    nearness,
)
from kb.language.words import fold, stem


def stems(*words: str) -> list[str]:
    return stem(fold(word) for word in words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sottoscritto", "sottoscrivere"),
        ("programmazione", "programmano"),
        ("Comuni", "comunali"),
        ("rinnovano", "rinnovabili"),
        ("firmato", "sottoscritto"),
        ("riduzione", "ridurre"),
        ("abbassare", "riducono"),
        ("problema", "rischiano"),
        ("paga", "finanziamento"),
        ("bassi", "moderato"),
    ],
)
def test_words_of_one_meaning_are_near(one: str, other: str) -> None:
    assert nearness(*stems(one, other)) >= 0.6


@pytest.mark.parametrize(
    ("one", "other"), [("comunità", "comunicazione"), ("contratto", "contrasto"), ("parco", "parte"), ("2018", "2019")]
)
def test_words_of_another_meaning_are_not(one: str, other: str) -> None:
    assert nearness(*stems(one, other)) == 0.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("aumentare", "ridurre"),
        ("favorisce", "ostacola"),
        ("pubblica", "privata"),
        ("conferma", "modifica"),
        ("crescente", "decrescente"),
        ("aprile", "maggio"),
        ("prima", "dopo"),
    ],
)
def test_rivals_exclude_each_other(one: str, other: str) -> None:
    assert are_rivals(*stems(one, other))
    assert are_rivals(*stems(other, one))


def test_words_of_one_side_are_no_rivals() -> None:
    assert not are_rivals(*stems("aumentare", "incrementare"))
    assert not are_rivals(*stems("incentivare", "centro"))


def test_words_that_frame_are_light() -> None:
    assert is_light(*stems("prevede"))
    assert not is_light(*stems("presentato"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bordo", "margine"),
        ("denaro", "somma"),
        ("preavviso", "avviso"),
        ("annaffiare", "irrigazione"),
        ("smarrito", "perso"),
    ],
)
def test_a_word_may_stand_for_another_in_a_paraphrase(one: str, other: str) -> None:
    first, second = stems(one, other)

    assert are_loosely_near(first, second)
    assert are_loosely_near(second, first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Comune", "Regione"),
        ("scuola", "ospedale"),
        ("treno", "autobus"),
        ("aumentare", "ridurre"),
        ("aprire", "chiudere"),
    ],
)
def test_things_of_one_kind_and_opposites_don_t_stand_for_each_other(one: str, other: str) -> None:
    assert not are_loosely_near(*stems(one, other))


def test_a_generic_word_says_little() -> None:
    assert all(is_generic(word) for word in stems("consistere", "contribuire", "periodo"))
    assert not any(is_generic(word) for word in stems("autostrada", "ospedale", "vendere"))


def test_no_line_of_the_thesaurus_joins_opposites() -> None:
    lines = yaml.safe_load(files("kb.language").joinpath("thesaurus.yaml").read_text(encoding="utf-8"))["loose"]
    pairs = [(one, other) for line in lines for one, other in combinations(stems(*line.split()), 2)]

    assert [pair for pair in pairs if are_rivals(*pair)] == []


def test_a_wide_word_is_told_by_words_of_its_kind() -> None:
    students, youth, plans = stem(["studenti", "giovani", "piani"])
    assert students in narrower(youth)
    assert youth not in narrower(students)
    assert narrower(plans) == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("estendere", "estensione"),
        ("trattiene", "trattenute"),
        ("morto", "morire"),
        ("esclude", "esclusione"),
    ],
)
def test_irregular_words_of_one_root_are_a_family(one: str, other: str) -> None:
    assert nearness(*stems(one, other)) >= 0.95


@pytest.mark.parametrize(
    ("one", "other"), [("descrive", "scrive"), ("informazione", "formazione"), ("impegno", "pegno")]
)
def test_a_word_that_only_begins_as_a_denial_is_no_opposite(one: str, other: str) -> None:
    assert not are_rivals(*stems(one, other))


def test_opposites_by_prefix_still_are() -> None:
    assert are_rivals(*stems("insufficiente", "sufficiente"))
    assert are_rivals(*stems("vigente", "abrogato"))


@pytest.mark.parametrize("text", ["nel corso dell’anno", "di norma", "a meno che", "messa a disposizione"])
def test_several_words_may_only_frame(text: str) -> None:
    assert frame_phrases().search(text)


def test_a_strong_deed_is_not_generic() -> None:
    assert all(is_generic(word) for word in stems("ammontano", "effettua", "suddiviso"))
    assert not any(is_generic(word) for word in stems("vendere", "finanzia", "multare", "assunto", "demolire"))
