"""Tables of plain text whose columns stand one under the other become rows; what only looks like one stays prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.aligned_text import mark_tables
from ingest.readers.text import read_plain
from kb.records import BlockKind


def rows_of(text: str) -> list[str]:
    page = read_plain(text).pages[0]
    return [page.text[block.start : block.end] for block in page.blocks if block.kind is BlockKind.TABLE_ROW]


CANTEENS = """3. I numeri

Tabella 1 – Pasti serviti (in migliaia)
                     2022     2023     2024
Infanzia             45,2     47,0      9,5
Primaria          1.045,2  1.047,0  1.009,5
Quota bio (%)         31%      28%        -
Serale                        12,0     14,0
Totale            1.090,4  1.106,0  1.033,0

Nel 2024 i pasti diminuiscono per la prima volta, a causa del calo delle nascite.
"""


def test_a_table_by_year_becomes_rows_below_its_caption() -> None:
    page = read_plain(CANTEENS).pages[0]
    found = [(block.kind, page.text[block.start : block.end]) for block in page.blocks]
    assert found == [
        (BlockKind.HEADING, "3. I numeri"),
        (BlockKind.PARAGRAPH, "Tabella 1 – Pasti serviti (in migliaia)"),
        (BlockKind.TABLE_ROW, "Infanzia; 2022: 45,2; 2023: 47,0; 2024: 9,5"),
        (BlockKind.TABLE_ROW, "Primaria; 2022: 1.045,2; 2023: 1.047,0; 2024: 1.009,5"),
        (BlockKind.TABLE_ROW, "Quota bio (%); 2022: 31%; 2023: 28%; 2024: -"),
        (BlockKind.TABLE_ROW, "Serale; 2023: 12,0; 2024: 14,0"),
        (BlockKind.TABLE_ROW, "Totale; 2022: 1.090,4; 2023: 1.106,0; 2024: 1.033,0"),
        (BlockKind.PARAGRAPH, "Nel 2024 i pasti diminuiscono per la prima volta, a causa del calo delle nascite."),
    ]


TABLES = {
    "caption adj two-line head": (
        """\
Dati del servizio.
Tabella 3. Spesa per scuola
                       Spesa       Costo medio
Scuola                 (euro)      (euro)
---------------------  ----------  -----------
Infanzia Collodi        12.000        5,60
Primaria Pertini                      6,05
Secondaria Anna Frank  112.000        6,20
---------------------
Totale                 124.000        6,10
Nota: i dati sono provvisori.
""",
        [
            "Scuola: Infanzia Collodi; Spesa (euro): 12.000; Costo medio (euro): 5,60",
            "Scuola: Primaria Pertini; Costo medio (euro): 6,05",
            "Scuola: Secondaria Anna Frank; Spesa (euro): 112.000; Costo medio (euro): 6,20",
            "Scuola: Totale; Spesa (euro): 124.000; Costo medio (euro): 6,10",
        ],
    ),
    "groups": (
        """\
Iscritti per anno
                    2023                2024
Scuola         Maschi    Femmine   Maschi    Femmine
Pertini           120        130      125        131
Collodi            80         85       78         90
""",
        [
            "Scuola: Pertini; 2023 Maschi: 120; 2023 Femmine: 130; 2024 Maschi: 125; 2024 Femmine: 131",
            "Scuola: Collodi; 2023 Maschi: 80; 2023 Femmine: 85; 2024 Maschi: 78; 2024 Femmine: 90",
        ],
    ),
    "anno over years": (
        """\
                              Anno
Indicatore         2021/22    2022/23    2023/24
Iscritti             1.148      1.192      1.236
Pasti              158.300    169.450    176.900
""",
        [
            "Indicatore: Iscritti; Anno 2021/22: 1.148; Anno 2022/23: 1.192; Anno 2023/24: 1.236",
            "Indicatore: Pasti; Anno 2021/22: 158.300; Anno 2022/23: 169.450; Anno 2023/24: 176.900",
        ],
    ),
    "wrapped": (
        """\
Voce                          2023       2024
Entrate dalle famiglie
  e dal Comune             612.000    668.000
Spesa                      886.480  1.025.172
Contributo regionale per   100.000    120.000
le diete speciali
Altro                       10.000     11.000
""",
        [
            "Voce: Entrate dalle famiglie e dal Comune; 2023: 612.000; 2024: 668.000",
            "Voce: Spesa; 2023: 886.480; 2024: 1.025.172",
            "Voce: Contributo regionale per le diete speciali; 2023: 100.000; 2024: 120.000",
            "Voce: Altro; 2023: 10.000; 2024: 11.000",
        ],
    ),
    "long label one blank": (
        """\
Settore                2008      2015
Edifici residenziali 37.900    33.100
Terziario            17.200    15.800
Rifiuti               5.200     4.300
""",
        [
            "Settore: Edifici residenziali; 2008: 37.900; 2015: 33.100",
            "Settore: Terziario; 2008: 17.200; 2015: 15.800",
            "Settore: Rifiuti; 2008: 5.200; 2015: 4.300",
        ],
    ),
    "tabs": (
        "Indicatore\t2023\t2024\nIscritti\t1.148\t1.192\nPasti serviti nelle scuole\t158.300\t169.450\n",
        [
            "Indicatore: Iscritti; 2023: 1.148; 2024: 1.192",
            "Indicatore: Pasti serviti nelle scuole; 2023: 158.300; 2024: 169.450",
        ],
    ),
    "tabs empty": (
        "\t2023\t2024\nIscritti\t\t1.192\nPasti\t158.300\t\n",
        [
            "Iscritti; 2024: 1.192",
            "Pasti; 2023: 158.300",
        ],
    ),
    "double tabs": (
        "Indicatore\t\t\t2023\t2024\nIscritti\t\t\t1.148\t1.192\nPasti serviti nelle scuole\t158.300\t169.450\n",
        [
            "Indicatore: Iscritti; 2023: 1.148; 2024: 1.192",
            "Indicatore: Pasti serviti nelle scuole; 2023: 158.300; 2024: 169.450",
        ],
    ),
    "one row": (
        """\
Pasti per anno
              2022     2023     2024
Pasti       45.200   47.000   49.500
""",
        [
            "Pasti; 2022: 45.200; 2023: 47.000; 2024: 49.500",
        ],
    ),
    "blank rows": (
        """\
Voce            2023       2024

Spesa        886.480  1.025.172

Entrate      612.000    668.000

Il saldo è a carico del bilancio.
""",
        [
            "Voce: Spesa; 2023: 886.480; 2024: 1.025.172",
            "Voce: Entrate; 2023: 612.000; 2024: 668.000",
        ],
    ),
    "2col": (
        """\
Quartiere          Abitanti
Centro               12.300
Olmi                  4.210
Fornaci               8.054
""",
        [
            "Quartiere: Centro; Abitanti: 12.300",
            "Quartiere: Olmi; Abitanti: 4.210",
            "Quartiere: Fornaci; Abitanti: 8.054",
        ],
    ),
    "2col indented": (
        """\
La tabella seguente dà gli abitanti:
    Quartiere          Abitanti
    Centro               12.300
    Olmi                  4.210
""",
        [
            "Quartiere: Centro; Abitanti: 12.300",
            "Quartiere: Olmi; Abitanti: 4.210",
        ],
    ),
    "group rows": (
        """\
Scuola                2023    2024
Infanzia
  Collodi               80      85
  Arcobaleno            60      66
Primaria
  Pertini              120     130
Totale                 260     281
""",
        [
            "Scuola: Infanzia – Collodi; 2023: 80; 2024: 85",
            "Scuola: Infanzia – Arcobaleno; 2023: 60; 2024: 66",
            "Scuola: Primaria – Pertini; 2023: 120; 2024: 130",
            "Scuola: Totale; 2023: 260; 2024: 281",
        ],
    ),
    "trim": (
        """\
Indicatore     1° trimestre   2° trimestre
Accessi               1.200          1.340
Reclami                  12              9
""",
        [
            "Indicatore: Accessi; 1° trimestre: 1.200; 2° trimestre: 1.340",
            "Indicatore: Reclami; 1° trimestre: 12; 2° trimestre: 9",
        ],
    ),
    "date": (
        """\
Voce              31/12/2023   31/12/2024
Debito               812.000      790.000
Cassa                 40.500       51.000
""",
        [
            "Voce: Debito; 31/12/2023: 812.000; 31/12/2024: 790.000",
            "Voce: Cassa; 31/12/2023: 40.500; 31/12/2024: 51.000",
        ],
    ),
    "3 spaces year single": (
        """\
                2024
Iscritti       1.148
Pasti        158.300
""",
        [
            "Iscritti; 2024: 1.148",
            "Pasti; 2024: 158.300",
        ],
    ),
    "text caption": (
        """\
Tabella 4 – Referenti
Ufficio        Referente
Anagrafe       Rossi
Tributi        Bianchi
""",
        [
            "Ufficio: Anagrafe; Referente: Rossi",
            "Ufficio: Tributi; Referente: Bianchi",
        ],
    ),
    "notes": (
        """\
Voce          2023    2024
Spesa        1.100   1.200
Totale       2.100   2.200
(*) dati provvisori
""",
        [
            "Voce: Spesa; 2023: 1.100; 2024: 1.200",
            "Voce: Totale; 2023: 2.100; 2024: 2.200",
        ],
    ),
    "notes2": (
        """\
Voce          2023    2024
Spesa        1.100   1.200
Totale       2.100   2.200
di cui 100 per i disabili
""",
        [
            "Voce: Spesa; 2023: 1.100; 2024: 1.200",
            "Voce: Totale; 2023: 2.100; 2024: 2.200",
        ],
    ),
}


@pytest.mark.parametrize(("text", "rows"), TABLES.values(), ids=TABLES)
def test_the_forms_a_table_takes(text: str, rows: list[str]) -> None:
    assert rows_of(text) == rows


PROSE = {
    "head row": """\
Via Verdi       in corso
Via Roma        2023
Via Po          2024
""",
    "head row2": """\
Infanzia       Gratuito
Primaria       5,00 euro
Secondaria     6,00 euro
""",
    "votes": """\
Rossi Mario      Sindaco        presente
Bianchi Anna     Assessore      presente
Verdi Luca       Assessore      assente
Neri Ugo         Assessore      assente
Blu Ada          Assessore      assente
""",
    "justified": """\
Il  servizio è affidato  alla società Gustolieve,  che si
è aggiudicata  la gara per il  periodo dal 1° settembre al
31 agosto  2027. I pasti sono  preparati nel centro  di via
Pascoli 40 e  trasportati in  sette refettori ogni  giorno.
""",
    "index": """\
Indice
1. Premessa ................ 3
2. Il servizio ............. 5
3. Le tariffe .............. 9
""",
    "index blanks": """\
Capitolo                 Pag.
1. Premessa                 3
2. Il servizio              5
3. Le tariffe               9
""",
    "index blanks 2": """\
SOMMARIO
1. Premessa                 3
2. Il servizio              5
3. Le tariffe               9
""",
    "sign": """\
La Sindaca                                Il Segretario generale
Elena Marchisio                           Pietro Anselmi
""",
    "sign3": """\
Firmato:
Il Presidente         Il Consigliere anziano     Il Segretario
Mario Rossi           Anna Bianchi               Luca Verdi
""",
    "addr": """\
Comune di Prova            Spett.le Ditta Alfa
via Roma 12                via Garibaldi 3
20100 Milano               20099 Sesto San Giovanni
""",
    "list tab": "1.\tLa domanda si presenta a maggio.\n2.\tIl contributo è di 200 euro.\n3.\tNon c'è bollo.\n",
    "list tab fig": "a)\t200 euro\nb)\t300 euro\nc)\t400 euro\n",
    "letterhead": """\
COMUNE DI PROVA            Prot. n. 1234
Ufficio tecnico            Milano, 3 marzo 2025
""",
    "names": """\
Sono presenti i consiglieri:
Mario Rossi        Anna Bianchi       Luca Verdi
Ugo Neri           Ada Gialli         Pia Rosa
Leo Blu            Ivo Viola          Eva Grigi
""",
    "poem": """\
Nel mezzo del cammin       di nostra vita
mi ritrovai per una        selva oscura
che la diritta via         era smarrita
""",
    "newspaper": """\
Il piano della città         La mobilità dolce cresce
cresce ogni anno con         di 12 chilometri e porta
risorse proprie e dà         3 nuove piste nei quartieri
servizi a tutti gli          che ne avevano bisogno
""",
    "contacts": """\
Ufficio Anagrafe        02 1234567
Ufficio Tributi         02 7654321
""",
    "form": """\
Nome ____________   Cognome ____________
Nato a __________   il _________________
""",
    "footer": """\
Comune di Prova                   Pagina 3
""",
    "prose figures": """\
Nel 2024 la spesa  è stata di 12.000 euro e
nel 2025 la somma  è di 14.000 euro in più;
nel 2026 il conto  sarà di 16.000 euro circa
""",
    "vote": """\
Rossi Mario      Sindaco        presente
Bianchi Anna     Assessore      presente
Verdi Luca       Assessore      assente
""",
    "tabs whose trimmed end hides a column": "\t2023\t2024\nIscritti\t\t1.192\nPasti\t158.300\n",
    "groups of years that are unsure": """\
Scuola        2023                2024
           Maschi   Femmine   Totale  Quota
Pertini       120       130      125     131
Collodi        80        85       78      90
""",
    "same name twice": """\
Voce        euro    %      euro    %
Pasti        120   13%      125   31%
Altro         80    8%       78    9%
""",
    "labels missing": """\
Scuola       Anno    Alunni
Pertini      2023       120
             2024       125
Collodi      2023        80
""",
    "cell over two columns": """\
Voce         2023     2024
Spesa       1.100    1.200
Entrate    non ancora note
Altro       1.100    1.200
""",
}


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE)
def test_what_only_looks_like_a_table_stays_as_it_is(text: str) -> None:
    assert rows_of(text) == []
    assert mark_tables(text.split("\n")) == text.split("\n")


@given(st.lists(st.text(alphabet="aB1. \t(,%", max_size=40), max_size=8))
def test_no_word_is_lost_whatever_the_lines(lines: list[str]) -> None:
    assert set(" ".join(lines).split()) <= set(" ".join(mark_tables(lines)).split())


_COLUMN = st.lists(st.integers(0, 99_999), min_size=3, max_size=3)


@given(st.lists(_COLUMN, min_size=2, max_size=6), st.booleans())
def test_each_figure_stands_under_its_own_year(rows: list[list[int]], right: bool) -> None:
    years = ["2022", "2023", "2024"]
    lines = [["Voce", *years], *([f"Riga {chr(65 + at)}", *map(str, row)] for at, row in enumerate(rows))]
    text = "\n".join(
        "".join(cell.rjust(11) if right and at else cell.ljust(11) for at, cell in enumerate(line)) for line in lines
    )
    wanted = [
        f"Voce: {line[0]}; " + "; ".join(f"{year}: {cell}" for year, cell in zip(years, line[1:], strict=True))
        for line in lines[1:]
    ]
    found = rows_of(text)
    assert found in (wanted, [])
    assert found or any(1900 <= figure < 2100 for row in rows for figure in row)
