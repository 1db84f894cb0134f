"""By when is not since when; how often is no other number."""

from __future__ import annotations

import pytest

from kb.answering.judging.expected import meets
from kb.answering.judging.times import meets_time
from kb.language.questions import read_question


@pytest.mark.parametrize(
    ("question", "sentence", "met"),
    [
        ("Entro quando si fa domanda?", "Dal 2 marzo 2026 sono aperti i termini.", False),
        ("Qual è la scadenza del bando?", "Dal 2 marzo 2026 sono aperti i termini.", False),
        ("Fino a quando si fa domanda?", "Le domande si presentano dal 2 marzo al 17 aprile 2026.", True),
        ("Fino a quando si fa domanda?", "Dalle ore 9 del 2 marzo alle ore 12 del 17 aprile.", True),
        ("Entro quando si fa domanda?", "Dalle 10.00 del 16 febbraio alle 12.00 del 31 marzo 2026.", True),
        ("Fino a che giorno ci si iscrive?", "Si entra dalle 7.30 e si esce alle 18.00.", False),
        ("Fino a che giorno ci si iscrive?", "Ci si iscrive fino all'8 maggio.", True),
        ("Entro quando si fa domanda?", "Le domande si presentano entro il 17 aprile 2026.", True),
        ("Entro quando sarà ridotto?", "L'obiettivo per il 2030 è una riduzione del 45%.", True),
        ("Da quando si paga la sosta?", "La sosta si paga fino al 31 dicembre 2026.", False),
        ("Da quando si paga la sosta?", "La sosta si paga dal 1° dicembre 2025.", True),
        ("Da quando esiste il servizio?", "Il servizio è stato istituito nel 2012.", True),
        ("Qual è la scadenza del bando?", "Ufficio Casa, martedì dalle 9 alle 13.", False),  # hours of the week
        ("Quando si paga?", "Dal 2 marzo 2026 si paga la prima rata.", True),
    ],
)
def test_by_when_is_not_since_when(question: str, sentence: str, met: bool) -> None:
    assert meets_time(read_question(question), sentence) is met


@pytest.mark.parametrize(
    ("sentence", "met"),
    [
        ("Il vetro è raccolto ogni tre settimane.", True),
        ("La carta è raccolta due volte a settimana.", True),
        ("Il servizio costa 15 euro per tre pezzi.", False),
        ("L'inventario prende come riferimento l'anno 2008.", False),
    ],
)
def test_how_often_is_told_by_a_frequency(sentence: str, met: bool) -> None:
    assert meets(read_question("Ogni quanto passano a ritirare il vetro?"), sentence) is met
