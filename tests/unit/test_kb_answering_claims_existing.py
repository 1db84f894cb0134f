"""What is still to come is not there already."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

MANAGER = (
    "Negli anni scorsi è stato costituito un solo Ambito Territoriale Ottimale e il passo successivo è il gestore "
    "unico del Servizio Idrico Integrato."
)
NETWORK = "La rete duale esiste già in due Comuni e fa usare meglio l’acqua."


@pytest.mark.parametrize(
    "lie",
    [
        "Il gestore unico esiste già",
        "Il gestore unico dell’acqua esiste gia",
        "C’è già un gestore unico del Servizio Idrico.",
    ],
)
def test_the_next_step_is_not_taken_yet(lie: str) -> None:
    assert find_unfaithful(lie, [MANAGER]) is not None


def test_what_is_there_may_be_told() -> None:
    assert find_unfaithful("La rete duale esiste già in due Comuni.", [NETWORK]) is None
    assert find_unfaithful("È stato già costituito un solo Ambito Territoriale Ottimale.", [MANAGER]) is None
