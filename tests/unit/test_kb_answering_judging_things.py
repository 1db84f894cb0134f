"""A figure is of the thing asked about; a document's own name need not be repeated; one Driver is about a word."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from kb.answering.judging.expansions import is_written, read_expansions
from kb.answering.judging.judge import Judge
from kb.answering.judging.things import (
    is_near,
    named_documents,
    on_one_driver,
    thing_there,
    things_of_a_figure,
    verbs_of,
)
from kb.answering.judging.vetoes import turns_on_the_untold
from kb.answering.state import Evidence, Tools
from kb.answering.weighing.weights import count_words
from kb.language.questions import read_question
from kb.language.words import stem
from kb.records import Document, DocumentKind, Passage, ScoredPassage, Span


def passage(name: str, text: str, *, driver: int | None = None, document: str = "d") -> Passage:
    return Passage(name, document, text, (Span(1, 0, len(text)),), ("",), section=("S",), driver=driver)


@pytest.mark.parametrize(
    ("question", "sentence", "whole"),
    [
        ("Quanto costa l'abbonamento mensile?", "L'abbonamento annuale costa 310 euro.", False),
        ("Quanto costa l'abbonamento mensile?", "L'abbonamento mensile costa 34 euro.", True),
        ("Quanto costa un abbonamento annuale per chi studia?", "L'abbonamento annuale costa 310 euro.", True),
        ("Quanto costa all'Ente l'abbonamento mensile?", "L'abbonamento mensile costa 34 euro.", True),
        ("Che cos'è l'abbonamento mensile?", "L'abbonamento annuale costa 310 euro.", True),  # no figure is asked
    ],
)
def test_a_figure_of_something_else_is_no_answer(question: str, sentence: str, whole: bool) -> None:
    other = "Il mensile vale un mese. L'abbonamento annuale costa 310 euro. L'abbonamento mensile costa 34 euro."
    weights = count_words([passage("p1", sentence), passage("p2", other)])
    asked = read_question(question)
    judge = Judge(asked, weights, {}, things=things_of_a_figure(asked, {}))
    best = judge.weigh(passage("p1", sentence), 0, len(sentence), about={})

    assert best.features["whole"] == float(whole)
    assert turns_on_the_untold(asked, best) is not whole


@pytest.mark.parametrize(
    ("question", "sentence", "there"),
    [
        ("Ci sono incentivi per chi usa la bici?", "Il Driver vuole recuperare i percorsi per chi usa la bici.", False),
        ("Ci sono incentivi per chi usa la bici?", "Un incentivo è dato a chi usa la bici.", True),
        ("Ci sono nuovi percorsi per chi usa la bici?", "Il Driver vuole i percorsi per chi usa la bici.", True),
        ("Ma c'è già un tavolo verde?", "Il titolo è «Politiche verdi e blu».", False),
    ],
)
def test_what_is_said_to_be_there_is_told_of(question: str, sentence: str, there: bool) -> None:
    texts = ["Incentivi, percorsi e bici.", "Il tavolo verde è dei Comuni."]
    weights = count_words([passage(f"p{at}", text) for at, text in enumerate([sentence, *texts])])
    asked = read_question(question)
    judge = Judge(asked, weights, {}, things=thing_there(asked))
    best = judge.weigh(passage("p0", sentence), 0, len(sentence), about={})

    assert turns_on_the_untold(asked, best) is not there


@pytest.mark.parametrize(
    "question", ["Ci sono progetti per i giovani?", "È previsto che si paghi?", "Quanti incentivi ci sono?", "C'è?", ""]
)
def test_other_questions_ask_of_no_thing_that_is_there(question: str) -> None:
    assert thing_there(read_question(question)) == frozenset()


@pytest.mark.parametrize(
    ("sentence", "defines"),
    [
        ("Il PTM è uno strumento di governo del territorio.", 1.0),
        ("PTM significa Piano Territoriale Metropolitano.", 1.0),
        ("Il PTM e il Piano strategico riconoscono nella Rete Verde (RVM) il perno della rigenerazione.", 0.0),
    ],
)
def test_a_bracket_after_a_whole_clause_defines_another_thing(sentence: str, defines: float) -> None:
    asked = read_question("Che cos'è il PTM?")
    judge = Judge(asked, count_words([passage("p0", sentence)]), {})

    assert judge.weigh(passage("p0", sentence), 0, len(sentence), about={}).features["definition"] == defines


def test_the_verbs_of_a_question_may_be_told_in_other_words() -> None:
    things = things_of_a_figure(read_question("Quante scuole superiori gestisce?"), {})
    assert things == {"scuol", "superior"}


def test_a_verb_is_told_by_any_of_its_forms() -> None:
    forms = verbs_of(read_question("Quando apriranno il nuovo centro?"))
    assert any(stem(["aperto"])[0] in one and stem(["apre"])[0] in one for one in forms.values())
    assert verbs_of(read_question("When will it open?")) == {}


def test_the_verb_asked_of_is_not_told_by_a_name() -> None:
    sentence = "La commissione è presieduta dal dirigente del Settore Cultura, Sport e Partecipazione."
    asked = read_question("Chi può partecipare al bando?")
    weights = count_words([passage("p1", sentence), passage("p2", "Possono partecipare al bando le associazioni.")])
    judge = Judge(asked, weights, {}, verbs=verbs_of(asked))
    assert judge.weigh(passage("p1", sentence), 0, len(sentence), about={}).features["related"] == 0.0


@pytest.mark.parametrize(("said", "held"), [({"urban"}, False), ({"provincial"}, True)])
def test_what_a_prefix_makes_of_a_word_is_not_that_word(said: set[str], held: bool) -> None:
    assert is_near("extraurban", frozenset(said), {"extraurban": 0.9}) is held


def test_a_document_need_not_repeat_its_name() -> None:
    text = "Il servizio si svolge a Cornaredo il lunedì."
    found = [ScoredPassage(passage("p1", text), 1.0, {}), ScoredPassage(passage("p2", text, document="g"), 1.0, {})]
    documents = {
        "d": Document("d", "Regolamento di Cornaredo", DocumentKind.OTHER, "0"),
        "g": Document("g", "Guida: Cornaredo e altro", DocumentKind.GUIDE, "0"),
    }
    tools = SimpleNamespace(library=SimpleNamespace(documents=documents), weights=count_words([found[0].passage]))

    named = named_documents(read_question("Quando c'è il servizio a Cornaredo?"), found, cast(Tools, tools))
    assert named == {"d": frozenset({"cornared"})}


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("Quale Driver si occupa di lavoro?", ["Il lavoro buono."]),
        ("Quali Driver si occupano di lavoro?", ["I Comuni al lavoro.", "Il lavoro buono."]),
        ("Che cosa si dice del lavoro?", ["I Comuni al lavoro.", "Il lavoro buono."]),
    ],
)
def test_which_driver_is_the_one_that_most_is_found_on(question: str, texts: list[str]) -> None:
    passages = [passage("p1", "I Comuni al lavoro.", driver=5), passage("p2", "Il lavoro buono.", driver=8)]
    found = [ScoredPassage(one, 0.6, {}) for one in (*passages, passage("p3", "Il lavoro.", driver=8))]
    evidence = [Evidence(one, 0, len(one.text), 1.0, {"coverage": 1.0}) for one in passages]
    assert [one.text for one in on_one_driver(read_question(question), evidence, found)] == texts


def test_what_was_said_before_without_a_figure_goes_for_what_follows() -> None:
    text = "Il contributo va a negozi nuovi. L'attività resta aperta per tre anni."
    whole = _whole("Per quanti anni resta aperta l'attività con il contributo?", text)
    assert whole == 1.0
    priced = "Il contributo è di 500 euro. L'attività resta aperta per tre anni."
    assert _whole("Per quanti anni resta aperta l'attività con il contributo?", priced) < 1.0


def _whole(question: str, text: str) -> float:
    asked, one = read_question(question), passage("p1", text)
    judge = Judge(asked, count_words([one]), {}, things=things_of_a_figure(asked, {}))
    return judge.weigh(one, text.index("L'attività"), len(text), about={}).features["whole"]


def test_adjectives_that_make_no_other_thing_are_not_asked_of_a_figure() -> None:
    assert things_of_a_figure(read_question("Quanto costa la nuova carta?"), {}) == frozenset(stem(["carta"]))


def test_what_a_document_is_about_need_not_be_repeated_in_it() -> None:
    """A word of one title among many tells of its document; a word of most titles tells of none."""
    titles = {
        "a": "Carta della biblioteca comunale",
        "b": "Piano comunale dei rifiuti",
        "c": "Bando comunale",
        "d": "DUP",
    }
    documents = {id_: Document(id_, title, DocumentKind.OTHER, id_) for id_, title in titles.items()}
    tools = cast(
        Tools,
        SimpleNamespace(
            library=SimpleNamespace(documents=documents), weights=count_words([passage("p1", "testo", document="a")])
        ),
    )
    asked = read_question("A che ora chiude la biblioteca comunale?")
    found = [ScoredPassage(passage("p1", "testo", document="a"), 1.0, {})]
    assert named_documents(asked, found, tools)["a"] == frozenset(stem(["biblioteca"]))


def test_when_a_figure_is_asked_for_is_no_part_of_what_it_is_of() -> None:
    asked = read_question("Entro che ora prenoto il pasto se il bimbo ha la febbre?")
    assert things_of_a_figure(asked, {}) == frozenset(stem(["pasto"]))


def test_each_word_of_a_name_stands_for_its_acronym() -> None:
    assert read_expansions({"tassa rifiuti": "tari"}) == dict.fromkeys(stem(["tassa", "rifiuti"]), (("tar",),))


def test_what_acts_call_an_everyday_word_counts_as_a_synonym() -> None:
    asked, one = read_question("Posso comprare un furgone?"), passage("p1", "Non sono ammessi i veicoli.")
    weights = count_words([one, passage("p2", "Il furgone passa il lunedì.")])
    meant = read_expansions({"furgone": "veicoli"})
    held = Judge(asked, weights, {}, everyday=meant).weigh(one, 0, len(one.text), about={}).features["coverage"]
    assert held > Judge(asked, weights, {}).weigh(one, 0, len(one.text), about={}).features["coverage"]


def test_an_everyday_word_is_unknown_where_nothing_that_it_stands_for_is_written() -> None:
    meanings = read_expansions({"pediatra": "medico | dottore di base"})["pediatr"]
    doctor, basis = stem(["medico", "base"])
    assert not is_written(meanings, {basis: 3})
    assert is_written(meanings, {doctor: 1})
    text = "Le Case di Comunità sono strutture cardine."
    asked = read_question("Le Case di Comunità hanno il pediatra?")
    judge = Judge(asked, count_words([passage("p0", text)]), {"pediatr": meanings})
    assert judge.weigh(passage("p0", text), 0, len(text), about={}).features["unknown"] == 1.0


def test_for_how_long_a_sum_is_may_be_said_otherwise() -> None:
    assert things_of_a_figure(read_question("Quanto costa al giorno il pasto?"), {}) == frozenset(stem(["pasto"]))


def test_an_everyday_word_that_acts_call_otherwise_is_not_unknown() -> None:
    asked, one = read_question("Mia figlia può venire da sola?"), passage("p1", "I bambini vanno accompagnati.")
    weights = count_words([one])
    plain = Judge(asked, weights, {}).weigh(one, 0, len(one.text), about={}).features["ghosts"]
    meant = Judge(asked, weights, {}, everyday=read_expansions({"figlia": "bambini"}))
    assert meant.weigh(one, 0, len(one.text), about={}).features["ghosts"] == plain - 1


def test_a_name_of_letters_and_digits_is_a_thing_and_a_number_is_none() -> None:
    assert "5g" in things_of_a_figure(read_question("Quante stazioni 5G ci sono?"), {})
    assert not {"70", "2022"} & things_of_a_figure(read_question("Quante stazioni c'erano nel 2022, 70?"), {})


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("Quanto costa una settimana per un bambino di 8 anni?", ["settimana"]),
        ("Quanti sacchi spettano a quattro persone?", ["sacchi", "persone"]),
        ("A che ora devo mettere fuori i sacchi?", ["sacchi"]),
        ("Quanto costa la palestra nei giorni feriali?", ["palestra", "feriali"]),
    ],
)
def test_ages_number_words_and_small_words_are_no_things(question: str, things: list[str]) -> None:
    assert things_of_a_figure(read_question(question), {}) == frozenset(stem(things))


def test_a_season_is_told_by_two_of_its_months() -> None:
    assert is_near("invern", frozenset(stem(["ottobre", "marzo"])), {})
    assert not is_near("invern", frozenset(stem(["aprile", "settembre"])), {})
    assert not is_near("invern", frozenset(stem(["ottobre"])), {})


def test_a_noun_that_a_question_turns_on_may_stand_in_the_heading() -> None:
    text = "A chi serve. Agli anziani che non possono cucinare."
    asked = read_question("Chi può chiedere i pasti a domicilio?")

    def deed(section: str) -> float:
        one = Passage("p", "d", text, (Span(1, 0, len(text)),), ("",), section=(section,))
        return Judge(asked, count_words([one]), {}).weigh(one, 0, len(text), about={}).features["deed"]

    assert deed("4. Pasti a domicilio") > 0.5 > deed("3. Assistenza a domicilio")
