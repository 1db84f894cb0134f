"""A plain text that keeps Markdown's marks is read with its headings and tables."""

from __future__ import annotations

from ingest.readers.marked_text import is_marked
from ingest.readers.text import read_plain
from kb.records import BlockKind

TEXT = """# Carta dei servizi

## 1. Gli orari

Le linee passano ogni giorno, anche nei giorni festivi e in agosto.

| Linea | Prima corsa | Ultima corsa |
|---|:---:|---|
| 1 | 5.20 | 23.40 |
| 2 |  | 21.30 |

Chi viaggia senza biglietto paga una sanzione di 65 euro.
"""


def test_headings_and_rows_of_a_marked_text() -> None:
    reading = read_plain(TEXT)
    page = reading.pages[0]
    found = [(block.kind, block.level, page.text[block.start : block.end]) for block in page.blocks]
    assert reading.title == "Carta dei servizi"
    assert found == [
        (BlockKind.HEADING, 1, "Carta dei servizi"),
        (BlockKind.HEADING, 2, "1. Gli orari"),
        (BlockKind.PARAGRAPH, 0, "Le linee passano ogni giorno, anche nei giorni festivi e in agosto."),
        (BlockKind.TABLE_ROW, 0, "Linea: 1; Prima corsa: 5.20; Ultima corsa: 23.40"),
        (BlockKind.TABLE_ROW, 0, "Linea: 2; Ultima corsa: 21.30"),
        (BlockKind.PARAGRAPH, 0, "Chi viaggia senza biglietto paga una sanzione di 65 euro."),
    ]


def test_a_bar_alone_makes_no_table() -> None:
    assert not is_marked(["Il piano | la città", "a | b"])
    assert "Il piano | la città" in read_plain("Il piano | la città è scritto così da molti anni.\n").pages[0].text


def test_the_title_of_a_text_is_not_its_first_numbered_section() -> None:
    opening = "COMUNE DI PROVA Servizio Finanziario\n\n"
    sections = "1. CHE COS'È IL BILANCIO\n\nIl bilancio è un documento con cui il Consiglio autorizza le spese.\n"
    assert read_plain(opening + sections).title == "COMUNE DI PROVA Servizio Finanziario"
    assert read_plain(sections).title == "1. CHE COS'È IL BILANCIO"
