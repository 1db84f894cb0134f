"""Conditions, risks, possibilities, negations and quantifiers that a sentence leaves out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.answering.claims.alignment import Aligned, align
from kb.answering.claims.provisos import claims_as_done, loses_negation, loses_proviso
from kb.answering.claims.turns import widens

POOL = "La piscina potrà restare aperta la sera, se il Comune troverà un bagnino."
FAIR = "Il comitato sostiene, dove possibile, l’apertura dei cortili durante la fiera."
TRAFFIC = "Le consegne, se non governate, rischiano di intasare il centro."
TREES = "Alcuni viali saranno alberati affinché ogni quartiere abbia ombra."
FUND = "Gli atelier non ricevono fondi regionali e saranno affidati a una cooperativa."


@pytest.mark.parametrize(
    ("claim", "source", "is_lost"),
    [
        ("La piscina resta aperta la sera.", POOL, loses_proviso),
        ("Il comitato aprirà i cortili durante la fiera.", FAIR, loses_proviso),
        ("Le consegne hanno intasato il centro.", TRAFFIC, loses_proviso),
        ("Gli atelier ricevono fondi regionali.", FUND, loses_negation),
        ("Tutti i viali saranno alberati.", TREES, widens),
        ("Gli atelier hanno affidato i fondi.", FUND.replace("affidati", "da affidare"), claims_as_done),
    ],
)
def test_what_a_sentence_leaves_out_is_noticed(claim: str, source: str, is_lost: Callable[[Aligned], bool]) -> None:
    assert is_lost(align(claim, [source]))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Se il Comune troverà un bagnino, la piscina potrà restare aperta la sera.", POOL),
        ("Dove possibile, il comitato sostiene l’apertura dei cortili.", FAIR),
        ("Le consegne rischiano di intasare il centro.", TRAFFIC),
        ("Gli atelier non ricevono fondi regionali.", FUND),
        ("Alcuni viali saranno alberati.", TREES),
        ("Gli atelier saranno affidati a una cooperativa.", FUND),
    ],
)
def test_what_a_sentence_keeps_is_let_through(claim: str, source: str) -> None:
    aligned = align(claim, [source])

    assert not any(is_lost(aligned) for is_lost in (loses_proviso, loses_negation, widens, claims_as_done))
