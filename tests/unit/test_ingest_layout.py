"""Reading order: columns move only when the given order does not read and another one does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import Vocabulary, gather_words
from ingest.layout import find_order, is_joined, join_cost

WORDS = gather_words(["le politiche per il lavoro di un’azienda"])


def test_swapped_columns_are_put_right() -> None:
    right, left = "promuovendo integrazione. Altri siti da destinarsi", "La Città offre servizi innovativi,"

    assert find_order([right, left], WORDS, after="all’installazione di stazioni") == [1, 0]


def test_columns_that_read_as_given_stay() -> None:
    assert find_order(["Prima frase.", "Seconda frase."], WORDS) == [0, 1]
    assert find_order(["Seconda va", "dopo la prima."], WORDS) == [0, 1]


def test_a_split_word_decides_by_the_words_of_the_document() -> None:
    assert join_cost("mettere al centro le politi-", "che per lavoro", WORDS) == 0
    assert join_cost("svolto da AFOL, un’a-", "che per lavoro", WORDS) == 1
    assert join_cost("le politi-", "Città metropolitana", WORDS) == 4


def test_what_joins() -> None:
    assert is_joined("servizi innovativi,", "promuovendo")
    assert is_joined("in accordo con il", "Piano Territoriale")
    assert not is_joined("Fine.", "Poi altro")
    assert not is_joined("Attori coinvolti", "Comuni")


def test_many_blocks_are_left_alone() -> None:
    assert find_order(["minuscola senza"] * 9, WORDS) == list(range(9))


@given(st.lists(st.text(alphabet="abAB .,-", min_size=1, max_size=10), max_size=6))
def test_an_order_is_always_a_permutation(texts: list[str]) -> None:
    assert sorted(find_order(texts, Vocabulary())) == list(range(len(texts)))
