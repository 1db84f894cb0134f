"""What a sentence must say, beside the kind of thing asked for."""

from __future__ import annotations

import pytest

from kb.answering.conditions import meets_duration, meets_permission, names_members
from kb.language.questions import read_question


@pytest.mark.parametrize(
    ("question", "sentence", "rule"),
    [
        ("Posso costruire nel parco?", "Il parco è al centro della cintura verde.", False),
        ("Posso costruire nel parco?", "Nel parco è vietata ogni nuova costruzione.", True),
        ("Posso costruire nel parco?", "Nel parco si costruisce con il parere dell'ente.", True),
        ("Si può entrare con il cane?", "I cani possono entrare al guinzaglio.", True),
        ("Il parco è grande?", "Il parco è al centro della cintura verde.", True),
    ],
)
def test_whether_one_may_is_answered_by_a_rule(question: str, sentence: str, rule: bool) -> None:
    assert meets_permission(read_question(question), sentence) is rule


@pytest.mark.parametrize(
    ("question", "sentence", "lasts"),
    [
        ("Quanto ci mette il treno?", "Il treno passa con frequenza di 90 minuti.", False),
        ("Quanto ci mette il treno?", "Il viaggio dura 90 minuti.", True),
        ("Quanto costa il treno?", "Il treno costa 3 euro.", True),
    ],
)
def test_how_long_it_takes(question: str, sentence: str, lasts: bool) -> None:
    assert meets_duration(read_question(question), sentence) is lasts


@pytest.mark.parametrize(
    ("question", "sentence", "named"),
    [
        ("Quali sono le scuole coinvolte nel progetto?", "Il progetto ha coinvolto 16 scuole.", False),
        ("Quali sono le scuole coinvolte nel progetto?", "Le scuole coinvolte sono la Rodari e la Manzi.", True),
        ("Quali sono le scuole coinvolte nel progetto?", "Le scuole coinvolte sono:", True),
        ("Quali sono le scuole coinvolte nel progetto?", "Il Comune di Rho finanzia il progetto.", False),
        ("Quale impresa fa i lavori?", "I lavori sono finanziati dal PNRR.", False),
        ("Quale impresa fa i lavori?", "I lavori sono affidati alla Edilnord S.r.l.", True),
        ("Quali sono gli obiettivi del piano?", "Il piano vuole ridurre il traffico.", True),
    ],
)
def test_which_schools_or_firm_it_is(question: str, sentence: str, named: bool) -> None:
    assert names_members(read_question(question), sentence) is named
