"""What a refusal shows: the sentence that comes nearest, only where it may be what the person looks for."""

from __future__ import annotations

import pytest

from kb.answering.judging.closest import HELD, MOST_CHARS, closest_sentence
from kb.answering.judging.outvoting import OUTDONE
from kb.answering.state import Evidence
from kb.records import Passage, Span


def evidence(text: str, *, coverage: float = 0.8, outdone: float = 0.0) -> Evidence:
    passage = Passage("p_1", "scheda", text, (Span(1, 0, len(text)),), ("",))
    return Evidence(passage, 0, len(text), 1.0, {"coverage": coverage, "outdone": outdone})


NEAR = evidence("I primi due ritiri dell'anno sono gratuiti, dal terzo si pagano 20,00 euro.")


@pytest.mark.parametrize("veto", ["", "untold", "unknown_word"])
def test_the_best_sentence_is_the_closest(veto: str) -> None:
    assert closest_sentence((NEAR, evidence("Un'altra frase.")), veto=veto) is NEAR


@pytest.mark.parametrize("veto", ["elsewhere", "unknown_driver", "not_in_driver", "no_subject"])
def test_where_nothing_can_be_meant_nothing_is_shown(veto: str) -> None:
    assert closest_sentence((NEAR,), veto=veto) is None


@pytest.mark.parametrize(
    "one",
    [
        evidence("Il biglietto costa 2 euro.", coverage=HELD - 0.01),
        evidence("Il biglietto costa 2 euro.", outdone=OUTDONE + 0.01),
        evidence("Il Comune offre:"),
        evidence("Il biglietto costa due euro " * (MOST_CHARS // 28 + 1)),
        evidence("Scuola: Rodari; 2022: 44; 2023: 51"),
    ],
    ids=["holds little", "another is nearer", "opens a list", "too long", "a row without its unit"],
)
def test_a_sentence_that_would_mislead_is_not_shown(one: Evidence) -> None:
    assert closest_sentence((one,)) is None


def test_without_evidence_there_is_none() -> None:
    assert closest_sentence(()) is None
