"""A row of a table answers by its columns: the year asked, the unit in their name or over the table."""

from __future__ import annotations

import pytest

from kb.answering.judging.rows import (
    cells_of,
    counts_as_titled,
    counts_in_unit,
    counts_labels,
    gives_sum,
    has_bare_number,
    is_beside_its_row,
    is_title,
    says_place,
    title_over,
    with_title,
)
from kb.language.questions import read_question
from kb.records import Passage, Span

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


TITLE = "Tabella 2. Pasti serviti per plesso"
TABLE = f"""I plessi sono molti.
{TITLE}
Plesso: Collodi; 2022: 58; 2023: 61
Plesso: Rodari; 2022: 44; 2023: 47"""
RODARI = TABLE.index("Plesso: Rodari")


def test_small_sums_count_where_the_table_says_that_it_counts_in_euro() -> None:
    row, question = (
        "Missione: Cultura; 2023: 310; 2024: 295",
        read_question("Quanto si spende per la cultura nel 2024?"),
    )
    assert gives_sum(question, row, "Gli importi sono in migliaia di euro.")
    assert not gives_sum(question, row, "Per la cultura si spendono molti euro.")


def test_the_title_over_a_row_is_a_heading_of_it() -> None:
    passage = Passage("p", "mense", TABLE, (Span(1, 0, len(TABLE)),), ("",), section=("Mense",))
    assert title_over(TABLE, RODARI) == TITLE
    assert with_title(passage, RODARI).section == ("Mense", TITLE)
    assert with_title(passage, 0) is passage
    assert title_over(f"I plessi sono molti.\n{TABLE[RODARI:]}", len("I plessi sono molti.\n")) == ""
    assert not is_title("I plessi sono molti.")


def test_a_title_says_what_numbers_count_and_a_column_of_labels_does_not() -> None:
    row = TABLE[RODARI:]
    pasti, plessi = read_question("Quanti pasti nel 2022 alla Rodari?"), read_question("Quanti plessi ci sono?")
    assert counts_as_titled(pasti, row, TITLE, counted_as=("past",))
    assert not counts_as_titled(plessi, row, TITLE, counted_as=("pless",))
    assert counts_labels(plessi, row, counted_as=("pless",))
    assert not counts_labels(plessi, "Comune: Rho; Plessi: 12", counted_as=("pless",))


def test_another_row_of_the_table_is_asked() -> None:
    asked = read_question("Quanti pasti si servono alla Rodari?")
    assert is_beside_its_row(asked, TABLE, TABLE.index("Plesso: Collodi"))
    assert not is_beside_its_row(asked, TABLE, RODARI)
    assert not is_beside_its_row(read_question("Quanti pasti si servono?"), TABLE, RODARI)


@pytest.mark.parametrize(
    ("row", "bare"),
    [
        ("Plesso: Rodari; 2022: 44", True),
        ("Plesso: Rodari; Prezzo: 44 euro", False),
        ("Linea: M1; Lunghezza (km): 27", False),
        ("N.: 3; Progetto: Silam", False),
        ("Rodari; 44; 47", True),
        ("I pasti sono 44.", False),
    ],
)
def test_numbers_without_a_unit(row: str, bare: bool) -> None:
    assert has_bare_number(row) is bare


def test_what_all_rows_come_to_is_asked_where_no_row_is_named() -> None:
    table = "Sede: Rho; Iscritti: 950\nSede: Arese; Iscritti: 120\nSede: Totale; Iscritti: 1.070"
    total = table.index("Sede: Totale")

    assert is_beside_its_row(read_question("Quanti iscritti ci sono?"), table, 0)
    assert not is_beside_its_row(read_question("Quanti iscritti ci sono?"), table, total)
    assert not is_beside_its_row(read_question("Quanti iscritti ci sono a Rho?"), table, 0)
    assert not is_beside_its_row(read_question("Quanti iscritti ci sono?"), table[: total - 1], 0)


def test_a_sentence_over_a_table_counts_nothing_in_it() -> None:
    row, asked = "Criterio: Qualità; Massimo: 40", read_question("Quante domande sono arrivate?")

    assert not counts_as_titled(asked, row, "Le domande sono valutate con 100 punti:", counted_as=("domand",))
    assert counts_as_titled(asked, row, "Domande per criterio", counted_as=("domand",))


@pytest.mark.parametrize(
    ("question", "row", "counts"),
    [
        ("Quanti chilometri è lunga?", "Itinerario: Rho - Arese; Lunghezza: 4,8 km", True),
        ("Quanti chilometri è lunga?", "Linea: M1; Lunghezza (km): 27", True),
        ("Quanti chilometri è lunga?", "Itinerario: Rho - Arese; Costo: 48 euro", False),
    ],
)
def test_a_value_in_the_unit_that_is_counted(question: str, row: str, counts: bool) -> None:
    assert counts_in_unit(read_question(question), row) is counts


def test_a_row_says_where_by_a_column_or_a_street() -> None:
    assert says_place("Sportello: Anagrafe; Indirizzo: piazza Libertà 1")
    assert says_place("Ufficio: Anagrafe; Contatti: via Cavour 12")
    assert not says_place("Linea: Linea 1; Percorso: Stazione - Centro - Ospedale")
