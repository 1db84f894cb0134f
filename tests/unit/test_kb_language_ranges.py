"""A number asked about falls in the range that a row or a rule gives."""

from __future__ import annotations

import pytest

from kb.language.figures import find_figures
from kb.language.ranges import find_ranges, ranges_hold


@pytest.mark.parametrize(
    ("question", "sentence", "held"),
    [
        ("Con un ISEE di 10000 euro?", "Fascia: da 6.001 a 15.000 euro; tariffa: 3,20 euro", 1.0),
        ("Con un ISEE di 10.000 euro?", "Fascia: da 15.001 a 25.000 euro; tariffa: 4,40 euro", -1.0),
        ("Con 5000 euro?", "Fino a 6.000 euro la tariffa è 1,50 euro.", 1.0),
        ("Ho 80 anni, pago?", "È gratuito per chi ha più di 75 anni.", 1.0),
        ("Ho 60 anni, pago?", "È gratuito per chi ha più di 75 anni.", -1.0),
        ("Costa 9 euro?", "Con ISEE fino a 10.000 € il prezzo scende a 3,40 €.", 0.0),
        ("Ho 8 anni e un ISEE di 20.000 euro.", "ISEE: fino a 8.000 €; 3-5 anni: 35 €; 6-11 anni: 30 €", -1.0),
        ("Ho 8 anni e un ISEE di 20.000 euro.", "ISEE: da 18.001 a 26.000 €; 3-5 anni: 88 €; 6-11 anni: 78 €", 1.0),
        ("Ho 40 anni e un ISEE di 20.000 euro.", "ISEE: da 18.001 a 26.000 €; 3-5 anni: 88 €", -1.0),
        ("Ho 80 anni, pago?", "Con un reddito fino a 6.000 euro è gratuito.", 0.0),
        ("Quanto si paga?", "È gratuito per chi ha più di 75 anni.", 0.0),
        ("Nel 2023 quanto si riduce?", "La soglia è tra il 25% e il 30%.", 0.0),
        ("Nel 2020 che cosa c'era?", "Il Piano va dal 2019 al 2021.", 0.0),
    ],
)
def test_whether_a_range_holds_the_number(question: str, sentence: str, held: float) -> None:
    assert ranges_hold(sentence, find_figures(question), question=question) == held


def test_every_range_of_a_text() -> None:
    found = find_ranges("Da 3 a 6 anni al nido, oltre 6 anni a scuola, meno di 3 a casa.")
    assert [(start and int(start), end and int(end)) for start, end in found] == [(3, 6), (None, 3), (6, None)]
