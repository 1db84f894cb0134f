"""Sentences: cut where a person would, and no character lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.sentences import split_sentences

CASES: list[list[str]] = [
    ["Ai sensi dell'art. 12, comma 3, del D.Lgs. n. 42/2004 il vincolo decade.", "Segue altro."],
    ["Vedi artt. 3 e 4 della L.R. 12/2005.", "Il Sig. Rossi lo dice."],
    ["La L.R. Lombardia n. 29/2022 ridisciplina la governance.", "Poi altro."],
    ["Vi sono scuole, biblioteche, ecc.", "Ulteriore obiettivo è il 5G."],
    ["Scuole, biblioteche, ecc. e altri luoghi restano aperti."],
    ["Filiera sanitaria, Idroscalo, ecc.).", "Ulteriore obiettivo del Driver è questo."],
    ["Gli enti (Regione, ATS, ecc.) Città metropolitana compresa sono coinvolti."],
    ["Costa 3.5 milioni o 3,5 milioni.", "Il G. B. Vico è qui."],
    ["I sindaci (es. Milano. E altri) parlano.", "Fine."],
    ["Ha detto: «Va bene. Andiamo.»", "Poi uscì."],
    ["Si veda il D.L. 34/2020, conv. con L. 77/2020.", "Poi fine."],
    ["Le somme vanno alla linea C.", "Il contributo copre il 70% delle spese."],
    ["Il programma Re.Mix è attivo.", "L'art. 5-bis no."],
    ["Cfr. pag. 12 del vol. 3.", "Il dott. Bianchi tace."],
    ["Il Piano… prosegue così.", "E poi…", "Ma basta."],
    ["Approvato il 12.05.2021 alle ore 10.30.", "Era martedì."],
    ["1. Il Comune approva il piano.", "2. La Giunta lo attua."],
    ["Art. 18. Definizioni"],
    ["CAPITOLO 1. Servizi"],
    ["- TAV. 1 Relazione e norme.", "Altro."],
    ["Non meno di mq. 20 per abitante, su 100 mq.", "Poi il verde."],
    ["Quanti sono?", "Sono 71!", "Davvero."],
    ["Lo dicono le N.T.A.", "Il Comune vigila."],
    ["La società CAP S.p.A. gestisce le acque.", "Il gestore è unico."],
    ["Entro il 2030.", "Il Piano lo dice."],
    ["Zona B.", "La norma vale anche qui."],
    ["Si ricorda che 22 Comuni hanno firmato.", "71 Comuni partecipano."],
    ["Il 25% e il 30% (v. tab. 4 e fig. 2) sono soglie.", "«Nodo di quartiere» è la scuola."],
    ["Il ministro Giovanni XXIII?", "No, era papa."],
    ["Il sito www.cittametropolitana.mi.it è aperto.", "Leggi lì."],
    ["Strumenti digitali (es. PTM con le relative Strategie, PUMS, ecc.), le partnership tra gli attori."],
    ["L’obiettivo “scuole aperte” non è una novità.", "Prima dell’emergenza l’Ente aveva avviato politiche."],
    ["Vedi nn. 3 e 4, lett. b) del n. 5.", "Poi basta."],
    ["L’Ing. Verdi e l’Avv. Neri concordano.", "(Si veda oltre.)", "Fine."],
]


@pytest.mark.parametrize("sentences", CASES, ids=lambda case: case[0][:30])
def test_a_text_is_cut_into_the_sentences_a_person_sees(sentences: list[str]) -> None:
    text = " ".join(sentences)

    assert [text[low:high] for low, high in split_sentences(text)] == sentences


def test_headings_and_list_items_end_at_their_line() -> None:
    text = "DRIVER 1 | CAMPUS\n\n- prima cosa\n- seconda cosa. Ancora"

    assert [text[low:high] for low, high in split_sentences(text)] == [
        "DRIVER 1 | CAMPUS",
        "- prima cosa",
        "- seconda cosa.",
        "Ancora",
    ]


def test_a_long_quotation_is_cut_inside() -> None:
    text = "«" + "Una frase qualunque del piano. " * 20 + "Fine.»"

    assert len(split_sentences(text)) > 10


@given(st.text(alphabet="abAB1 .,;:!?…«»“”()[]\"'\n–é", max_size=80))
def test_no_character_is_lost_and_offsets_are_in_order(text: str) -> None:
    spans = split_sentences(text)

    assert "".join("".join(text[low:high].split()) for low, high in spans) == "".join(text.split())
    assert all(low < high for low, high in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
