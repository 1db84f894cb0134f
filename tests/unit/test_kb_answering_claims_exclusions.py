"""Exclusions: what the quotes leave out, leave undone, or say of some alone."""

from __future__ import annotations

import pytest

from kb.answering.claims.alignment import align
from kb.answering.claims.exclusions import drops_who, takes_in_excluded

RULES = "Il regolamento disciplina l’uso dei campi e delle sale comunali."
OUT = "Sono esclusi dal regolamento il lago balneabile, affidato in concessione fino al 2031, e i maneggi."
ABSENT = "Tre assenze non comunicate nello stesso trimestre comportano la revoca del turno."
POOR = "Non paga la tessera chi ha un ISEE inferiore a 6.000 euro."
TOWNS = "I Comuni che non inviano i dati entro marzo sono esclusi dal riparto dei fondi."


@pytest.mark.parametrize(
    ("claim", "sources"),
    [
        ("Il regolamento disciplina l’uso del lago balneabile.", [RULES, OUT]),
        ("Tre assenze nello stesso trimestre comportano la revoca del turno.", [ABSENT]),
        ("Nessuno paga la tessera.", [POOR]),
    ],
)
def test_what_is_left_out_is_not_taken_in(claim: str, sources: list[str]) -> None:
    assert takes_in_excluded(align(claim, sources))


@pytest.mark.parametrize(
    ("claim", "sources"),
    [
        ("Il regolamento disciplina l’uso dei campi comunali.", [RULES, OUT]),
        ("Il lago balneabile è fuori dal regolamento.", [RULES, OUT]),
        ("La concessione del lago balneabile dura fino al 2031.", [RULES, OUT]),
        ("Chi manca tre volte senza comunicarlo nello stesso trimestre subisce la revoca del turno.", [ABSENT]),
        ("Nessun turno si tiene la domenica.", ["La domenica non si tiene nessun turno."]),
    ],
)
def test_what_stays_out_or_was_never_out_is_let_through(claim: str, sources: list[str]) -> None:
    assert not takes_in_excluded(align(claim, sources))


def test_what_is_said_of_some_is_not_said_of_all() -> None:
    assert drops_who(align("I Comuni sono esclusi dal riparto dei fondi.", [TOWNS]))


def test_who_is_meant_may_be_said_in_short() -> None:
    assert not drops_who(align("I Comuni senza dati inviati sono esclusi dal riparto dei fondi.", [TOWNS]))
