"""Figures are read the same in every spelling, and never equal what they don't say."""

from __future__ import annotations

import pytest

from kb.language.figures import find_figures, measured_figures, missing_figures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tra il 25% e il 30%, 20% minimo", ["percent 25", "percent 30", "percent 20"]),
        ("25-30%", ["percent 25", "percent 30"]),
        ("venticinque per cento", ["percent 25"]),
        ("LR 29/2022", ["law lr 29/2022"]),
        ("legge regionale n. 29 del 2022", ["law lr 29/2022"]),
        ("L.R. 29/2022", ["law lr 29/2022"]),
        ("legge 7 aprile 2014, n. 56", ["law l 56/2014"]),
        ("D.Lgs. n. 42/2004, art. 5-bis, comma 3", ["law dlgs 42/2004", "article art 5-bis", "article comma 3"]),
        ("decreto-legge n. 179 del 2012", ["law dl 179/2012"]),
        ("106.000 euro", ["amount 106000"]),
        ("€ 1.000,50", ["amount 1000.5"]),
        ("tre milioni di euro", ["amount 3000000"]),
        ("due miliardi", ["number 2000000000"]),
        ("12 ottobre 2026", ["date 2026-10-12"]),
        ("12/10/2026", ["date 2026-10-12"]),
        ("ottobre 2020", ["date 2020-10"]),
        ("70 delle 133 amministrazioni", ["number 70", "number 133"]),
        ("settantuno Comuni", ["number 71"]),
        ("rete 5G, COVID-19 e missione M3", []),
        ("chi sei", []),
        ("un Comune", []),
        ("il 45 % del suolo", ["percent 45"]),
    ],
)
def test_a_figure_has_one_value_in_every_spelling(text: str, expected: list[str]) -> None:
    assert [f"{figure.kind.value} {figure.value}" for figure in find_figures(text)] == expected


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("71 Comuni", "settantuno Comuni"),
        ("la legge regionale 29 del 2022", "la LR 29/2022"),
        ("nel decreto 77/2022", "dal recente DM 77/2022"),
        ("nel 2026", "entro il 12 ottobre 2026"),
        ("il 25 per cento", "tra il 25% e il 30%"),
    ],
)
def test_a_claim_is_backed_by_another_spelling(claim: str, evidence: str) -> None:
    assert missing_figures(claim, [evidence]) == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("72 Comuni", "71 Comuni"),
        ("il 45%", "tra il 25% e il 30%"),
        ("25 Comuni", "il 25%"),
        ("tre miliardi di euro", "tre milioni di euro"),
        ("106.000 euro", "106.000 abitanti"),
        ("LR 29/2021", "LR 29/2022"),
        ("DM 29/2022", "LR 29/2022"),
        ("art. 5", "art. 5-bis"),
        ("il 12 ottobre 2026", "nell'ottobre 2026"),
        ("1,5 milioni", "15 milioni"),
    ],
)
def test_a_claim_that_the_evidence_does_not_make_is_caught(claim: str, evidence: str) -> None:
    assert missing_figures(claim, [evidence])


def test_offsets_slice_the_text() -> None:
    text = "Nel 2018, con la LR 29/2022, il 25% di 70 Comuni: tre milioni di euro."
    assert all(text[figure.start : figure.end] == figure.text for figure in find_figures(text))


def test_labels_claim_nothing() -> None:
    assert measured_figures("Che cosa dice il Driver 3 all'articolo 5, pagina 12?") == []
    assert [figure.value for figure in measured_figures("Il Driver 3 costa 5 milioni di euro?")] == ["5000000"]
    assert measured_figures("Il Driver 2 si legge alle pagine 108 e 109; vedi i Driver 3, 5 e 7.") == []
    assert [figure.value for figure in measured_figures("Nel Driver 2 ci sono 5 Comuni e 9 scuole.")] == ["5", "9"]
