"""Who it is that holds a part must be named, not the part alone."""

from __future__ import annotations

import pytest

from kb.answering.judging.identity import identifies
from kb.language.questions import read_question


@pytest.mark.parametrize(
    ("question", "sentence", "named"),
    [
        ("Chi sarà il gestore unico?", "Il traguardo è un gestore unico del Servizio Idrico Integrato.", False),
        ("Chi sarà il gestore unico?", "Il Servizio Idrico ha come traguardo un gestore unico.", False),
        ("Chi sarà il gestore unico?", "Dal 2026 CAP Holding sarà il gestore unico.", True),
        ("Chi è il gestore della mensa?", "Il gestore della mensa è Milano Ristorazione.", True),
        ("Chi è il gestore della mensa?", "Gestore: Milano Ristorazione, via Quaranta.", True),
        ("Chi è il gestore della mensa?", "Il servizio è affidato a una cooperativa.", True),
        ("Chi sono i tre esperti?", "Valuta una commissione di tre esperti, che dà 100 punti.", False),
        ("Chi sono i tre esperti?", "Criterio: Qualità; Punti massimi: 40", False),
        ("Chi celebra i matrimoni?", "Non si celebrano matrimoni a Natale.", False),
        ("Chi celebra i matrimoni?", "Il matrimonio si celebra in una delle tre sale.", False),
        ("Chi celebra i matrimoni?", "Il matrimonio si celebra davanti al sindaco.", True),
        ("Chi cucina i pasti?", "Serve alle persone che non possono cucinare.", False),
        ("Chi non cucina i pasti?", "Serve alle persone che non possono cucinare.", True),
        ("Chi ha vinto il Festival?", "Attività: Festival Lario Noir; Partecipanti: 2.510", False),
        ("Chi gestisce la piscina?", "Impianto: piscina; Gestore: Sport Insieme", True),
        ("Chi sono i tre esperti?", "Gli esperti sono Anna Rossi e Luca Verdi.", True),
        ("Chi gestisce la mensa?", "Il gestore è unico.", True),  # asks of the deed: judged elsewhere
        (
            "Chi dirige l'Agenzia?",
            "Dirige i cinque Centri per l'impiego.",
            False,
        ),  # of whom it is said stands elsewhere
        ("Chi dirige l'Agenzia?", "La direttrice dirige l'Agenzia.", True),
        ("Chi può partecipare?", "Non possono partecipare i partiti politici.", False),
        ("Chi non può partecipare?", "Non possono partecipare i partiti politici.", True),
        ("Chi può votare?", "Può votare chi ha compiuto 16 anni.", True),
        ("Chi sono gli attori del Driver 9?", "Vi sono molti attori.", True),
        ("Chi viaggia gratis sugli autobus?", "Viaggiano gratis i bambini fino a 6 anni.", True),
        ("Chi viaggia?", "Viaggiano i bambini fino a 6 anni.", True),
    ],
)
def test_who_holds_a_part(question: str, sentence: str, named: bool) -> None:
    assert identifies(read_question(question), sentence) is named
