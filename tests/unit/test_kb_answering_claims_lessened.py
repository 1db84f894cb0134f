"""What is to be lessened is not told as wanted."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

SOIL = "Il Driver cerca un equilibrio dinamico fra il contenimento del consumo di suolo e la rigenerazione urbana."
WASTE = "Il Comune promuove la riduzione dei rifiuti e la raccolta differenziata in tutti i quartieri."
BARRIERS = "Il bando finanzia il progressivo superamento delle barriere architettoniche negli edifici pubblici."


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Il Driver cerca un equilibrio dinamico fra il consumo di suolo e la rigenerazione urbana.", SOIL),
        ("Il Comune promuove i rifiuti e la raccolta differenziata in tutti i quartieri.", WASTE),
        ("Il bando finanzia le barriere architettoniche negli edifici pubblici.", BARRIERS),
    ],
)
def test_a_thing_told_without_its_lessening_is_dropped(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) == "direction"


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Il Driver cerca un equilibrio fra il contenimento del consumo di suolo e la rigenerazione urbana.", SOIL),
        ("Il Comune promuove la raccolta differenziata in tutti i quartieri.", WASTE),
        ("Il Comune vuole ridurre i rifiuti e promuove la raccolta differenziata in tutti i quartieri.", WASTE),
        ("Il bando finanzia il superamento delle barriere architettoniche negli edifici pubblici.", BARRIERS),
        ("Il Comune raccoglie i rifiuti.", "Il Comune raccoglie i rifiuti e promuove la riduzione dei rifiuti."),
    ],
)
def test_what_is_lessened_still_is_passes(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) is None


def test_a_question_states_nothing() -> None:
    source = "Il piano prevede di recuperare gli edifici degradati."
    assert find_unfaithful("Il piano prevede di recuperare gli edifici degradati?", [source]) == "format"
