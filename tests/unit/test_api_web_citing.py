"""How a place is cited, and what is exported."""

from __future__ import annotations

import csv
import io

import pytest

from api.web.citing import cite, page_link, source_link
from api.web.exports import as_csv, as_markdown

PLACE = {
    "document": "psttm-agenda-strategica",
    "title": "Piano strategico 2022-2024, Agenda strategica",
    "edition": None,
    "driver": 8,
    "article": None,
    "page_label": "120",
    "page_index": 17,
    "start": 3,
    "end": 9,
}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "PSTTM 2022-2024, Driver 8, p. 120"),
        ({"edition": "2019-2021"}, "PSTTM 2019-2021, Driver 8, p. 120"),
        ({"document": "ptm", "title": "PTM", "driver": None, "article": "5-bis"}, "PTM, art. 5-bis, p. 120"),
        ({"page_label": None}, "PSTTM 2022-2024, Driver 8, pagina 17 del file"),
        (
            {"document": "driver-08", "title": "Scheda Driver 8, Il lavoro", "edition": "2022-2024"},
            "Scheda Driver 8, Il lavoro, ed. 2022-2024, p. 120",
        ),
        ({"document": "norme", "title": "Norme", "driver": None, "page_label": "iv"}, "Norme, p. iv"),
    ],
)
def test_a_place_is_cited_as_acts_do(changed: dict[str, object], words: str) -> None:
    assert cite(PLACE | changed) == words


def test_a_quote_has_an_address_that_names_its_release() -> None:
    assert (
        source_link(PLACE, "r_1") == "/documenti/psttm-agenda-strategica/pagine/17?release=r_1&start=3&end=9#citazione"
    )
    assert source_link(PLACE).endswith("/17?start=3&end=9#citazione")
    assert page_link("a/b c", 1) == "/documenti/a%2Fb%20c/pagine/1"


ROW = {"citazione": "PTM, art. 5", "documento": "PTM", "testo": "=1+1\n# non un titolo", "collegamento": "http://x/y"}


def test_a_spreadsheet_runs_nothing_of_what_was_exported() -> None:
    rows = list(csv.reader(io.StringIO(as_csv([ROW]).removeprefix("\ufeff"))))

    assert rows == [
        ["citazione", "documento", "testo", "collegamento"],
        ["PTM, art. 5", "PTM", "'=1+1\n# non un titolo", "http://x/y"],
    ]
    assert as_csv([]) == "\ufeff"


def test_markdown_quotes_each_line_and_means_nothing_by_its_marks() -> None:
    text = as_markdown("consumo *di* suolo", [ROW])

    assert text.startswith(
        "# consumo \\*di\\* suolo\n\n## PTM, art. 5\n\n> =1+1\n> \\# non un titolo\n\n[PTM](<http://x/y>)"
    )
