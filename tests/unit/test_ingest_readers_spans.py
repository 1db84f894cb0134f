"""Tables whose cells take several columns or rows."""

from __future__ import annotations

import pytest

from ingest.readers.spans import MOST_COLUMNS, Cell, count_first_heads, read_table
from kb.records import BlockKind


def texts(rows: list[list[Cell]], heads: int | None = None) -> list[str]:
    return [piece.text for piece in read_table(rows, heads=heads)]


def row(*cells: str) -> list[Cell]:
    return [Cell(text) for text in cells]


def heads(*cells: str) -> list[Cell]:
    return [Cell(text, is_head=True) for text in cells]


def test_a_head_over_several_columns_names_each_with_the_head_below_it() -> None:
    above = [Cell("Tipo", True, rows=2), Cell("Tariffa al giorno", True, columns=2)]

    assert texts([above, heads("Categoria 1", "Categoria 2"), row("Dehors", "0,42 €", "0,30 €")]) == [
        "Tipo: Dehors; Tariffa al giorno Categoria 1: 0,42 €; Tariffa al giorno Categoria 2: 0,30 €"
    ]


def test_a_value_of_several_rows_or_columns_stands_in_each() -> None:
    rows = [
        heads("Zona", "Mattina", "Sera"),
        [Cell("Centro", rows=2), *row("1,50 €", "2,00 €")],
        [Cell("gratuita", columns=2)],
    ]

    assert texts(rows) == [
        "Zona: Centro; Mattina: 1,50 €; Sera: 2,00 €",
        "Zona: Centro; Mattina: gratuita; Sera: gratuita",
    ]


def test_a_cell_as_wide_as_the_table_is_a_title_of_what_follows() -> None:
    rows = [
        [Cell("Tariffe 2026", True, columns=2)],
        heads("Zona", "Tariffa"),
        [Cell("Residenti", columns=2)],
        row("Centro", "1 €"),
    ]

    found = list(read_table(rows))
    assert [(piece.text, piece.kind) for piece in found] == [
        ("Tariffe 2026", BlockKind.PARAGRAPH),
        ("Residenti", BlockKind.PARAGRAPH),
        ("Zona: Centro; Tariffa: 1 €", BlockKind.TABLE_ROW),
    ]


def test_a_row_whose_first_cell_alone_is_a_head_is_told_under_it() -> None:
    rows = [[*heads("Telefono"), *row("0312 440 100")], [*heads("Orario"), *row("9-12", "14-16")]]

    assert texts(rows) == ["Telefono: 0312 440 100", "Orario: 9-12; 14-16"]


def test_a_table_of_nothing_but_heads_keeps_its_last_row() -> None:
    assert texts([heads("Anno", "Voto")]) == ["Anno; Voto"]


@pytest.mark.parametrize(
    ("second", "count"),
    [(row("Categoria 1", "Categoria 2"), 1), (row("2024", "2025"), 2), (row("Mattina", "Sera"), 2)],
)
def test_what_stands_under_a_head_over_columns_is_a_head_unless_it_holds_a_figure(
    second: list[Cell], count: int
) -> None:
    first = [Cell("Tipo", rows=2), Cell("Tariffa", columns=2)]

    assert count_first_heads([[Cell("Tariffe", columns=3)], first, second, row("Dehors", "0,42", "0,30")]) == count


def test_a_cell_that_claims_a_million_columns_takes_a_hundred() -> None:
    (found,) = read_table([[Cell("a", columns=10**6), Cell("b")], [Cell("x")]], heads=1)

    assert found.text == "a: x"
    assert len(texts([[Cell("a"), Cell("b", rows=10**6)], row("x")])) == 2
    assert MOST_COLUMNS == 100
