"""Small talk is told from questions, with or without a greeting."""

from __future__ import annotations

import pytest

from kb.answering.route import tell_talk, without_greeting


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
        ("ciao bussola quanti Comuni ci sono", "bussola quanti Comuni ci sono"),
        ("Hiking non c'entra", "Hiking non c'entra"),
        ("Salve", "Salve"),
    ],
)
def test_the_greeting_is_taken_off_a_question(text: str, rest: str) -> None:
    assert without_greeting(text) == rest
