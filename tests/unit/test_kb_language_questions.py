"""A question is read for its kind, its language and its subject."""

from __future__ import annotations

import pytest

from kb.language.deeds import asks_permission
from kb.language.questions import (
    Expectation,
    asks_for_whom,
    focus_stems,
    is_told_by,
    read_question,
    term_to_define,
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Quanti Comuni partecipano?", "count"),
        ("quante scuole ci sono", "count"),
        ("How many municipalities signed?", "count"),
        ("Quanto costa il Driver 3?", "amount"),
        ("Qual è il costo totale previsto?", "amount"),
        ("Quanto sono costate le antenne?", "amount"),
        ("Quanto è stato speso per la rete?", "amount"),
        ("Quanto è lunga la rete?", "quantity"),
        ("What is the budget of the plan?", "amount"),
        ("In che anno è partita la rete?", "time"),
        ("Quando finiscono i lavori?", "time"),
        ("A che ora passa la metro?", "clock"),
        ("Quale legge regionale ridisciplina il Parco?", "law"),
        ("A quale missione del PNRR è legato?", "mission"),
        ("Chi è il sindaco metropolitano?", "person"),
        ("Con chi verrà realizzato?", "actor"),
        ("Che cos'è il PUMS?", "definition"),
        ("Cos’è la rete duale?", "definition"),
        ("cosa significa LUM", "definition"),
        ("Che cosa è cambiato con la crisi?", "other"),
        ("Che cosa è la comunità energetica?", "definition"),
        ("Quali sono le soglie?", "list"),
        ("Qual è il ruolo di CAP Holding?", "single"),
        ("Quale Comune ha firmato per ultimo?", "place"),
        ("Quale città metropolitana è?", "single"),
        ("La salute è una funzione diretta?", "yes_no"),
        ("È vero che i Comuni sono dodici?", "yes_no"),
        ("È vero che la salute è una funzione diretta?", "yes_no"),
        ("Mi confermate che la rete è nuova?", "yes_no"),
        ("Dammi la lista dei progetti", "list"),
        ("Come si riduce il traffico?", "other"),
    ],
)
def test_the_kind_of_answer_is_told(question: str, kind: str) -> None:
    assert read_question(question).expects.value == kind


def test_the_thing_counted_is_its_stem() -> None:
    assert read_question("Quanti Comuni hanno firmato?").counted == "comun"


def test_words_of_asking_are_not_the_subject() -> None:
    assert read_question("Vorrei sapere che cosa prevede il Piano per gli alberi").focus == ("pian", "alber")


@pytest.mark.parametrize(
    ("question", "language"),
    [("How many municipalities have signed?", "en"), ("Quanti Comuni hanno firmato?", "it"), ("PUMS", "it")],
)
def test_the_language_is_told(question: str, language: str) -> None:
    assert read_question(question).language == language


@pytest.mark.parametrize(
    ("question", "relation"),
    [
        ("Dove dovrebbero stare le case di comunità?", "casa"),
        ("Chi potrebbe finanziare gli hub?", "finanz"),
        ("Con chi lo fanno (il gemello digitale)?", None),
        ("Chi ha firmato il Patto?", "firm"),
        ("chi lo gestisce?", "gest"),
        ("Chi sono gli attori?", None),
        ("Dov'è la biblioteca?", "bibliotec"),
        ("Chi mette i fondi del Patto?", "fond"),
        ("Quando finisce il piano?", "fin"),
        ("Come si chiama chi ha firmato?", "firm"),
        ("Che cosa ha firmato?", None),
        ("Chi mi aiuta a trovare lavoro?", None),  # who does it, not who helps
        ("Chi aiuta i Comuni?", "aiut"),
    ],
)
def test_the_verb_that_a_question_turns_on(question: str, relation: str | None) -> None:
    assert read_question(question).relation == relation


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("Quali sono i Driver?", "driver"),
        ("Elenca le azioni cardine", "azion"),
        ("Quali altre autostrade?", "autostrad"),
        ("Quante scuole?", None),
    ],
)
def test_the_thing_that_a_list_is_asked_of(question: str, thing: str | None) -> None:
    assert read_question(question).thing == thing


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Mi dai il sito internet dello sportello?", "contact"),
        ("numero di telefono biblioteca", "contact"),
        ("In che punto verrà aperto?", "where"),
        ("dov'è il centro per l'impiego più vicino", "where"),
        ("Ma la biblioteca dov'è?", "where"),
        ("le case di comunità dove le mettono", "where"),
        ("I centri dove si distribuiscono le merci come si chiamano?", "other"),
        ("Da dove arrivano i soldi per le scuole?", "other"),
        ("Che giorno passa la carta?", "time"),
        ("Quali Comuni hanno firmato?", "place"),
    ],
)
def test_whereabouts_and_contacts_are_kinds_of_their_own(question: str, kind: str) -> None:
    assert read_question(question).expects.value == kind


def test_the_answers_to_choose_from() -> None:
    assert read_question("Comunità energetiche: a breve o a lungo?").choice == ("brev", "lung")
    assert read_question("Un privato può usare DECIWATT o è solo per i Comuni?").choice is None


def test_a_pronoun_joined_to_a_verb_is_cut() -> None:
    assert focus_stems("posso usarlo") == focus_stems("posso usare")
    assert focus_stems("la perla") == ("perl",)


def test_for_whom_is_not_who() -> None:
    assert read_question("C'è un contributo anche per chi paga il mutuo?").expects is Expectation.YES_NO
    assert read_question("Chi paga il mutuo?").expects is Expectation.ACTOR


def test_what_is_asked_of_a_thing_measured() -> None:
    assert read_question("Fino a che ISEE si può chiedere?").expects is Expectation.QUANTITY
    assert read_question("Entro che ora si disdice il pasto?").expects is Expectation.CLOCK


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("Il piano dice qualcosa sul caro bollette?", ("bollett",)),
        ("Bollette troppo alte, il piano fa qualcosa?", ("bollett",)),
        ("La Città metropolitana prevede qualcosa per i ciclisti?", ("ciclist",)),
    ],
)
def test_whether_the_plan_says_anything_asks_what(question: str, focus: tuple[str, ...]) -> None:
    asked = read_question(question)
    assert (asked.expects, asked.focus) == (Expectation.OTHER, focus)


def test_the_manner_asked_for_is_no_part_of_the_subject() -> None:
    asked = read_question("Con quale meccanismo si conferiscono gli immobili?")
    assert (asked.expects, asked.thing) == (Expectation.OTHER, None)
    assert asked.focus == focus_stems("come si conferiscono gli immobili")
    assert asked.text == "Con quale meccanismo si conferiscono gli immobili?"
    assert read_question("Quale meccanismo aiuta il riciclo?").thing == "meccan"


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("A chi si rivolge GOL?", True),
        ("La formazione è rivolta a chi?", True),
        ("Per chi sono pensate le residenze?", True),
        ("A chi mi rivolgo?", False),
        ("Chi si rivolge al Centro?", False),
    ],
)
def test_for_whom_something_is_meant(question: str, asks: bool) -> None:
    assert asks_for_whom(question) is asks


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("Che cosa vuol dire transizione ecologica per la Città metropolitana?", "transizione ecologica"),
        ("Che cos'è la rete duale nel piano?", "la rete duale"),
        ("Cos'è lo stile di lavoro dei Driver?", "lo stile di lavoro"),
        ("Che cos'è il Patto per il Lavoro?", "il patto per il lavoro"),
        ("Che cosa sono i Piani di Zona?", "i piani di zona"),
    ],
)
def test_in_whose_words_a_term_is_meant_is_no_part_of_it(question: str, term: str) -> None:
    assert term_to_define(question) == term


def test_words_of_everyday_speech_are_not_the_subject() -> None:
    assert focus_stems("ma cosa sono sti Driver?") == ("driver",)
    assert focus_stems("le bollette sono troppo alte") == ("bollett",)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Quanto si paga all'anno per un orto?", "amount"),
        ("Quanto devo pagare al mese?", "amount"),
        ("Quanto mi danno al massimo?", "amount"),
        ("Quanto è la retta del nido?", "amount"),
        ("Quanto dura il prestito?", "quantity"),
    ],
)
def test_what_one_pays_is_a_sum(question: str, kind: str) -> None:
    assert read_question(question).expects == kind


def test_years_are_counted() -> None:
    asked = read_question("Quanti anni dura la concessione?")
    assert (asked.counted, "insiem" in asked.focus) == ("anni", False)


def test_the_channel_asked_for_is_no_word_of_the_subject() -> None:
    assert read_question("Qual è l'indirizzo email della biblioteca?").focus == ("bibliotec",)


def test_what_binds_two_things_is_told_by_both() -> None:
    asked = read_question("Che rapporto c'è tra PTM e rigenerazione?")
    assert (asked.expects, asked.focus) == (Expectation.OTHER, ("leg", "ptm", "rigener"))


@pytest.mark.parametrize(
    "question",
    ["Che numero chiamo per il ritiro?", "A chi telefono se l'app non va?", "Quale numero devo chiamare?"],
)
def test_whom_to_call_is_a_contact(question: str) -> None:
    assert read_question(question).expects == "contact"


def test_opening_hours_tell_when_something_is_open() -> None:
    asked = read_question("Quando è aperto l'ufficio tributi?")
    assert asked.relation is not None
    assert any(is_told_by(asked.relation, word) for word in ("orar", "ricev"))
    assert not is_told_by(asked.relation, "uffic")


def test_a_deed_too_wide_turns_on_what_follows_it() -> None:
    assert read_question("Quando arriva il contenitore?").relation == "contenitor"


def test_what_ones_own_may_do_is_a_permission() -> None:
    assert asks_permission("mia figlia di 6 anni puo venire da sola?")
    assert not asks_permission("il piano puo cambiare?")


def test_the_plan_itself_is_not_what_is_listed_or_defined() -> None:
    assert read_question("Mi fai l'elenco dei Driver del piano?").focus == ("driver",)
    assert read_question("Cos'è di preciso un Driver nel Piano strategico?").focus == ("driver",)
    assert "pian" in read_question("Che cos'è il Piano strategico?").focus
    assert "urban" in read_question("Che cosa sono i nodi del piano urbano della mobilità?").focus


@pytest.mark.parametrize(
    "question", ["Il nome dell'assessore che segue la logistica", "Qual è il nome del dirigente della mobilità?"]
)
def test_the_name_of_whoever_holds_an_office_is_a_persons(question: str) -> None:
    assert read_question(question).expects is Expectation.PERSON


def test_a_noun_beside_a_word_of_asking_is_of_the_subject() -> None:
    assert "occup" in read_question("Quanti punti vale la nuova occupazione?").focus
    assert "camb" in read_question("Quanto costa cambiare residenza?").focus
    assert "camb" not in read_question("Cambiamo argomento: quanto costa la residenza?").focus
    assert "dovrebb" not in read_question("Di quanto dovrebbe calare il traffico?").focus


def test_where_one_takes_something_turns_on_what_it_is() -> None:
    asked = read_question("Dove butto le pile scariche?")
    assert asked.relation == "pil"
    assert asked.focus == ("pil", "scaric")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Quanto sono pagati gli educatori?", Expectation.AMOUNT),
        ("Qual è l'orario della farmacia?", Expectation.CLOCK),
        ("Come si chiama il coordinatore dei centri estivi?", Expectation.PERSON),
    ],
)
def test_pay_is_a_sum_a_timetable_gives_hours_and_a_coordinator_has_a_name(question: str, kind: Expectation) -> None:
    assert read_question(question).expects is kind


def test_passing_to_do_something_is_no_deed() -> None:
    assert read_question("Il 25 aprile passano a raccogliere i rifiuti?").relation is None
