"""A sentence is an answer only if it holds the kind of thing that was asked."""

from __future__ import annotations

import pytest

from kb.answering.judging.conditions import (
    denied_words,
    meets_days,
    meets_denial,
    meets_future,
    meets_how_to,
    meets_names,
    meets_years,
)
from kb.answering.judging.expected import is_free, is_price, meets, named_actors, names_someone, nearness
from kb.language.questions import read_question

LOWERCASE = frozenset("tutela della salute agenzia servizi conferenza sindaci regione lombardia".split())


@pytest.mark.parametrize(
    ("question", "sentence", "holds"),
    [
        ("Quanti Comuni aderiscono?", "Vi partecipano 71 Comuni.", True),
        ("Quanti Comuni aderiscono?", "Vi partecipano settantuno Comuni.", True),
        ("Quanti Comuni aderiscono?", "Vi partecipano molti Comuni.", False),
        ("Quanti Comuni aderiscono?", "Il Driver 8 riguarda i Comuni.", False),
        ("Quanti Comuni aderiscono?", "Dal 2018 i Comuni collaborano.", False),
        ("Quanti cani ci sono?", "I cani sono tenuti al guinzaglio, lungo 1,50 m.", False),
        ("Quanti bambini ci sono?", "I bambini e i ragazzi dai 3 ai 14 anni.", False),
        ("Quanto incassa il Comune?", "Le entrate sono di 41.200 euro: 23.600 dalle sale, 5.700 da sanzioni.", True),
        ("Quanto costa il ritiro?", "Chi espone i sacchi prima rischia una sanzione di 100 euro.", False),
        ("Per quanto tempo si aspetta?", "Il tempo medio di attesa è di 12 giorni.", True),
        ("Per quanto tempo si aspetta?", "Il tempo di attesa è noto a tutti.", False),
        ("Quanti giorni servono?", "La riduzione è del 20%.", False),
        ("Quanti giorni servono?", "Servono sette giorni.", True),
        ("Quanti giorni servono?", "Servono sette domande.", False),
        ("Quanto costa il corso?", "Corso: inglese; Prezzo (euro): 120", True),
        ("Quanto costa il corso?", "Corso Inglese Prezzo (euro) 120 130", True),
        ("Quanto costa il corso?", "Corso: inglese; Iscritti: 120", False),
        ("Quanto incassa il Comune?", "Si danno due raccomandazioni.", False),
        ("Quanto è lungo il percorso?", "Il percorso ha due tratti.", False),  # counts, and measures nothing
        ("Quanto è lungo il percorso?", "Il percorso è lungo due chilometri.", True),
        ("Quando parte il treno?", "Il primo treno parte alle 6.30.", True),
        ("Quante domande sono arrivate?", "Ogni impresa può presentare una sola domanda.", False),
        ("Quando è nato il Comune?", "La domanda si presenta entro 6 mesi dalla nascita.", False),
        ("Quando è nato il Comune?", "Se i genitori non sono sposati si presentano tutti e due.", False),
        ("Quando è nato il Comune?", "Il Comune è nato nel 1928.", True),
        ("Quando si fa la domanda?", "La domanda si presenta entro 6 mesi dalla nascita.", True),
        ("Quanti gestori ci saranno?", "Si va verso un gestore unico del servizio.", True),
        ("Quanto costa il progetto?", "Il progetto vale 3 milioni di euro.", True),
        ("Quanto costa il progetto?", "Il progetto coinvolge 70 Comuni.", False),
        ("In che anno è partita la rete?", "Dal 2018 la rete si è arricchita.", True),
        ("In che anno è partita la rete?", "La rete conta 55 siti.", False),
        ("In che anno è partita la rete?", "Gli obiettivi sono individuati nell'Agenda 2030.", False),
        ("In che anno è partita la rete?", "La LR 29/2022 disciplina il Parco.", False),
        ("In che anno è partita la rete?", "La rete cresce a medio termine.", False),
        ("Quando parte la rete?", "La rete cresce a medio termine.", True),
        ("Quando aprono gli sportelli?", "Gli sportelli aprono il martedì e il giovedì, dalle ore 9.", True),
        ("Quando aprono le iscrizioni?", "Le iscrizioni si aprono a settembre.", True),
        ("Quando è nato il Patto?", "Il Patto, promosso dal Comune, riguarda il lavoro.", False),
        ("Quanto suolo si risparmia?", "Si riduce del 20% il consumo di suolo.", True),
        ("Quanto suolo si risparmia?", "Il Driver 2 vuole ridurre il consumo di suolo.", False),
        ("Quanto è grande il Parco?", "La LR 29/2022 disciplina il Parco.", False),
        ("In quale Comune si trova il centro?", "Il centro si trova a Rho.", True),
        ("In quale Comune si trova il centro?", "Vi partecipano 71 Comuni, Milano compreso.", False),
        ("Qual è l'indirizzo di AFOL?", "AFOL ha sede a Milano.", False),
        ("Qual è l'indirizzo di AFOL?", "AFOL ha sede in via della Moscova 3.", True),
        ("In quale Comune si trova il centro?", "Il centro serve a tutti i Comuni della Città metropolitana.", False),
        ("Quale legge riguarda il Parco?", "La LR 29/2022 riguarda il Parco.", True),
        ("Quale legge riguarda il Parco?", "Il Parco comprende vari Comuni.", False),
        ("A quale missione è legato?", "È legato alla missione 3.", True),
        ("A quale missione è legato?", "È legato a sei Missioni del PNRR.", False),
        ("Chi è il sindaco metropolitano?", "Il sindaco metropolitano è Mario Rossi.", True),
        ("Chi è il sindaco metropolitano?", "A sostegno della Conferenza dei Sindaci di Regione Lombardia.", False),
        ("A che ora passa la metro?", "La metro M1 passa spesso.", False),
        ("Fino a che ora si disdice?", "Si disdice entro le ore 9 dello stesso giorno.", True),
        ("Entro quando si chiede?", "La domanda si presenta entro il 31 gennaio.", True),
        ("Da quando si rinnova?", "Si rinnova a partire da 180 giorni prima della scadenza.", True),
        ("Che giorno passa la carta?", "La carta è raccolta il martedì.", True),
        ("Dove si mette il centro?", "Il centro serve a distribuire le merci.", False),
        ("Dove si mette il centro?", "Il centro si colloca in aree ben servite.", True),
        ("Dove si mette il centro?", "In primo luogo si sceglie il centro.", False),
        ("Come si chiama il luogo dove si va?", "Si chiama centro.", True),
        ("Qual è il sito internet dello sportello?", "Lo sportello usa strumenti digitali.", False),
        ("Qual è il sito internet dello sportello?", "Lo sportello risponde su www.esempio.it.", True),
        ("Mi dai il numero di telefono?", "Si chiama lo 02 1234567.", True),
        ("Quanto costa il ritiro?", "Il ritiro è gratuito.", True),
        ("Quanto è grande il ritiro?", "Il ritiro è gratuito.", False),
        ("Come si riduce il traffico?", "Si potenzia il trasporto pubblico.", True),
    ],
)
def test_the_kind_is_there_or_not(question: str, sentence: str, holds: bool) -> None:
    assert meets(read_question(question), sentence, known_words=LOWERCASE) is holds


def test_a_number_beside_the_counted_noun_is_nearer() -> None:
    asked = read_question("Quanti Comuni aderiscono?")
    assert nearness(asked, "Vi partecipano 71 Comuni") > nearness(asked, "In 71 casi, tra cui alcuni dei Comuni")
    assert nearness(asked, "Vi partecipano 71 aziende") == 0.0


def test_an_actor_is_a_name_that_the_question_lacks() -> None:
    asked = read_question("Con chi si realizza il Digital Twin?")
    assert named_actors(asked, "Si realizza con il CERN e il Politecnico di Milano.") == 1.0
    assert named_actors(asked, "Il Digital Twin è un gemello digitale.") == 0.0


@pytest.mark.parametrize(
    ("question", "sentence", "holds"),
    [
        ("Quali Comuni non rispettano le soglie?", "I Comuni rispettano le soglie.", False),
        ("Quali Comuni non rispettano le soglie?", "Nessun Comune supera le soglie.", True),
        ("Quali Comuni rispettano le soglie?", "I Comuni rispettano le soglie.", True),
        ("Non ho capito: quali sono le soglie?", "Le soglie sono due.", True),
    ],
)
def test_what_is_asked_not_to_be_is_not_answered_by_what_is(question: str, sentence: str, holds: bool) -> None:
    assert meets_denial(read_question(question), sentence) is holds


@pytest.mark.parametrize(
    ("question", "sentence", "document", "holds"),
    [
        ("Quanti siti c'erano nel 2019?", "I siti sono 55.", "Piano strategico 2022-2024", False),
        ("Quanti siti c'erano nel 2022?", "I siti sono 55.", "Piano strategico 2022-2024", True),
        ("Quanti siti c'erano nel 2019?", "Nel 2019 i siti erano 55.", "", True),
        ("Quanti siti ci sono?", "I siti sono 55.", "", True),
        ("Che cosa c'era nel 2019?", "I siti sono 55.", "", True),
    ],
)
def test_a_figure_of_a_year_is_not_one_of_another(question: str, sentence: str, document: str, holds: bool) -> None:
    assert meets_years(read_question(question), sentence, document) is holds


@pytest.mark.parametrize(
    ("question", "sentence", "left_out"),
    [
        (
            "Di quanto cala il suolo per il residenziale?",
            "Per le funzioni non in prevalenza residenziali è il 20%.",
            True,
        ),
        ("Di quanto cala il suolo per il residenziale?", "Per le funzioni residenziali è il 25%, non di più.", False),
        ("Di quanto cala per le funzioni non residenziali?", "Per le funzioni non residenziali è il 20%.", False),
        ("La salute è residenziale?", "Pur non includendo il residenziale.", False),
    ],
)
def test_a_figure_of_what_is_left_out_is_another_one(question: str, sentence: str, left_out: bool) -> None:
    assert ("residenzial" in denied_words(read_question(question), sentence)) is left_out


@pytest.mark.parametrize(
    ("question", "sentence", "holds"),
    [
        ("Quante stazioni verranno costruite?", "Le stazioni sono oggi 55.", False),
        ("Quante stazioni costruiranno?", "Le stazioni sono oggi 55.", False),
        ("Quante stazioni ci sono?", "Le stazioni sono oggi 55.", True),
        ("Quante stazioni ci saranno?", "Le stazioni diventeranno 70.", True),
        ("Quante Antenne e quanti Mara?", "Le stazioni sono oggi 55.", True),
    ],
)
def test_what_will_be_is_not_what_is(question: str, sentence: str, holds: bool) -> None:
    assert meets_future(read_question(question), sentence) is holds


@pytest.mark.parametrize(
    ("question", "sentence", "counted_as", "holds"),
    [
        ("Quanti posti crea?", "Si seguono tre linee per i servizi.", ("post",), False),
        ("Quante linee segue?", "Si seguono tre linee per i servizi.", ("line",), True),
        (
            "Quante scuole gestisce?",
            "Usa due funzioni, cioè programmare e gestire la rete scolastica.",
            ("scuol",),
            False,
        ),
        ("Quante scuole gestisce?", "Gestisce 156 istituti scolastici.", ("scuol",), True),
        (
            "Quante stazioni ci sono?",
            "Sono state installate stazioni radio (oggi se ne contano 55).",
            ("stazion",),
            True,
        ),
        ("Quanti posti crea?", "Si seguono tre linee per i servizi.", None, True),
    ],
)
def test_a_number_counts_the_thing_asked(
    question: str, sentence: str, counted_as: tuple[str, ...] | None, holds: bool
) -> None:
    assert meets(read_question(question), sentence, counted_as=counted_as) is holds


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("Il regolamento disciplina la raccolta.", 0.0),
        ("Il servizio è affidato a una cooperativa.", 1.0),
        ("Il servizio è svolto dalla Ambiente Lambro.", 1.0),
        ("La commissione è formata da due genitori.", 1.0),
    ],
)
def test_someone_is_named_by_name_or_by_what_they_are(sentence: str, named: float) -> None:
    assert names_someone(read_question("Chi raccoglie i rifiuti?"), sentence) == named


@pytest.mark.parametrize(
    ("question", "sentence", "holds"),
    [
        ("Il lunedì è aperto?", "Giorno: Martedì; Mattina: 9.00 - 12.30", False),
        ("Il lunedì è aperto?", "Giorno: Lunedì; Mattina: chiuso", True),
        ("Il giovedì è aperto?", "È aperto dal martedì al sabato.", True),
        ("È aperto?", "Giorno: Martedì; Mattina: 9.00 - 12.30", True),
    ],
)
def test_a_day_is_not_another(question: str, sentence: str, holds: bool) -> None:
    assert meets_days(read_question(question), sentence) is holds


@pytest.mark.parametrize(
    ("question", "sentence", "holds"),
    [
        ("Come mi iscrivo?", "L'iscrizione si fa sul portale.", True),
        ("Come si fa a diventare comunità energetica?", "Le scuole possono essere il centro di comunità.", False),
        ("Come si riduce il traffico?", "Il trasporto pubblico resta centrale.", True),
    ],
)
def test_how_to_is_answered_by_a_step(question: str, sentence: str, holds: bool) -> None:
    assert meets_how_to(read_question(question), sentence) is holds


def test_a_share_counts_what_it_is_of() -> None:
    asked = read_question("Quanti abitanti ha il Comune?")
    far = "Si vuole raggiungere il 78% di raccolta differenziata, con 410 chilogrammi di rifiuti per abitante."
    assert not meets(asked, far, counted_as=("abit",))
    assert meets(asked, "Il 78% degli abitanti vive in centro.", counted_as=("abit",))


def test_names_are_answered_by_names() -> None:
    asked = read_question("Quali sono i nomi dei 22 Comuni del Silam?")
    assert not meets_names(asked, "I Comuni che hanno sottoscritto il Progetto Silam sono 22.")
    assert meets_names(asked, "Hanno sottoscritto il Progetto i Comuni di Rho, Arese e Lainate.")


def test_what_measures_counts_nothing_else() -> None:
    assert not meets(read_question("Quanti iscritti ha?"), "I reclami si presentano per iscritto entro 30 giorni.")
    assert meets(read_question("Quanti giorni ho?"), "I reclami si presentano per iscritto entro 30 giorni.")


def test_what_is_free_has_its_price() -> None:
    asked = read_question("Quanto costa iscriversi?")
    assert is_free(asked, "L'iscrizione è gratuita.")
    assert is_price("cost")
    assert not is_free(asked, "L'iscrizione dura due anni.")
    assert not is_free(read_question("Quando ci si iscrive?"), "L'iscrizione è gratuita.")


def test_when_may_be_in_which_case() -> None:
    assert meets(read_question("Quando viene revocata?"), "È revocata se il canone non è pagato.")
    assert not meets(read_question("In che anno viene revocata?"), "È revocata se il canone non è pagato.")


@pytest.mark.parametrize(("sentence", "met"), [("Dura sei anni.", True), ("Costa 60 euro.", False)])
def test_years_are_counted_though_the_word_carries_no_subject(sentence: str, met: bool) -> None:
    assert meets(read_question("Quanti anni dura la concessione?"), sentence, counted_as={"anni"}) is met


@pytest.mark.parametrize(
    ("sentence", "met"),
    [
        ("Chi ha un ISEE inferiore a 6.000 euro paga metà canone.", False),
        ("ISEE da 15.001 a 25.000 euro: 265 euro;", True),
        ("Chi ha un reddito fino a 9.000 euro paga 30 euro.", True),
    ],
)
def test_what_somebody_has_is_no_sum_that_is_paid(sentence: str, met: bool) -> None:
    assert meets(read_question("Quanto si paga all'anno?"), sentence) is met


@pytest.mark.parametrize(
    ("question", "sentence", "met"),
    [
        ("Quanto si paga all'anno?", "Chi viola i divieti è punito con una sanzione da 50 a 300 euro.", False),
        ("Che multa si paga?", "Chi viola i divieti è punito con una sanzione da 50 a 300 euro.", True),
        ("Quanto si paga all'anno?", "Alla firma si versa un deposito cauzionale di 100 euro.", False),
    ],
)
def test_what_is_paid_for_a_wrong_or_given_back_is_no_price(question: str, sentence: str, met: bool) -> None:
    assert meets(read_question(question), sentence) is met


@pytest.mark.parametrize(
    ("question", "sentence", "met"),
    [
        ("Quanti rifiuti si producono?", "Il Piano vuole ridurre del 12% i rifiuti prodotti.", False),
        ("Di quanti rifiuti è la riduzione?", "Il Piano vuole ridurre del 12% i rifiuti prodotti.", True),
        ("Quanti rifiuti si producono?", "Ogni abitante ha prodotto 431 chilogrammi di rifiuti.", True),
        ("Quanti abitanti ci sono?", "Ogni abitante ha prodotto 431 chilogrammi di rifiuti.", False),
    ],
)
def test_a_change_counts_nothing_and_units_of_a_thing_count_it(question: str, sentence: str, met: bool) -> None:
    asked = read_question(question)
    assert meets(asked, sentence, counted_as={asked.counted or ""}) is met


@pytest.mark.parametrize(
    ("sentence", "counts"),
    [
        ("Le domande sono valutate da una commissione, che dà fino a 100 punti.", False),
        ("Le domande sono state in tutto 46.", True),
        ("Le domande arrivate sono 46 in totale.", True),
        ("Le domande accolte sono 46 esemplari.", True),
        ("Sono arrivate 46 nuove domande.", True),
    ],
)
def test_a_number_counts_the_noun_that_follows_it(sentence: str, counts: bool) -> None:
    asked = read_question("Quante domande sono arrivate?")
    assert meets(asked, sentence, counted_as=("domand",)) is counts


def test_what_holds_of_each_counts_none_of_them() -> None:
    text, asked = (
        "Ogni educatore segue 15 bambini, 10 nella fascia dei piccoli.",
        read_question("Quanti educatori ci sono?"),
    )
    assert not meets(asked, text, counted_as=("educ",))
    assert meets(asked, "Gli educatori sono 15, di cui 10 nella fascia dei piccoli.", counted_as=("educ",))
