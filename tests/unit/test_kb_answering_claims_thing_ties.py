"""Who deals with a thing: a verb of every use gives nobody what the quotes leave in somebody else's hands."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

HOUSE = (
    "La Cassa rurale mette a disposizione le aule, il Comune garantisce i maestri e la merenda. Una "
    "commissione mista ne esamina ogni anno i conti. La palestra è stata disegnata da uno studio di Lecco, "
    "mentre il cantiere sarà affidato con una gara."
)
CARE = (
    "Il Comune ha affidato alla cooperativa Girandola la gestione del doposcuola. Le schede sono valutate da "
    "una giuria nominata dal dirigente. La Provincia rimborsa al canile 90 euro per ogni cane; le scuole "
    "possono adottare un cane. Il Consiglio ha approvato il piano e la Giunta lo applica. Il regolamento "
    "sollecita i rioni a fare altrettanto con gli acquisti; l’Unione dei rioni programma le feste, il Comune "
    "programma quelle civili."
)


@pytest.mark.parametrize(
    ("lie", "source"),
    [
        ("Il Comune valuta ogni anno i conti.", HOUSE),  # a verb of every use
        ("Il Comune mette a disposizione le aule e la Cassa rurale i maestri.", HOUSE),  # the verb is left out
        ("Lo studio di Lecco curerà il cantiere.", HOUSE),  # nobody's there, beside a contrast
        ("Il Comune gestisce il doposcuola.", CARE),  # entrusted to another
        ("Il dirigente valuta le schede.", CARE),  # who names is not who is named
        ("Le scuole pagano 90 euro per ogni cane.", CARE),
        ("La cooperativa Girandola approva il piano.", CARE),
    ],
)
def test_a_thing_in_other_hands_is_not_told_of_somebody(lie: str, source: str) -> None:
    assert find_unfaithful(lie, [source]) is not None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("La Cassa rurale mette a disposizione le aule, il Comune i maestri.", HOUSE),
        ("Una commissione mista valuta i conti ogni anno.", HOUSE),
        ("La cooperativa Girandola gestisce il doposcuola.", CARE),
        ("Il canile riceve dalla Provincia 90 euro per ogni cane.", CARE),  # who receives and who gives
        ("Una giuria valuta le schede.", CARE),
        ("La Giunta applica il piano.", CARE),  # "lo"
        ("Il Comune programma le feste civili.", CARE),  # "quelle civili"
    ],
)
def test_who_deals_with_it_in_the_quote_may_be_told(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) is None
