"""Which sentences may answer: a season that is named, a Driver where Drivers are asked, a rule only for leave."""

from __future__ import annotations

import pytest

from kb.answering.judging.admission import Admission
from kb.answering.weighing.weights import count_words
from kb.language.questions import read_question
from kb.records import Passage, Span


def passage(text: str, driver: int | None = None) -> Passage:
    return Passage("p", "d", text, (Span(1, 0, len(text)),), ("",), section=("Tariffe",), driver=driver)


def admits(question: str, text: str, *, driver: int | None = None) -> bool:
    one = passage(text, driver)
    return Admission(read_question(question), count_words([one]), {}, {}, {}).admits(one, 0, len(text))


@pytest.mark.parametrize(
    ("question", "text", "may"),
    [
        ("Le tariffe della stagione 2025/26 quali sono?", "Per la stagione 2024/2025 la tariffa è di 16 euro.", False),
        ("Le tariffe della stagione 2024/25 quali sono?", "Per la stagione 2024/2025 la tariffa è di 16 euro.", True),
        ("Quanti dipendenti ha AFOL?", "AFOL è partecipata da 71 Comuni.", False),
        ("I Distretti a cosa servono secondo il Driver 10?", "Il titolo del Driver 10 è «Sistema salute».", False),
        ("Quali Driver parlano di salute?", "Il titolo del Driver 10 è «Sistema salute».", True),
        ("Quanti Comuni ha AFOL?", "AFOL è partecipata da 71 Comuni.", True),
        ("Che cosa dice la delibera 12/2023?", "La stagione costa 16 euro a tutti.", True),
        ("Fino a che ISEE si può chiedere il contributo?", "ISEE non superiore a 15.500 euro.", True),
        (
            "Che cosa serve per entrare nella comunità?",
            "La comunità energetica è un obiettivo di lungo termine.",
            False,
        ),
        ("Che cosa serve per entrare nella comunità?", "Chi entra nella comunità deve essere residente.", True),
        ("Che requisiti servono per una stanza?", "Il programma crea residenze diffuse a canone moderato.", False),
        ("Quali documenti cita il Piano?", "Il Piano cita il PTM, il PUMS e il Biciplan.", True),
        ("Che cosa si fa per le persone senza casa?", "Le Case di Comunità sono il cardine della rete.", False),
        ("Che cosa si fa per chi è senza lavoro?", "Si aumenta la formazione dei disoccupati.", True),
        ("Si può chiedere il contributo?", "Il contributo nasce nel 2019 da un accordo.", False),
    ],
)
def test_what_a_question_sets(question: str, text: str, may: bool) -> None:
    assert admits(question, text) is may


@pytest.mark.parametrize(
    ("question", "may"),
    [
        ("Come si intitola il Driver 9?", True),
        ("Quale Driver parla di edifici?", True),
        ("Cosa succede agli edifici abbandonati?", False),
        ("Cosa sono i Driver?", False),
    ],
)
def test_a_title_answers_who_asks_for_it(question: str, may: bool) -> None:
    assert admits(question, "Il sottotitolo del Driver 9 è «Città per la riqualificazione di edifici».") is may


def test_whom_something_is_for_is_named() -> None:
    assert not admits("A chi si rivolge GOL?", "GOL significa Garanzia di Occupabilità per tutti.")
    assert admits("A chi si rivolge GOL?", "GOL ha azioni per la popolazione più vulnerabile.")


def test_which_drivers_asks_for_one() -> None:
    question = "Quali Driver sono legati alla Missione 5?"
    assert not admits(question, "La Missione 5 riguarda inclusione e coesione sociale.")
    assert admits(question, "La Missione 5 riguarda anche il Driver 9 e i suoi alloggi.")
    assert admits(question, "La Missione 5 riguarda inclusione e coesione sociale.", driver=9)


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("La metropolitana arriva a Monza nel 2033.", True),
        ("Il nuovo piano si occupa delle scuole di Città metropolitana.", False),
        ("Le politiche riguardano tutta l'area metropolitana.", False),
        ("Le linee di trasporto rapido di massa vanno prolungate.", True),
        ("I centri di consegna sono Metro Hub e Urban Hub.", False),
    ],
)
def test_the_underground_is_not_the_metropolitan_city(text: str, may: bool) -> None:
    assert admits("Gli alloggi saranno vicino alla metro?", text) is may
    assert admits("Sono previste nuove metropolitane?", text) is may
    assert admits("Che cosa cura la Città metropolitana?", text)


def test_what_is_needed_may_stand_in_the_list_that_a_sentence_opens() -> None:
    text = "Per ottenere la riduzione l'utente:\n- presenta domanda entro il 30 novembre;\n- dispone di un giardino."
    one = passage(text)
    asked = read_question("Che cosa serve per avere la riduzione?")
    admission = Admission(asked, count_words([one]), {}, {}, {})
    assert admission.admits(one, 0, text.index(":") + 1)


def test_what_it_costs_to_do_wrong_is_no_leave() -> None:
    text = "Le violazioni sono punite con le seguenti sanzioni:\na) abbattimento senza autorizzazione: da 200 euro."
    one = passage(text)

    def may(question: str) -> bool:
        judge = Admission(read_question(question), count_words([one]), {}, {}, {})
        return judge.admits(one, text.index("a)"), len(text))

    assert not may("Posso procedere a un abbattimento?")
    assert may("Che sanzione c'è per un abbattimento, si può pagare a rate?")
