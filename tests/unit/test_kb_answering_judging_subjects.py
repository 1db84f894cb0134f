"""Of whom a question for yes or no asks its verb: what others do is no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.judging.judge import Judge
from kb.answering.judging.subjects import subject_words
from kb.answering.judging.things import verbs_of
from kb.answering.judging.untold import beside_the_point, is_untold
from kb.answering.judging.vetoes import tells_of_another
from kb.answering.state import Evidence
from kb.answering.weighing.weights import count_words
from kb.language.questions import read_question
from kb.records import Passage, ScoredPassage, Span

PLANTS = "Gli impianti del territorio producono energia pulita."
SCHOOLS = "Le scuole producono energia pulita."


def passage(text: str, section: str = "S") -> Passage:
    return Passage("p", "d", text, (Span(1, 0, len(text)),), ("",), section=(section,))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("La scuola può produrre energia?", ("scuol",)),
        ("La Città metropolitana di Milano produrrà energia?", ()),  # stands everywhere
        ("Il Driver 3 produce energia?", ()),
        ("Chi produce energia?", ()),
        ("Can schools produce energy?", ()),
        ("Quali strumenti usano (i Distretti)?", ("distrett",)),  # completed from what was asked before
        ("Quali strumenti usano (Driver 3)?", ()),
    ],
)
def test_what_stands_before_the_verb(question: str, words: tuple[str, ...]) -> None:
    assert subject_words(read_question(question)) == words


@pytest.mark.parametrize(
    ("text", "section", "told"),
    [(SCHOOLS, "S", True), (PLANTS, "Le scuole", True), (PLANTS, "S", False)],
)
def test_what_others_do_is_no_answer(text: str, section: str, told: bool) -> None:
    judge = Judge(
        read_question("La scuola può produrre energia?"), count_words([passage(PLANTS), passage(SCHOOLS)]), {}
    )
    one = judge.weigh(passage(text, section), 0, len(text), about={})

    assert is_untold(one.features) is not told
    assert beside_the_point(one) is not told


def test_what_is_asked_for_comes_before_other_words() -> None:
    held, lacks = "Il rapporto fra il capoluogo e i Comuni è nuovo.", "Il Patto fra Milano e gli altri Comuni è nuovo."
    asked = read_question("Qual è il rapporto tra Milano e gli altri Comuni?")
    judge = Judge(asked, count_words([passage(held), passage(lacks)]), {})
    features = [judge.weigh(passage(text), 0, len(text), about={}).features["single"] for text in (held, lacks)]

    assert features == [1.0, 0.0]
    listed = Judge(read_question("Quali sono i rapporti?"), count_words([passage(held)]), {})
    assert listed.weigh(passage(held), 0, len(held), about={}).features["single"] == 0.0


def test_a_sentence_on_another_subject_is_no_better_one() -> None:
    first = Evidence(passage(SCHOOLS), 0, len(SCHOOLS), 1.0, {"coverage": 0.5})
    other = Evidence(passage(PLANTS), 0, len(PLANTS), 2.0, {"coverage": 1.0, "subject": 0.0})
    assert not tells_of_another([first, other])
    assert tells_of_another([first, Evidence(other.passage, 0, other.end, 2.0, {"coverage": 1.0})])


def ranked(question: str, *texts: str) -> list[str]:
    passages = [replace(passage(text), id=f"p{number}") for number, text in enumerate(texts)]
    judge = Judge(read_question(question), count_words(passages), {})
    return [one.text for one in judge.rank([ScoredPassage(one, 1.0) for one in passages])]


def test_who_does_something_is_told_by_a_sentence_that_names_someone() -> None:
    nobody = "La rete duale riserva le acque pregiate e fa gestire meglio l'acqua piovana."
    someone = "Il Servizio Idrico Integrato ha un gestore unico in tutto il territorio."
    assert ranked("Chi gestisce l'acqua?", nobody, someone)[0] == someone
    assert ranked("Come si gestisce l'acqua?", nobody, someone)[0] == nobody


def test_a_noun_of_the_verb_s_own_root_tells_it_nearly_as_the_verb() -> None:
    judge = Judge(read_question("Perché si vuole ridurre la plastica?"), count_words([passage(SCHOOLS)]), {})
    held = [
        judge.weigh(passage(text), 0, len(text), about={}).features["coverage"]
        for text in ("Ridurre la plastica fa bene.", "La riduzione della plastica fa bene.", "Meno plastica fa bene.")
    ]
    assert 1.0 == held[0] > held[1] > held[2]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Gli agricoltori conferiscono priorità alle risorse.", False),
        ("Gli agricoltori ricevono risorse.", True),
        ("Gli agricoltori ottengono contributi.", True),
    ],
)
def test_synonyms_of_a_verb_and_of_what_it_is_done_to_tell_another_deed(sentence: str, told: bool) -> None:
    asked = read_question("Gli agricoltori ricevono contributi?")
    judge = Judge(asked, count_words([passage(sentence)]), {}, verbs=verbs_of(asked))
    assert is_untold(judge.weigh(passage(sentence), 0, len(sentence), about={}).features) is not told


def test_how_many_there_are_in_all_is_told_by_a_sentence_that_says_little_else() -> None:
    members = "A quella azienda speciale partecipano la Città metropolitana e 71 Comuni, con il capoluogo compreso."
    in_all = "I Comuni della Città metropolitana sono 133."
    assert ranked("Quanti Comuni ci sono nella Città metropolitana?", members, in_all)[0] == in_all


def test_who_manages_is_told_by_the_manager_as_by_the_management() -> None:
    judge = Judge(read_question("Chi gestisce l'acqua?"), count_words([passage(SCHOOLS)]), {})
    held = [
        judge.weigh(passage(text), 0, len(text), about={}).features["coverage"]
        for text in ("Dell'acqua il gestore è uno.", "Dell'acqua la gestione è una.")
    ]
    assert held[0] == held[1] > 0.9
