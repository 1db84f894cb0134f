"""A sentence says what a term is, tells something of it, or merely names it."""

from __future__ import annotations

import pytest

from kb.answering.judging.definitions import defines, tells_what_it_is, told_first, undefined_term
from kb.answering.state import Evidence
from kb.language.questions import read_question
from kb.records import Passage, Span


def evidence(text: str, **features: float) -> Evidence:
    return Evidence(Passage("p", "d", text, (Span(1, 0, len(text)),), ("",)), 0, len(text), 1.0, features)


@pytest.mark.parametrize(
    ("term", "sentence", "told"),
    [
        ("le zone omogenee", "I rappresentanti dei Comuni sono raccolti in Zone omogenee.", False),
        ("le zone omogenee", "I rappresentanti, organizzati per Zone omogenee, gli enti e le università.", False),
        ("la telemedicina", "Gli spazi devono essere attrezzati per la telemedicina.", False),
        ("il turismo fuori porta", "Si valorizzano i beni, anche per il «turismo fuori porta», e i servizi.", False),
        ("i distretti smart land", "Si creano distretti «smart land», che uniscono più campi.", True),
        ("la rete verde", "Il Piano individua nella Rete Verde (RVM) il perno.", True),
        ("il ptm", "Il PTM è uno strumento.", True),
        ("i comuni", "I 133 Comuni sono riuniti.", True),
        ("i plis", "I vari PLIS già presenti vanno connessi.", True),
        ("il mobility management", "Il Mobility Management permette alle aziende di accordarsi.", True),
        ("afol", "È decisiva AFOL Metropolitana, un’azienda speciale.", True),
        ("i corridoi tematici", "Raccoglie in “corridoi tematici”, denominati Driver, le idee.", True),
        ("i driver", "Le ordina in «corridoi tematici», chiamati Driver.", True),
        ("i driver", "Il Driver 6 vuole governare la logistica.", False),  # tells of one of them
        ("il civic center", "La scuola è un presidio, cioè un civic center.", True),
        ("il one-stop-shop", "È un One-stop-Shop, offerto con ENEA, che serve alla diagnosi.", True),
        ("il one-stop-shop", "DECIWATT è un sistema One-stop-Shop in partnership con ENEA.", False),
        ("la rvm", "Non c'è nulla di questo.", True),  # told in other words, which is judged elsewhere
    ],
)
def test_what_a_sentence_tells_of_a_term(term: str, sentence: str, told: bool) -> None:
    assert tells_what_it_is(term, sentence) is told


@pytest.mark.parametrize(
    ("question", "sentence", "value"),
    [
        ("Cosa sono le STTM?", "STTM significa Strategie Tematico-Territoriali.", 1.0),
        ("Cosa sono le STTM?", "La STTM 3 è la Strategia per la produzione.", 0.0),  # one of them
        ("Che cos'è la STTM 3?", "La STTM 3 è la Strategia per la produzione.", 1.0),
        ("Cosa sono i Driver?", "I dieci Driver sono i filoni di lavoro.", 1.0),
        ("Cosa sono i Driver?", "I dieci Driver sono elencati qui.", 0.5),
        ("Cosa sono i Driver?", "Il terzo carattere dei Driver è l'apertura.", 0.0),
        ("Cosa sono i Driver?", "Il Piano riconosce nei Driver (dieci) il suo perno.", 0.0),
    ],
)
def test_how_far_a_sentence_defines(question: str, sentence: str, value: float) -> None:
    assert defines(read_question(question), sentence) == value


@pytest.mark.parametrize(
    ("question", "sentences", "term"),
    [
        ("Che cosa sono le zone omogenee?", ["I Comuni sono raccolti in Zone omogenee."], "zone omogenee"),
        (
            "Che cosa sono le zone omogenee?",
            ["I Comuni sono raccolti in Zone omogenee.", "Le Zone omogenee sono 7."],
            None,
        ),
        ("Che cosa sono le zone omogenee?", [], None),
        ("Dove sono le zone omogenee?", ["I Comuni sono raccolti in Zone omogenee."], None),
        ("What are the zone omogenee?", ["I Comuni sono raccolti in Zone omogenee."], None),
    ],
)
def test_a_term_that_is_only_named_is_not_defined(question: str, sentences: list[str], term: str | None) -> None:
    assert undefined_term(read_question(question), question, [evidence(one) for one in sentences]) == term


def test_a_sentence_that_defines_needs_no_more() -> None:
    question = "Che cosa sono le zone omogenee?"
    one = evidence("Sono raccolti in Zone omogenee.", definition=1.0)
    assert undefined_term(read_question(question), question, [one]) is None


def test_a_term_is_said_as_it_was_typed() -> None:
    question = "Che cosa sono le Attività civiche?"
    found = [evidence("I Comuni sono raccolti per Attività civiche.")]
    assert undefined_term(read_question(question), question, found) == "Attività civiche"


def test_what_tells_of_a_term_comes_before_what_names_it() -> None:
    names = evidence("Si dà spazio alla telemedicina.", coverage=1.0)
    less = evidence("La telemedicina, che è una cura a distanza, serve.", coverage=0.5)
    tells = evidence("La telemedicina serve a curare a distanza.", coverage=0.95)
    question = "Che cos'è la telemedicina?"
    assert told_first(question, [names, less, tells]) == [tells, names, less]
    assert told_first("Dove si fa la telemedicina?", [names, less, tells]) == [names, less, tells]
    defined = evidence("La telemedicina è una cura.", coverage=1.0, definition=1.0)
    assert told_first(question, [names, defined]) == [names, defined]
