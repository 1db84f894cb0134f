"""How a sentence is cut into verbs and phrases."""

from __future__ import annotations

from kb.answering.claims.alignment import read_words
from kb.answering.claims.clauses import parse
from kb.answering.claims.phrases import Part, Phrase, Verb, Voice, above, are_listed, are_tied


def verb(text: str, word: str) -> Verb:
    return next(one for one in parse(read_words(text)).verbs if one.word.text == word)


def phrase(text: str, word: str) -> Phrase:
    nodes = [one for one in parse(read_words(text)).nodes if isinstance(one, Phrase)]
    return next(one for one in nodes if word in {each.text for each in one.words})


def heads(phrases: list[Phrase]) -> set[str]:
    return {one.words[0].text for one in phrases}


def test_a_verb_has_the_subject_before_it_and_the_object_after_it() -> None:
    text = "Il museo espone una raccolta di strumenti."

    assert heads(verb(text, "espone").subjects) == {"museo"}
    assert phrase(text, "raccolta").part is Part.OBJECT
    assert phrase(text, "raccolta").parent is verb(text, "espone")


def test_a_clause_after_che_has_a_subject_of_its_own() -> None:
    text = "Il piano prevede che i Comuni, nei loro programmi, individuino le aree."

    assert heads(verb(text, "individuino").subjects) == {"Comuni"}
    assert heads(verb(text, "prevede").subjects) == {"piano"}


def test_a_relative_clause_goes_with_what_stands_before_it() -> None:
    text = "La biblioteca ha comprato un archivio che contiene lettere."

    assert heads(verb(text, "contiene").subjects) == {"archivio"}


def test_a_passive_verb_and_a_participle_beside_a_noun_are_told_apart() -> None:
    text = "Il mercato è gestito dal Comune e ospita banchi affidati a produttori."

    assert verb(text, "gestito").voice is Voice.PASSIVE
    assert verb(text, "affidati").voice is Voice.MODIFIER
    assert phrase(text, "Comune").preposition == "da"


def test_the_members_of_a_list_hang_on_the_same_thing_and_not_on_each_other() -> None:
    text = "Il piano punta sul riuso dei rifiuti, sulla cura dei parchi e sulla tutela delle acque."
    reuse, parks, waters = phrase(text, "riuso"), phrase(text, "parchi"), phrase(text, "acque")

    assert are_listed(reuse, phrase(text, "tutela"))
    assert not are_tied(parks, waters)
    assert are_tied(phrase(text, "cura"), parks)


def test_an_infinitive_has_the_subject_of_the_verb_that_governs_it() -> None:
    text = "La cooperativa intende aprire una bottega e promette di assumere due persone."

    assert heads(verb(text, "aprire").subjects) == {"cooperativa"}
    assert heads(verb(text, "assumere").subjects) == {"cooperativa"}


def test_what_is_said_with_e_has_its_subject() -> None:
    text = "La piazza è un luogo di incontro."

    assert heads(phrase(text, "luogo").subjects) == {"piazza"}
    assert above(phrase(text, "piazza")) == [phrase(text, "luogo")]


def test_another_name_in_brackets_is_no_further_phrase_of_the_sentence() -> None:
    text = "Il Tavolo del Gusto (TdG) organizza la fiera."

    assert phrase(text, "TdG").apposed
    assert heads(verb(text, "organizza").subjects) == {"Tavolo"}


def test_no_text_is_too_odd_to_be_cut() -> None:
    for text in ("", "e", "che che che", "(()", "Il.", "12", "di di di", "; ; ,", "perché", "Sono 3, di cui 2."):
        assert parse(read_words(text)) is parse(read_words(text))


def test_what_follows_a_condition_is_the_subject_of_the_next_verb() -> None:
    text = "Se non viene curata, la siepe rischia di morire."

    assert heads(verb(text, "rischia").subjects) == {"siepe"}


def test_the_verb_e_joins_no_list() -> None:
    text = "La domanda di alloggi è esplosa."

    assert heads(verb(text, "esplosa").subjects) == {"domanda"}
