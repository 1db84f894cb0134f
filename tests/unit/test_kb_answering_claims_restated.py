"""Restated: faithful sentences whose grammar is not their quote's, each group beside the lies that look like them."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful
from kb.language.polarity import MarkKind, find_marks
from kb.language.verbs import Mood, read_verb

CLUB = (
    "Il presidente del comitato di quartiere convoca le assemblee. Possono iscriversi anche i nonni, ma non i minori. "
    "Le gite guidate sono curate dai soci e si prenotano per telefono. Il parere è obbligatorio, ma non vincolante. "
    "I bambini sotto i 3 anni non pagano. Gli over 65 versano 4 euro. Il socio che perde la tessera prima di due mesi "
    "restituisce il premio."
)
ORCHARD = (
    "Il taglio dei tigli è vietato. Non si aprono nuove cave e quelle esistenti vanno recuperate alla fine dei lavori. "
    "Il consorzio decide dopo il parere della Provincia. Il vivaio apre il martedì, il giovedì e il sabato. Resta da "
    "definire il nome del parco. La raccolta è ammessa, ove possibile, con il furgone. Nelle serre ci sono meno piante."
)
PEOPLE = "Accoglie 36 persone, che hanno casa altrove. Venti sono già iscritte, le altre lo saranno entro maggio."


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Il presidente del comitato di quartiere convoca le assemblee.", CLUB),  # "quartiere" is no verb
        ("Anche i nonni possono iscriversi.", CLUB),  # who does it stands after the verb
        ("Le gite guidate vanno prenotate per telefono.", CLUB),
        ("Il parere non è vincolante.", CLUB),
        ("Gli over 65 pagano 4 euro.", CLUB),  # the "non" is of another sentence
        ("Se perde la tessera prima di due mesi, il socio deve restituire il premio.", CLUB),
        ("I tigli non si possono tagliare.", ORCHARD),
        ("La Provincia dà un parere prima che il consorzio decida.", ORCHARD),
        ("Il giovedì il vivaio apre.", ORCHARD),
        ("Il nome del parco non è ancora definito.", ORCHARD),
        ("Nelle serre dove ci sono meno piante fa caldo.", ORCHARD + " Nelle serre fa caldo."),
        ("Entro maggio saranno iscritte anche le altre.", PEOPLE),
    ],
)
def test_another_grammar_is_no_fault(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) is None


@pytest.mark.parametrize(
    ("lie", "source"),
    [
        ("I soci convocano le assemblee.", CLUB),
        ("Anche i minori possono iscriversi.", CLUB),
        ("Il parere è vincolante.", CLUB),
        ("I bambini sotto i 3 anni pagano 4 euro.", CLUB),
        ("I tigli si possono tagliare.", ORCHARD),
        ("Le nuove cave si aprono alla fine dei lavori.", ORCHARD),
        ("La Provincia dà un parere dopo che il consorzio ha deciso.", ORCHARD),
        ("Il venerdì il vivaio apre.", ORCHARD),
        ("Il nome del parco è definito.", ORCHARD),
        ("La raccolta è ammessa con il furgone.", ORCHARD),
    ],
)
def test_what_looks_like_it_and_says_another_thing_is_dropped(lie: str, source: str) -> None:
    assert find_unfaithful(lie, [source]) is not None


def test_a_verb_of_every_use_is_no_participle_of_another() -> None:
    form = read_verb("valuta")

    assert form is not None
    assert (form.infinitive, form.mood) == ("valutare", Mood.FINITE)
    assert read_verb("quartiere") is None


def test_what_one_has_is_not_what_one_has_done() -> None:
    assert not [mark for mark in find_marks("chi non ha casa") if mark.kind is MarkKind.DONE]
    assert [mark for mark in find_marks("chi ha chiesto la casa") if mark.kind is MarkKind.DONE]
