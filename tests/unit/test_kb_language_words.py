"""Words: what two people write differently is one token, what differs in law stays two."""

from __future__ import annotations

import pytest

from kb.language.words import STOP_WORDS, fold, stem, tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Driver 3 art. 5 comma 2", ["driver", "3", "articolo", "5", "comma", "2"]),
        ("l'art. 5-bis del D.Lgs. 42/2004", ["articolo", "5-bis", "del", "dlgs", "42/2004"]),
        ("LR 29/2022 e L.R. 29/2022", ["lr", "29/2022", "e", "lr", "29/2022"]),
        ("tra il 25% e il 30 %", ["tra", "il", "25%", "e", "il", "30%"]),
        ("25-30%", ["25", "30%"]),
        ("le N.T.A. vigenti", ["le", "nta", "vigenti"]),
        ("dell’Ente, un'azienda, all'art. 3", ["ente", "azienda", "articolo", "3"]),
        ("MOBILITA' e mobilità", ["mobilita", "e", "mobilita"]),
        ("Re.Mix, 5G, PM10, CO2", ["remix", "5g", "pm10", "co2"]),
        ("end-of-waste e end of waste", ["end", "of", "waste", "e", "end", "of", "waste"]),
        ("1.250.000 euro, 3,5 milioni", ["1250000", "euro", "3,5", "milioni"]),
        ("2019-2021.", ["2019", "2021"]),
        ("fine.Poi", ["fine", "poi"]),
        ("Biciplan “Cambio”", ["biciplan", "cambio"]),
        ("M3: Infrastrutture", ["m3", "infrastrutture"]),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


def test_folding_makes_spellings_meet() -> None:
    assert fold("Città, È «QUI»") == fold("citta', e' «qui»") == "citta, e «qui»"
    assert fold("dell’Ente") == "dell'ente"


def test_stems_meet_in_number_and_gender_but_comunita_is_no_comune() -> None:
    assert stem(["residenziale", "servizi"]) == stem(["residenziali", "servizio"])
    assert stem(["comunita"]) != stem(["comuni"])
    assert stem(tokenize("attività")) == stem(tokenize("attivita'")) == stem(["attivita"])


def test_tokens_with_digits_are_not_stemmed() -> None:
    assert stem(["5-bis", "42/2004", "25%", "m3"]) == ["5-bis", "42/2004", "25%", "m3"]


def test_stop_words_are_folded_tokens() -> None:
    assert all(tokenize(word) == [word] for word in STOP_WORDS)
