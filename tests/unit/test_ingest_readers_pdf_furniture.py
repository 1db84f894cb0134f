"""Running lines, folios and page labels, on lines made by hand."""

from __future__ import annotations

import pytest

from ingest.readers.pdf.furniture import SheetLines, find_furniture, folio_value, label_pages, to_roman
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.marks import Box


def line(text: str, base: float) -> Line:
    return Line(text, Box(50, base - 8, 300, base + 2), base, 10.0)


def sheets(texts: list[list[tuple[str, float]]]) -> list[SheetLines]:
    return [SheetLines(index, 800, [line(*each) for each in lines]) for index, lines in enumerate(texts, start=1)]


def removed(texts: list[list[tuple[str, float]]]) -> set[str]:
    return set(find_furniture(sheets(texts)).removed)


def test_a_header_that_comes_back_is_furniture_and_the_body_is_not() -> None:
    """Only lines near the page's edges are looked at."""
    pages = [[("Piano strategico", 40.0), ("Come sopra", 400.0), (f"pag. {4 + n}", 780.0)] for n in range(3)]

    assert removed(pages) == {"Piano strategico", "pag. 4", "pag. 5", "pag. 6"}
    assert find_furniture(sheets(pages)).folios == {1: "4", 2: "5", 3: "6"}


def test_numbers_that_do_not_count_the_pages_are_text() -> None:
    """A column of figures at the foot of each page is no folio."""
    assert removed([[("120", 780.0)], [("75", 780.0)], [("310", 780.0)]]) == set()


def test_footnotes_of_a_few_pages_are_text() -> None:
    """Notes numbered one a page, with the same words, are not decoration."""
    pages: list[list[tuple[str, float]]] = [[] for _ in range(20)]
    for place in (5, 6, 7):
        pages[place] = [(f"{place - 2} Per un elenco si veda l'Appendice 2", 760.0)]

    assert removed(pages) == set()


def test_a_folio_beside_the_running_title_is_read() -> None:
    """Even pages carry the number before the title."""
    pages = [[(f"{106 + n} Agenda strategica", 40.0)] for n in range(4)]

    assert find_furniture(sheets(pages)).folios == {1: "106", 2: "107", 3: "108", 4: "109"}


@pytest.mark.parametrize(("folio", "value"), [("12", 12), ("iv", 4), ("XIX", 19), ("xlii", 42), ("A-3", 0)])
def test_the_value_of_a_folio(folio: str, value: int) -> None:
    """Arabic and roman."""
    assert folio_value(folio) == value


def test_roman_figures_go_both_ways() -> None:
    """Every number to 100."""
    assert all(folio_value(to_roman(value, upper=False)) == value for value in range(1, 101))
    assert to_roman(4, upper=True) == "IV"


def test_a_page_without_a_number_takes_what_its_neighbours_imply() -> None:
    """Between 11 and 13 stands 12; before "i" and where the neighbours disagree stands nothing."""
    printed = {2: "i", 3: "ii", 4: "11", 6: "13", 8: "20"}

    assert label_pages(8, printed, None) == [
        (None, "none"),
        ("i", "printed"),
        ("ii", "printed"),
        ("11", "printed"),
        ("12", "inferred"),
        ("13", "printed"),
        (None, "none"),
        ("20", "printed"),
    ]


def test_the_files_own_labels_come_first_unless_they_only_count_the_sheets() -> None:
    """Labels that say 1, 2, 3 give way to the 104, 105, 106 that is printed."""
    printed = {1: "104", 2: "105", 3: "106"}

    assert label_pages(3, printed, ["A", "B", "C"])[0] == ("A", "pdf")
    assert label_pages(3, printed, ["1", "2", "3"])[0] == ("104", "printed")
    assert label_pages(3, {}, ["1", "2", "3"])[0] == ("1", "pdf")
