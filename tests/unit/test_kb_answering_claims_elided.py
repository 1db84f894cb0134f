"""What a text leaves to the words before, and a time in another unit, are written out before they are compared."""

from __future__ import annotations

import pytest

from kb.answering.claims.durations import write_durations
from kb.answering.claims.elided import write_units, write_years
from kb.answering.claims.faithfulness import find_unfaithful


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Costa 90 euro, ridotti a 60 per i soci.", "Costa 90 euro, ridotti a 60 euro per i soci."),
        ("Sale al 71 per cento, contro il 64 di prima.", "Sale al 71 per cento, contro il 64 di prima."),
        (
            "Ne paga il 70 per cento la Regione, il Comune il 30.",
            "Ne paga il 70 per cento la Regione, il Comune il 30 per cento.",
        ),
        (
            "Vale 2 milioni di euro, meno dei 3,1 dell’anno prima.",
            "Vale 2 milioni di euro, meno dei 3,1 milioni di euro dell’anno prima.",
        ),
        ("Si scende dal 61 al 48 per cento.", "Si scende dal 61 per cento al 48 per cento."),
        ("Si danno 500 euro al mese per 6 mesi, 12 se serve.", "Si danno 500 euro al mese per 6 mesi, 12 se serve."),
        ("Costa 9 euro e apre alle 8 e alle 14.", "Costa 9 euro e apre alle 8 e alle 14."),
        ("Si pagano 5 euro per 3 notti.", "Si pagano 5 euro per 3 notti."),
    ],
)
def test_a_bare_number_takes_the_unit_before_it_and_nothing_that_is_counted_does(text: str, written: str) -> None:
    assert write_units(text) == written


def test_the_year_before_is_a_year_where_one_is_named() -> None:
    assert write_years("Nel 2024 sono 143, più dell'anno precedente.") == "Nel 2024 sono 143, più del 2023."
    assert write_years("Nel 2024 e nel 2022 più dell'anno prima.") == "Nel 2024 e nel 2022 più dell'anno prima."
    assert write_years("Sono 143, più dell'anno prima.") == "Sono 143, più dell'anno prima."


@pytest.mark.parametrize(
    ("claim", "source", "written"),
    [
        ("Dura un anno.", "Il corso dura dodici mesi.", "Dura dodici mesi."),
        ("Si risponde in un mese.", "La risposta arriva in 30 giorni.", "Si risponde in 30 giorni."),
        ("Resta fuori un giorno.", "Resta fuori 24 ore.", "Resta fuori 24 ore."),
        ("Dura due anni.", "Il corso dura dodici mesi.", "Dura due anni."),
        ("Dura un anno.", "Dura 12 mesi, e l’anno dopo ricomincia.", "Dura un anno."),
    ],
)
def test_one_time_in_two_units_is_the_same(claim: str, source: str, written: str) -> None:
    assert write_durations(claim, [source]) == written


FARES = (
    "La tessera costa 90 euro, ridotti a 60 per i soci. La multa sale da 4,80 a 5,20 euro. Il Comune copre il "
    "40 per cento della spesa, la Pro Loco il restante 60. Nel 2024 sono state vendute 143 tessere, 21 in meno"
    " del 2023; 17 sono state regalate. Il corso dura dodici mesi. Sei iscritti su dieci sono donne. Il "
    "ritardo costa 0,20 euro. La domanda si esamina entro 40 giorni. Il ritiro è gratuito fino a tre pezzi, "
    "poi si pagano 8 euro al pezzo."
)


@pytest.mark.parametrize(
    "claim",
    [
        "Per i soci la tessera costa 60 euro.",
        "La multa sarà di 5,20 euro.",
        "La Pro Loco copre il 60 per cento della spesa.",
        "Nel 2024 sono state vendute 143 tessere, 21 in meno dell'anno precedente.",
        "Sono state regalate diciassette tessere.",
        "Il corso dura un anno.",
        "Per il 60 per cento gli iscritti sono donne.",
        "Il ritardo costa 20 centesimi.",
        "La domanda si esamina in 40 giorni.",
        "Oltre i tre pezzi si pagano 8 euro al pezzo.",
    ],
)
def test_a_figure_in_another_form_is_the_same(claim: str) -> None:
    assert find_unfaithful(claim, [FARES]) is None


@pytest.mark.parametrize(
    "lie",
    [
        "Per i soci la tessera costa 90 euro.",
        "La Pro Loco copre il 40 per cento della spesa.",
        "Nel 2024 sono state vendute 143 tessere, 21 in più del 2023.",
        "Nel 2024 sono state vendute 143 tessere, 21 in meno del 2022.",
        "Sono state vendute diciassette tessere.",
        "Il corso dura due anni.",
        "Il 70 per cento degli iscritti sono donne.",
        "Il ritardo costa 2 euro.",
        "La domanda si esamina dopo 40 giorni.",
    ],
)
def test_another_figure_is_not(lie: str) -> None:
    assert find_unfaithful(lie, [FARES]) is not None
