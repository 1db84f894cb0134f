"""Clefts read as plain clauses."""

from __future__ import annotations

import pytest

from kb.answering.claims.clefts import read_cleft
from kb.answering.claims.faithfulness import find_unfaithful

NET = "Con questi accordi la Città metropolitana, assicurando la manutenzione della rete, aiuta i Comuni a usarla."


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Sono i Comuni ad assicurare la rete.", "i Comuni assicurano la rete."),
        ("Nei primi anni è l’impresa a occuparsi degli alberi.", "Nei primi anni l’impresa si occupa degli alberi."),
        ("Sarà la Giunta a definire il progetto.", "la Giunta definisce il progetto."),
        ("Il Piano è chiamato a fornire linee.", "Il Piano è chiamato a fornire linee."),
        ("Sono i tempi a stufare.", "Sono i tempi a stufare."),  # a verb that is not known
    ],
)
def test_a_cleft_is_read_as_a_clause(text: str, plain: str) -> None:
    assert read_cleft(text) == plain


def test_who_does_it_is_seen_in_a_cleft() -> None:
    assert find_unfaithful("Sono i Comuni ad assicurare la manutenzione della rete.", [NET]) == "actor"
    assert find_unfaithful("È la Città metropolitana ad assicurare la manutenzione della rete.", [NET]) is None
