"""What a sentence must say, beside the kind of thing asked for."""

from __future__ import annotations

import pytest

from kb.answering.judging.conditions import (
    meets_duration,
    meets_label,
    meets_law,
    meets_permission,
    meets_superlative,
    names_members,
)
from kb.language.questions import read_question


@pytest.mark.parametrize(
    ("question", "sentence", "rule"),
    [
        ("Posso costruire nel parco?", "Il parco è al centro della cintura verde.", False),
        ("Posso costruire nel parco?", "Nel parco è vietata ogni nuova costruzione.", True),
        ("Posso costruire nel parco?", "Nel parco si costruisce con il parere dell'ente.", True),
        ("Posso costruire nel parco?", "Si tratta di politiche che trovano nel parco il loro ambito.", False),
        ("Si può entrare con il cane?", "I cani possono entrare al guinzaglio.", True),
        ("Si può rinnovare l'assegnazione?", "L'assegnazione dura quattro anni, rinnovabili una volta.", True),
        ("Si può rinnovare l'assegnazione?", "L'assegnazione dura quattro anni, sostenibili da tutti.", False),
        ("Si può entrare con il cane?", "L'Ente tutela, ove possibile, gli animali.", False),
        ("Il parco è grande?", "Il parco è al centro della cintura verde.", True),
        ("I Comuni sono obbligati a firmare?", "Hanno firmato 70 Comuni, che si pongono un obiettivo.", False),
        ("I Comuni sono obbligati a firmare?", "L'adesione dei Comuni è volontaria.", True),
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
        ("Quanto dura il corso?", "Il corso costa 24 euro.", False),
        ("Quanto dura il corso?", "Il corso è di 24 ore.", True),
        ("Dopo quanto si può ripetere?", "Si può ripetere passati sei mesi.", True),
    ],
)
def test_how_long_it_takes(question: str, sentence: str, lasts: bool) -> None:
    assert meets_duration(read_question(question), sentence) is lasts


@pytest.mark.parametrize(
    ("question", "sentence", "said"),
    [
        ("Quale Comune ha il PGT più vecchio?", "I Comuni fanno le varianti nei loro PGT.", False),
        ("Quale Comune ha il PGT più vecchio?", "Il vecchio PGT di Rho è del 1990.", True),
        ("Quale linea è la più lunga?", "La linea 3 è lunga 40 chilometri.", True),
        ("Quale Driver è il più importante?", "È di cruciale importanza rendere i luoghi più accessibili.", False),
        ("Quale Driver è il più importante?", "Le azioni principali del Driver 3 sono tre.", False),
        ("Quale Driver è il più importante?", "Il Driver principale è quello sulle scuole.", True),
        ("Quale Driver è il più importante?", "Il più rilevante dei Driver è quello sulle scuole.", True),
        ("Quali sono più di due?", "Sono tre.", True),
    ],
)
def test_which_is_the_most_so(question: str, sentence: str, said: bool) -> None:
    assert meets_superlative(read_question(question), sentence) is said


@pytest.mark.parametrize(
    ("question", "sentence", "on_it"),
    [
        ("A che ora passa l'ultimo bus della linea 2?", "Linea: 2; Ultima corsa: 21.30", True),
        ("A che ora passa l'ultimo bus della linea 2?", "Linea: 12; Ultima corsa: 22.30", False),
        ("Quanto è la dotazione della linea A?", "Linea: B; Dotazione (euro): 54.000", False),
        ("Quanto è la dotazione della linea A?", "La dotazione è di 54.000 euro.", True),  # names none
        ("Quanti fondi vanno alla linea a rischio?", "Linea: B; Dotazione (euro): 54.000", True),  # no label
    ],
)
def test_another_line_or_lot_is_not_the_one_asked_about(question: str, sentence: str, on_it: bool) -> None:
    assert meets_label(read_question(question), sentence) is on_it


@pytest.mark.parametrize(
    ("question", "sentence", "named"),
    [
        ("Quali sono le scuole coinvolte nel progetto?", "Il progetto ha coinvolto 16 scuole.", False),
        ("Quali sono le scuole coinvolte nel progetto?", "Le scuole coinvolte sono la Rodari e la Manzi.", True),
        ("Quali sono le scuole coinvolte nel progetto?", "Le scuole coinvolte sono:", True),
        (
            "Quali sono le scuole coinvolte nel progetto?",
            "Il PSTTM coinvolge le scuole della Città Metropolitana.",
            False,
        ),
        ("Quali sono le scuole coinvolte nel progetto?", "Il Comune di Rho finanzia il progetto.", False),
        ("Quale impresa fa i lavori?", "I lavori sono finanziati dal PNRR.", False),
        ("Quale impresa fa i lavori?", "I lavori sono affidati alla Edilnord S.r.l.", True),
        ("Quale banca finanzia i lavori?", "I lavori sono finanziati dal PNRR.", False),
        ("Quale banca finanzia i lavori?", "Il mutuo è della Cassa depositi e prestiti.", True),
        ("Quale associazione ha vinto il bando?", "Ogni associazione può presentare un progetto.", False),
        ("Da quali scuole si parte?", "Si parte dalle scuole che hanno più alunni.", True),
        ("Quali sono gli obiettivi del piano?", "Il piano vuole ridurre il traffico.", True),
    ],
)
def test_which_schools_or_firm_it_is(question: str, sentence: str, named: bool) -> None:
    assert names_members(read_question(question), sentence) is named


@pytest.mark.parametrize(
    ("question", "sentence", "on_it"),
    [
        ("Di cosa parla la LR 22/2021?", "La LR 29/2022 riguarda il Parco.", False),
        ("Di cosa parla la LR 22/2021?", "La LR 22/2021 riguarda la sanità, la LR 29/2022 il Parco.", True),
        ("Di cosa parla la LR 22/2021?", "Riguarda la sanità.", True),
        ("Il Parco è della LR 22/2021?", "La LR 29/2022 riguarda il Parco.", True),  # sets the claim right
    ],
)
def test_a_sentence_on_another_law_is_no_answer(question: str, sentence: str, on_it: bool) -> None:
    assert meets_law(read_question(question), sentence) is on_it
