"""Small talk is told from questions, with or without a greeting."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from kb.answering.route import calmed, route, spelt_out, tell_talk, without_greeting, without_story
from kb.answering.state import State, Tools
from kb.records import AnswerStatus


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ciao!", "small_talk"),
        ("buongiorno a tutti", "small_talk"),
        ("Grazie mille!", "thanks"),
        ("ok grazie", "thanks"),
        ("Arrivederci", "goodbye"),
        ("Ciao, cosa sai fare?", "about"),
        ("Chi sei?", "about"),
        ("sei un robot?", "about"),
        ("What can you do?", "about"),
        ("allora a che servi?", "about"),
        ("quali documenti hai letto?", "about"),
        ("posso parlare con un operatore?", "contact"),
        ("devo registrarmi per farti domande?", "access"),
        ("e in italiano?", "languages"),
        ("hi, do you speak english?", "languages"),
        ("non ho capito", "explain"),
        ("sì ma in parole semplici", "explain"),
        ("dimmi di più", "explain"),
        ("sei sicuro?", "doubt"),
        ("dove sta scritto?", "doubt"),
        ("non è quello che ho chiesto", "complaint"),
        ("siete dei ladri", "complaint"),
        ("bravo!", "thanks"),
        ("siete il comune di Milano?", "about"),
        ("voglio fare un reclamo", "contact"),
        ("posso mandarvi un documento?", "contact"),
        ("perché non lo sai?", "complaint"),
        ("hai ragione", "noted"),
        ("puoi riassumere?", "explain"),
        ("fammi un esempio", "explain"),
        ("dove lo trovo scritto?", "doubt"),
        ("a che pagina?", "doubt"),
        ("buona giornata", "goodbye"),
        ("aiutami", "about"),
        ("ti odio", "complaint"),
        ("riassumi il Driver 5", None),
        ("a che pagina sta il Driver 5?", None),
        ("grazie 🙏", "thanks"),
        ("👍🏽", "thanks"),
        ("no", "noted"),
        ("sì", "noted"),
        ("peccato", "noted"),
        ("basta così", "noted"),
        ("ok grazie lo stesso", "thanks"),
        ("?", "unclear"),
        ("🤔", "unclear"),
        ("\u3164", "unclear"),  # a letter that shows nothing
        ("che cosa intendi per LUM?", None),
        ("spiegami meglio il PTM", None),
        ("non è vero che il Driver 2 riduce", None),
        ("sei sicuro che siano 71?", None),
        ("quanto costa?", None),
        ("ciao " * 40 + "Milano", None),
        ("Ciao, che cos'è il PUMS?", None),
        ("Quanti Comuni ci sono?", None),
        ("chi è il sindaco?", None),
        ("PUMS", None),
    ],
)
def test_talk_is_told_from_questions(text: str, kind: str | None) -> None:
    assert tell_talk(text) == kind


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Buongiorno, che cos'è il PUMS?", "che cos'è il PUMS?"),
        ("ah ok, e in Silam?", "e in Silam?"),
        ("no, il Driver 5", "il Driver 5"),
        ("vabbe parlami dei depuratori", "parlami dei depuratori"),
        ("ciao bussola quanti Comuni ci sono", "bussola quanti Comuni ci sono"),
        ("Hiking non c'entra", "Hiking non c'entra"),
        ("Salve", "Salve"),
    ],
)
def test_the_greeting_is_taken_off_a_question(text: str, rest: str) -> None:
    assert without_greeting(text) == rest


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            "Buongiorno, scusi il disturbo, volevo chiedere: di cosa parla il Driver 1? Grazie mille!",
            "di cosa parla il Driver 1?",
        ),
        ("Ciao, mi sapresti dire quanti Comuni partecipano ad AFOL per favore?", "quanti Comuni partecipano ad AFOL?"),
        ("Vorrei sapere se il piano prevede una tariffa unica", "il piano prevede una tariffa unica"),
        ("Buonasera, una domanda: che cos'è il PUMS? Cordiali saluti", "che cos'è il PUMS?"),
        ("Mi può spiegare che cos'è la rete duale?", "che cos'è la rete duale?"),
        ("Buongiorno, cos'e' la mobilita' dolce? grazie", "cos'e' la mobilita' dolce?"),
        ("Could you please tell me what GOL is? Thank you very much!", "what GOL is?"),
        ("Grazie a chi è nato il Patto?", "Grazie a chi è nato il Patto?"),
        ("Quanti Comuni ringraziano?", "Quanti Comuni ringraziano?"),
        ("Grazie mille!", "Grazie mille!"),
    ],
)
def test_courtesy_around_a_question_is_no_part_of_it(text: str, question: str) -> None:
    assert without_greeting(text) == question


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CHE TIPO DI MEZZI SI VOGLIONO?", "che tipo di mezzi si vogliono?"),
        ("PTM", "PTM"),
        ("Cos'è il PTM?", "Cos'è il PTM?"),
    ],
)
def test_a_shouted_question_is_read_in_lowercase(text: str, said: str) -> None:
    assert calmed(text) == said


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("ho 80 anni, il ritiro del divano è gratis?", "il ritiro del divano è gratis?"),
        (
            "io ho un capannone abbandonato a Sesto il piano prevede qualcosa per gli edifici vuoti",
            "il piano prevede qualcosa per gli edifici vuoti",
        ),
        ("ho 80 anni, è gratis?", "ho 80 anni, è gratis?"),  # too little would be left
        ("sono previste case popolari, o no?", "sono previste case popolari, o no?"),
        ("Il Comune, che cosa fa per gli anziani?", "Il Comune, che cosa fa per gli anziani?"),
        # What is left leans on what was told: it says too little alone, or points back.
        ("Ho 72 anni, per quanto tempo vale?", "Ho 72 anni, per quanto tempo vale?"),
        (
            "Ho un divano vecchio, me lo vengono a prendere a casa gli operai?",
            "Ho un divano vecchio, me lo vengono a prendere a casa gli operai?",
        ),
        (
            "Mia madre è malata e non può uscire. Come facciamo?",
            "Mia madre è malata e non può uscire. Come facciamo?",
        ),
    ],
)
def test_what_people_tell_of_themselves_is_left_out(text: str, rest: str) -> None:
    assert without_story(text) == rest


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("da che anno ci sono i tralicci x il 5g?", "da che anno ci sono i tralicci per il 5g?"),
        ("nn trovo la tariffa", "non trovo la tariffa"),
        ("Un bagaglio di 50 x 30 è gratis?", "Un bagaglio di 50 x 30 è gratis?"),
        ("la linea X è aperta?", "la linea X è aperta?"),
    ],
)
def test_what_is_shortened_in_messages(text: str, written: str) -> None:
    assert spelt_out(text) == written


def test_what_one_is_entitled_to_depends_on_what_one_tells() -> None:
    text = "Vivo da sola: ho diritto a uno sconto sulla tassa rifiuti?"
    assert without_story(text) == text


def routed(question: str, *history: str) -> State:
    tools = cast(Tools, SimpleNamespace(contact="l'ufficio"))
    return route(State(question, history=history, cleaned=question), tools)


def test_nobody_needs_to_register_but_a_project_may_ask_for_it() -> None:
    assert "non serve registrarsi" in routed("come mi registro?").text
    assert "non serve registrarsi" in routed("come mi registro?", "ciao", "come mi registro?").text
    assert routed("come mi registro?", "Che cos'è DECIWATT?").status is None


def test_who_is_angry_gets_an_apology_and_an_office() -> None:
    answer = routed("non mi hai risposto")
    assert answer.status is AnswerStatus.SMALL_TALK
    assert answer.text.startswith("Mi dispiace")
    assert "l'ufficio" in answer.text


@pytest.mark.parametrize(
    ("text", "offers"), [("ciao", True), ("cosa sai fare?", True), ("grazie", False), ("no", False)]
)
def test_questions_are_offered_to_who_begins_not_to_who_ends(text: str, offers: bool) -> None:
    assert bool(routed(text).suggestions) is offers
