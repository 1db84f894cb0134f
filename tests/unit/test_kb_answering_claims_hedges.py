"""What a quote hedges is not said simply; what someone "does" is a thing that the quote has."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

SCHOOLS = (
    "Conta la capacità di rinnovare il patrimonio scolastico attuale, ancora in buona misura obsolescente, impegno "
    "peraltro già in parte avviato con il progetto per la riqualificazione energetica."
)
NODE = (
    "La scuola è pensata come un «nodo di quartiere», che collega servizi come biblioteca e mercato con parchi, piazze "
    "e buone pratiche ambientali e di risparmio energetico."
)


@pytest.mark.parametrize(
    "lie",
    [
        "Il patrimonio scolastico attuale è ancora obsolescente.",
        "Il patrimonio scolastico attuale è ancora obsolescente, impegno già in parte avviato con il progetto.",
        "L’impegno è già avviato con il progetto per la riqualificazione energetica.",
    ],
)
def test_a_hedge_that_is_left_out_is_caught(lie: str) -> None:
    assert find_unfaithful(lie, [SCHOOLS]) is not None


def test_a_hedge_may_be_another() -> None:
    said = "Il patrimonio scolastico attuale è ancora in gran parte obsolescente."
    assert find_unfaithful(said, [SCHOOLS]) is None
    assert find_unfaithful("Il patrimonio scolastico attuale va rinnovato.", [SCHOOLS]) is None


def test_what_is_done_is_no_adjective_of_something_else() -> None:
    lie = (
        "Le scuole possono fare energia con il quartiere, come un «nodo» che collega servizi come biblioteca e mercato."
    )
    assert find_unfaithful(lie, [NODE]) == "unsaid"
    source = "Nelle scuole si fa formazione sul risparmio energetico."
    assert find_unfaithful("Le scuole fanno formazione sul risparmio energetico.", [source]) is None
    assert find_unfaithful("Nelle scuole si può fare formazione.", ["Nelle scuole si può formare chi lavora."]) is None
