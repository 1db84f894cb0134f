"""What a question is about, so that the next one may lean on it."""

from __future__ import annotations

import pytest

from kb.answering.conversing.subjects import has_own_subject, of, subject_of, without_preposition


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("quanti posti letto ci saranno per gli studenti e dove verranno costruite?", "posti letto per gli studenti"),
        ("ci sono incentivi per i veicoli elettrici?", "incentivi per i veicoli elettrici"),
        ("ci sarà una tariffa unica?", "una tariffa unica"),
        ("il biciplan cos'è", "il biciplan"),
        ("del parco sud", "il parco sud"),
        ("Il PTM è obbligatorio?", "PTM"),
        ("quante scuole superiori avete?", "scuole superiori"),
        ("Parlami del gemello digitale", "il gemello digitale"),
        ("raccontami qualcosa sui depuratori", "i depuratori"),
        ("tell me about the digital twin", "digital twin"),
        ("dimmi di Silam", "Silam"),
    ],
)
def test_the_subject_of_a_question(question: str, subject: str) -> None:
    assert subject_of(question) == subject


@pytest.mark.parametrize(
    ("subject", "phrase"),
    [
        ("Driver 4", "del Driver 4"),
        ("il driver della salute", "del driver della salute"),
        ("la rete duale", "della rete duale"),
        ("l'acqua", "dell'acqua"),
        ("gli affitti", "degli affitti"),
        ("DECIWATT", "di DECIWATT"),
    ],
)
def test_what_something_is_of(subject: str, phrase: str) -> None:
    assert of(subject) == phrase


@pytest.mark.parametrize(
    ("phrase", "plain"),
    [
        ("dei rifiuti", "i rifiuti"),
        ("all'acqua", "l'acqua"),
        ("alle scuole", "le scuole"),
        ("delegato", "delegato"),
        ("alberi", "alberi"),
    ],
)
def test_a_contracted_article_is_taken_out(phrase: str, plain: str) -> None:
    assert without_preposition(phrase) == plain


def test_a_pronoun_is_no_subject() -> None:
    assert not has_own_subject("che legge lo regola?")
    assert has_own_subject("che legge regola il parco?")
