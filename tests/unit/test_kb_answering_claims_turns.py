"""Turns: "non", "più domande" for "una sola", a cause or an order in time of one's own."""

from __future__ import annotations

import pytest

from kb.answering.claims.alignment import align
from kb.answering.claims.turns import find_turn

GRANT = (
    "Ogni circolo può presentare una sola domanda. Non sono ammesse le spese per viaggi e i compensi ai soci. Il "
    "contributo è salito per effetto del nuovo regolamento, mentre le quote dei soci sono scese."
)
CENTRE = (
    "Il Centro, per non limitarsi a una funzione meramente informativa, offre consulenze. L’accesso è libero, ma per "
    "la consulenza legale è necessario un appuntamento. È necessario compiere un passo verso una sede unica."
)


@pytest.mark.parametrize(
    ("claim", "source", "turn"),
    [
        ("Ogni circolo può presentare più domande.", GRANT, "quantifier"),
        ("Il contributo è salito a causa delle quote dei soci.", GRANT, "cause"),
        ("Il contributo è salito dopo le spese per viaggi.", GRANT, "cause"),
        ("Sono ammesse le spese per viaggi.", GRANT, "negation"),
        ("Il Centro svolge una funzione meramente informativa.", CENTRE, "quantifier"),
        ("Alla consulenza legale si accede senza appuntamento.", CENTRE, "negation"),
        ("È stata trovata una sede unica.", CENTRE, "modality"),
    ],
)
def test_a_turned_sentence_is_named_by_its_turn(claim: str, source: str, turn: str) -> None:
    assert find_turn(align(claim, [source])) == turn


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Ogni circolo presenta una domanda sola.", GRANT),
        ("Non sono ammesse le spese per viaggi né i compensi ai soci.", GRANT),  # "né" goes on with the list
        ("Le spese per viaggi sono escluse.", GRANT),  # a "non" in another word
        ("Il contributo è salito a causa del nuovo regolamento.", GRANT),
        ("Il Centro offre consulenze.", CENTRE),
        ("La consulenza legale richiede un appuntamento.", CENTRE),
    ],
)
def test_what_is_only_said_otherwise_is_not_turned(claim: str, source: str) -> None:
    assert find_turn(align(claim, [source])) is None


def test_by_how_much_something_has_grown_is_not_told_as_a_fall() -> None:
    quote = "Nel 2021 la mensa ha servito 300 pasti, il 12% in più dell’anno prima."

    assert find_turn(align("I pasti serviti sono calati del 12%.", [quote])) == "direction"
    assert find_turn(align("I pasti serviti sono cresciuti del 12%.", [quote])) is None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Tutte le uova sono fresche.", "Il 100 per cento delle uova è fresco."),
        ("Ogni persona ha due ore.", "Le prove durano due ore a persona."),
        ("Dentro e fuori dal centro si va piano.", "All’interno e all’esterno del centro si va piano."),
        ("Le quote restano valide finché non scadono.", "Le quote restano valide fino alla scadenza."),
        ("Chi è stato residente paga la quota.", "Chi ha avuto la residenza paga la quota."),
        ("La quota si versa anche solo in parte.", "La quota si versa anche in parte."),
        ("Non occorre più la marca.", "La marca non va più messa. Chi vuole può mettere un timbro."),
    ],
)
def test_what_is_said_in_another_form_is_no_turn(claim: str, source: str) -> None:
    assert find_turn(align(claim, [source])) is None
