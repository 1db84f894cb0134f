"""What is read in a question."""

from __future__ import annotations

import pytest

from kb.language.words import fold
from kb.records import Document, DocumentKind, PassageFilter
from kb.retrieval.query import everyday_meanings, read_query
from kb.retrieval.references import read_articles, read_drivers
from kb.retrieval.vocabulary import Vocabulary

PUMS = Document("pums", "Piano Urbano per la Mobilità Sostenibile", DocumentKind.MOBILITY_PLAN, "0")
PLAN = Document("plan", "Piano strategico 2022-2024", DocumentKind.PLAN, "1", edition="2022-2024")
WORDS = dict.fromkeys("mobilita sostenibile consumo suolo comuni partecipano rete fibra ridotto parla".split(), 3)
VOCABULARY = Vocabulary(
    words=WORDS,
    acronyms={"pums": "piano urbano per la mobilita sostenibile", "lum": "luoghi urbani per la mobilita"},
    driver_titles={3: "sustain - ability", 8: "il lavoro al lavoro", 7: "scuole avamposto di comunita"},
    documents={"pums": PUMS, "plan": PLAN},
)


@pytest.mark.parametrize(
    ("text", "drivers"),
    [
        ("Che cosa prevede il Driver 3?", (3,)),
        ("il terzo driver", (3,)),
        ("driver III", (3,)),
        ("Driver n. 10", (10,)),
        ("DRIVER TRE", (3,)),
        ("differenza tra i Driver 3 e 8", (3, 8)),
        ("the third driver", (3,)),
        ("Scuole avamposto di comunità: quali azioni?", (7,)),
        ("Quanti driver ci sono?", ()),
        ("Quali driver e i comuni?", ()),
        ("il lavoro a Milano", ()),
    ],
)
def test_drivers_by_digit_word_ordinal_roman_number_and_title(text: str, drivers: tuple[int, ...]) -> None:
    assert read_query(text, vocabulary=VOCABULARY).drivers == drivers


@pytest.mark.parametrize(
    ("text", "missions"),
    [
        ("Di che cosa si occupa la Missione 3 del PNRR?", ("M3",)),
        ("la M3 del PNRR", ("M3",)),
        ("M5C2", ("M5",)),
        ("missione tre", ("M3",)),
        ("mission 3", ("M3",)),
        ("missione III", ("M3",)),
        ("A che ora passa la metro M3?", ()),
        ("la linea M3 a San Donato", ()),
        ("prolungamento della metropolitana M5 a Monza", ()),
        ("la Città metropolitana e la M2", ("M2",)),
        ("La linea M3 e la Missione 3", ("M3",)),
        ("missione 9", ()),
    ],
)
def test_a_mission_is_no_metro_line(text: str, missions: tuple[str, ...]) -> None:
    assert read_query(text, vocabulary=VOCABULARY).missions == missions


def test_articles_commas_and_laws() -> None:
    reading = read_query("Cosa dice l'art. 5-bis, comma 2, della L.R. n. 29/2022?", vocabulary=VOCABULARY)

    assert (reading.articles, reading.commas, reading.laws) == (("5-bis",), ("2",), ("29/2022",))
    assert reading.years == ()
    assert read_query("dell’articolo 12", vocabulary=VOCABULARY).articles == ("12",)
    assert read_query("decreto 22 gennaio 2004, n. 42", vocabulary=VOCABULARY).laws == ("42/2004",)
    assert read_query("legge regionale n. 29 del 2022", vocabulary=VOCABULARY).laws == ("29/2022",)
    assert read_query("DM 77/2022", vocabulary=VOCABULARY).laws == ("77/2022",)
    assert read_query("article 5 paragraph 2", vocabulary=VOCABULARY).articles == ("5",)


def test_years_and_editions() -> None:
    reading = read_query("Nel Piano 2019-2021 e dal 2018?", vocabulary=VOCABULARY)

    assert (reading.editions, reading.years) == (("2019-2021",), (2018,))
    assert read_query("il Piano del 2020", vocabulary=VOCABULARY).edition_years == (2020,)
    assert read_query("edizione 2020", vocabulary=VOCABULARY).edition_years == (2020,)
    assert read_query("entro giugno 2021", vocabulary=VOCABULARY).edition_years == ()
    assert read_query("Piano 2019-2021", vocabulary=VOCABULARY).edition_years == ()
    assert read_query("edizione 2019/21", vocabulary=VOCABULARY).editions == ("2019-2021",)


def test_a_document_is_named_by_acronym_or_by_title() -> None:
    assert read_query("secondo il PUMS", vocabulary=VOCABULARY).documents == ("pums",)
    assert read_query("nel piano urbano per la mobilità sostenibile", vocabulary=VOCABULARY).documents == ("pums",)
    assert read_query("secondo il comune", vocabulary=VOCABULARY).documents == ()


def test_acronyms_both_ways() -> None:
    assert "luoghi urbani per la mobilita" in read_query("Che cos'è un LUM?", vocabulary=VOCABULARY).lexical_text
    assert read_query("i luoghi urbani per la mobilità", vocabulary=VOCABULARY).added == ("lum",)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mobilità sostenibille", "mobilità sostenibile"),
        ("mobilità sosteniblie", "mobilità sostenibile"),
        ("consummo di suolo", "consumo di suolo"),
        ("partecipamo", "partecipano"),
        ("risotto e parola", "risotto e parola"),  # other words, not slips
        ("mobilita'", "mobilita'"),  # an accent typed as an apostrophe is no slip
    ],
)
def test_typos_are_mended_towards_words_of_the_documents(typed: str, meant: str) -> None:
    assert read_query(typed, vocabulary=VOCABULARY).plain == meant


def test_filters_only_when_sure() -> None:
    def narrow(text: str) -> PassageFilter:
        return read_query(text, vocabulary=VOCABULARY).narrow

    assert narrow("Driver 3") == PassageFilter(driver=3)
    assert narrow("art. 5 del PUMS") == PassageFilter(article="5", document="pums")
    for unsure in ("Driver 12", "i Driver 3 e 8", "art. 5", "secondo il PUMS", "scuole avamposto di comunità", "M3"):
        assert narrow(unsure).is_open(), unsure


def test_english_and_everyday_words() -> None:
    reading = read_query("How many municipalities have signed the fibre agreements?", vocabulary=VOCABULARY)

    assert reading.language == "en"
    assert {"comuni", "sottoscritto", "fibra", "accordi"} <= set(reading.lexical_text.split())
    assert "rifiuti" in read_query("Chi porta via la spazzatura?", vocabulary=VOCABULARY).lexical_text
    assert read_query("Quanti Comuni partecipano?", vocabulary=VOCABULARY).language == "it"


@pytest.mark.parametrize("text", ["", "   ", "?!…", "🚲" * 50, "a" * 5000, "\x00", "art.", "driver"])
def test_odd_questions_are_read_without_fault(text: str) -> None:
    reading = read_query(text, vocabulary=VOCABULARY)

    assert reading.narrow.is_open()
    assert reading.detail()["language"] == "it"


@pytest.mark.parametrize(
    ("text", "drivers"),
    [
        ("i Driver 1-3", (1, 2, 3)),
        ("i Driver dal 2 al 4", (2, 3, 4)),
        ("i Driver dall'1 al 3", (1, 2, 3)),
        ("i primi tre Driver", (1, 2, 3)),
        ("the first two drivers", (1, 2)),
        ("tra il Driver 2 e il 5", (2, 5)),
        ("il Driver 8 e 71 Comuni", (8,)),
        ("i Driver 3 e i Comuni", (3,)),
        ("Driver 5 al 2030", (5,)),
        ("Driver I e II", (1, 2)),
    ],
)
def test_drivers_from_one_to_another_and_what_is_none(text: str, drivers: tuple[int, ...]) -> None:
    assert read_drivers(fold(text)) == drivers


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("artt. 5 e 6", ("5", "6")),
        ("gli articoli 5, 6 e 7-bis", ("5", "6", "7-bis")),
        ("artt. 136 e 142 del D.Lgs. 42/2004", ("136", "142")),
        ("art. 5 e 42/2004", ("5",)),
        ("art. 5, comma 2", ("5",)),
    ],
)
def test_articles_in_a_list(text: str, articles: tuple[str, ...]) -> None:
    assert read_articles(fold(text)) == articles


@pytest.mark.parametrize(
    ("text", "expansions"),
    [
        ("Che cos'è Re Mix?", {"re mix": "remix"}),
        ("le stazioni radiobase", {"radiobase": "radio base"}),
        ("le stazioni radio base", {}),
        ("stazionario", {}),
    ],
)
def test_words_written_joined_or_apart(text: str, expansions: dict[str, str]) -> None:
    words = {"remix": 2, "re": 1, "stazioni": 3, "radio": 3, "base": 3, "stazione": 1}

    assert read_query(text, vocabulary=Vocabulary(words=words)).expansions == expansions


@pytest.mark.parametrize(
    ("word", "expansions"),
    [
        ("bollette", {}),  # the documents have it in the other number
        ("multe", {"multe": "sanzioni"}),
        ("studentati", {"studentati": "residenze universitarie"}),
        ("magazzini", {"magazzini": "logistica"}),
    ],
)
def test_an_everyday_word_stands_for_the_plans_where_that_is_not_written(word: str, expansions: dict[str, str]) -> None:
    words = {"bolletta": 1, "logistica": 1, "residenze": 1, "universitarie": 1}
    assert read_query(f"E le {word}?", vocabulary=Vocabulary(words=words)).expansions == expansions


@pytest.mark.parametrize(
    ("said", "meanings"),
    [
        ("Non sono ammessi i veicoli.", {"furgone": "veicoli"}),
        ("Le spese ammesse sono queste.", {}),  # none of its meanings
    ],
)
def test_everyday_words_stand_for_what_the_passages_found_say(said: str, meanings: dict[str, str]) -> None:
    found = everyday_meanings("posso comprare un furgone?", said)
    assert {word: meant for word, meant in found.items() if word == "furgone"} == meanings


def test_acronyms_that_everyone_knows_are_read_though_no_document_explains_them() -> None:
    acronym, name = Vocabulary(words={"tari": 1, "rata": 1}), Vocabulary(words={"tassa": 1, "rifiuti": 1, "rata": 1})
    assert read_query("quando scade la tassa rifiuti?", vocabulary=acronym).expansions["tassa rifiuti"] == "tari"
    assert read_query("quando scade la TARI?", vocabulary=name).expansions["tari"] == "tassa rifiuti"
    assert "tari" not in read_query("quando scade la TARI?", vocabulary=acronym).expansions
