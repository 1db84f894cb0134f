"""What is called crucial is the thing that the quote calls so."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

CAPACITY = (
    "Cruciale per l’attuazione di questo indirizzo è la capacità di cogliere tutte le opportunità di finanziamento che "
    "si presenteranno per rinnovare e riqualificare il patrimonio scolastico attuale."
)


@pytest.mark.parametrize(
    "lie",
    [
        "Il patrimonio scolastico è un elemento cruciale per l’attuazione di questo indirizzo.",
        "Il patrimonio scolastico è cruciale.",
    ],
)
def test_another_thing_called_crucial_is_caught(lie: str) -> None:
    assert find_unfaithful(lie, [CAPACITY]) is not None


def test_the_thing_itself_may_be_called_so() -> None:
    assert find_unfaithful("La capacità di cogliere le opportunità di finanziamento è cruciale.", [CAPACITY]) is None
