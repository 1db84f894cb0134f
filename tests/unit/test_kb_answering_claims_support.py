"""New words: what a claim says in words that its quote has in no form, and how much of that is too much."""

from __future__ import annotations

import pytest

from kb.answering.claims.alignment import align
from kb.answering.claims.faithfulness import find_unfaithful
from kb.answering.claims.novelty import is_new, telling_words
from kb.answering.claims.support import load_support, support_features

MARKET = (
    "Il mercato coperto di Pietra apre il giovedì e ospita venti banchi, assegnati ogni anno con un bando; chi vende "
    "prodotti della valle paga metà canone."
)


def _new(claim: str, source: str = MARKET) -> list[str]:
    aligned = align(claim, [source])
    return [word.text for word in telling_words(aligned, frozenset()) if is_new(word, aligned)]


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("Il mercato coperto ospita venti banchi.", []),
        ("Con un avviso annuale si affidano venti banchi.", []),  # other words for the same
        ("Il mercato ospita venti banchi e una fontana.", ["fontana"]),
        ("Chi vende prodotti della valle consiste in venti banchi.", []),  # a verb of every use
        ("L’assegnazione dei banchi avviene ogni anno.", []),  # an irregular form of one
        ("Oggi il mercato coperto ospita venti banchi.", []),  # a word of every use that opens the sentence
        ("Borgo ospita venti banchi di Lodi.", ["Borgo", "Lodi"]),  # but for names
    ],
)
def test_a_word_is_new_where_no_quote_says_it_in_any_way(claim: str, words: list[str]) -> None:
    assert _new(claim) == words


def test_a_title_over_the_quote_may_be_named() -> None:
    aligned = align("Borgo Alto ospita venti banchi.", [MARKET])

    assert not [word for word in telling_words(aligned, frozenset(("borgo", "alto"))) if is_new(word, aligned)]


def test_every_feature_is_nothing_where_the_quote_has_every_word() -> None:
    features = support_features(align("Il mercato coperto di Pietra apre il giovedì.", [MARKET]))

    assert set(features) == set(load_support().weights)
    assert not any(features.values())


def test_an_addition_at_the_end_shows_in_the_run_and_the_last_word() -> None:
    features = support_features(align("Il mercato coperto ospita venti banchi e tre fontane barocche.", [MARKET]))

    assert features["run"] == 2
    assert features["last"] == 1
    assert features["share"] > 0


def test_no_feature_speaks_for_a_claim() -> None:
    assert all(weight <= 0 for weight in load_support().weights.values())


@pytest.mark.parametrize(
    "claim",
    [
        "Il giovedì apre il mercato coperto di Pietra.",
        "I banchi si affidano ogni anno con un avviso.",
        "Il canone è la metà per chi vende prodotti della valle.",
    ],
)
def test_what_the_quote_says_in_other_words_passes(claim: str) -> None:
    assert find_unfaithful(claim, [MARKET]) is None


@pytest.mark.parametrize(
    "claim",
    [
        "Il mercato coperto ospita venti banchi e una pista di pattinaggio.",
        "Il mercato coperto apre il giovedì grazie ai fondi della parrocchia.",
        "I pescatori vendono trote nel mercato coperto.",
    ],
)
def test_what_the_quote_does_not_say_is_dropped(claim: str) -> None:
    assert find_unfaithful(claim, [MARKET]) is not None


PIPES = (
    "Il consorzio coinvolge i Comuni nella scelta dei cantieri e intende ridurre le perdite della rete. La relazione "
    "sui cantieri è redatta ogni anno."
)


@pytest.mark.parametrize(
    "claim", ["I Comuni verificano le perdite della rete.", "I Comuni possono effettuare i cantieri."]
)
def test_a_wide_verb_gives_nobody_a_deed(claim: str) -> None:
    assert find_unfaithful(claim, [PIPES]) is not None


@pytest.mark.parametrize(
    "claim", ["Ogni anno viene preparata la relazione sui cantieri.", "Alla scelta dei cantieri si dedicano i Comuni."]
)
def test_a_wide_verb_that_gives_nobody_a_deed_is_not_new(claim: str) -> None:
    aligned = align(claim, [PIPES])
    assert not any(is_new(word, aligned) for word in telling_words(aligned, frozenset()))


def test_support_is_larger_where_more_is_said() -> None:
    claims = ("Il mercato assume giardinieri con un concorso.", "Il mercato coperto ospita venti banchi.")
    invented, honest = (load_support().probability(support_features(align(claim, [MARKET]))) for claim in claims)

    assert 0 < invented < honest < 1
