"""A row of a table answers by its columns: the year asked, the unit in their name or over the table."""

from __future__ import annotations

import pytest

from kb.answering.judging.rows import cells_of, counts_in_unit, gives_sum
from kb.language.questions import read_question

ROW = "Missione: 10; Denominazione: Trasporti; 2025: 4.310.000; 2026: 2.150.000"
OVER = "La tabella riporta le missioni più importanti, in euro."


def test_the_cells_of_a_row() -> None:
    assert cells_of(ROW)[2:] == [("2025", "4.310.000"), ("2026", "2.150.000")]
    assert cells_of("Gli uffici: aperti ogni giorno.") == []


@pytest.mark.parametrize(
    ("question", "around", "given"),
    [
        ("Quanto spende il Comune per i trasporti nel 2026?", OVER, True),
        ("Quanto spende il Comune per i trasporti?", OVER, True),
        ("Quanto spende il Comune per i trasporti nel 2031?", OVER, False),
        ("Quanto spende il Comune per i trasporti nel 2026?", "La tabella riporta le missioni.", False),
        ("Quanti Comuni ci sono nel 2026?", OVER, False),
    ],
)
def test_a_sum_stands_in_the_column_of_its_year(question: str, around: str, given: bool) -> None:
    assert gives_sum(read_question(question), ROW, around) is given


def test_the_unit_of_a_row() -> None:
    row = "Obiettivo: Estensione della rete (km); Traguardo 2028: 390; Traguardo 2032: 560"
    assert counts_in_unit(read_question("Quanti chilometri di rete ci saranno nel 2032?"), row)
    assert not counts_in_unit(read_question("Quanti Comuni ci saranno nel 2032?"), row)
    assert not counts_in_unit(read_question("Quanti chilometri ci sono?"), "La rete (km) cresce.")
