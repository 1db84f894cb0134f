"""A question that asks several things is answered in parts, and the part without an answer is named."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from kb.answering.divide import divide, each_part, join, parts_of
from kb.answering.state import DraftSentence, State, Tools
from kb.answering.weighing.weights import count_words
from kb.language.questions import read_question
from kb.records import AnswerStatus


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Che cos'è il PTM e quando è stato approvato?", ["Che cos'è il PTM?", "Quando è stato approvato (PTM)?"]),
        ("Quanti sono i Comuni e dove si trovano le scuole?", ["Quanti sono i Comuni?", "Dove si trovano le scuole?"]),
        (
            "Chi sono gli attori del Driver 4 e con quali fondi?",
            ["Chi sono gli attori del Driver 4?", "Con quali fondi (Driver 4)?"],
        ),
        (
            "Quali sono gli obiettivi e gli attori del Driver 6?",
            ["Quali sono gli obiettivi del Driver 6?", "Quali sono gli attori del Driver 6?"],
        ),
        ("Che differenza c'è tra il PUMS e il PULS?", ["Che cos'è PUMS?", "Che cos'è PULS?"]),
        ("PUMS e PULS che differenza c'è?", ["Che cos'è PUMS?", "Che cos'è PULS?"]),
        ("Confronta il Driver 1 e 2", ["Che cosa prevede il Driver 1?", "Che cosa prevede il Driver 2?"]),
        ("PdZ e PAT cosa sono?", ["Che cos'è PdZ?", "Che cos'è PAT?"]),
        ("Cosa sono i PdZ e il PAT?", ["Che cos'è PdZ?", "Che cos'è PAT?"]),
        ("Cos'è il PTM, quanto costa, chi lo paga?", ["Cos'è il PTM?", "Quanto costa (PTM)?", "Chi lo paga (PTM)?"]),
        ("Cos'è il PTM. Quando è stato approvato?", ["Cos'è il PTM?", "Quando è stato approvato (PTM)?"]),
        ("Come e quando si approva il PGT?", ["Come si approva il PGT?", "Quando si approva il PGT?"]),
        ("Il PTM è obbligatorio e quando scade?", ["Il PTM è obbligatorio?", "Quando scade (PTM)?"]),
        (
            "Qual è il costo e la durata del progetto Silam?",
            ["Qual è il costo del progetto Silam?", "Qual è la durata del progetto Silam?"],
        ),
        (
            "quanti posti letto ci saranno per gli studenti e a che prezzo?",
            ["Quanti posti letto ci saranno per gli studenti?", "A che prezzo (posti letto per gli studenti)?"],
        ),
        ("What is GOL and who runs it?", ["What is GOL?", "Who runs it (GOL)?"]),
    ],
)
def test_each_thing_asked_is_a_question(question: str, parts: list[str]) -> None:
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Chi gestisce l'acqua e i rifiuti?",
        "Cosa sono le scuole e le palestre?",
        "Che cosa succede, quando piove?",
        "Che cosa fa il Driver 5, come si legge nel piano?",
        "Quali Comuni e quante imprese partecipano a Silam?",
        "Chi finanzia (posti letto e dove verranno costruite le residenze)?",
        "Che rapporto c'è tra rifiuti e acqua?",
        "Qual è la differenza tra le soglie per il residenziale e quelle per le altre funzioni?",
        "Quali Comuni e associazioni partecipano?",
        "Confronta il Driver 1 e il verde",
        "Dove?",
    ],
)
def test_one_thing_is_left_whole(question: str) -> None:
    assert parts_of(question) == [question]


def test_names_may_be_typed_without_a_capital() -> None:
    assert parts_of("differenza tra ats e asst", names={"ats", "asst"}) == ["Che cos'è ats?", "Che cos'è asst?"]
    assert parts_of("differenza tra acqua e asst", names={"ats", "asst"}) == ["differenza tra acqua e asst"]


def _divided(question: str) -> State:
    return divide(State(question, standalone=question, asked=read_question(question)), _no_tools())


def _no_tools() -> Tools:
    return SimpleNamespace(weights=count_words([]))  # type: ignore[return-value]  # these steps use no more


def _drafting(state: State, _tools: Tools) -> State:
    found = "PTM" in state.standalone and "Quando" not in state.standalone
    return replace(state, draft=(DraftSentence("PTM significa Piano Territoriale Metropolitano.", (), 0.9),) * found)


def test_the_parts_are_joined_and_what_is_missing_is_said() -> None:
    state = each_part(_drafting)(_divided("Che cos'è il PTM e quando è stato approvato?"), _no_tools())
    joined = join(state, _no_tools())
    assert [sentence.text for sentence in joined.draft] == ["PTM significa Piano Territoriale Metropolitano."]
    assert [note.kind for note in joined.notes] == ["part_not_found"]
    assert "«Quando è stato approvato?»" in joined.notes[0].text
    assert joined.parts == ()


def test_a_sentence_of_two_parts_is_said_once() -> None:
    state = each_part(_drafting)(_divided("Che cos'è il PTM e a che cosa serve il PTM?"), _no_tools())
    joined = join(state, _no_tools())
    assert len(joined.draft) == 1
    assert joined.notes == ()


def test_a_question_of_one_part_passes_as_it_is() -> None:
    state = _divided("Che cos'è il PTM?")
    assert state.parts == ()
    assert join(each_part(_drafting)(state, _no_tools()), _no_tools()).draft[0].text.startswith("PTM significa")


def test_nothing_found_for_any_part_is_not_partly_answered() -> None:
    state = each_part(_drafting)(_divided("Dove sono le scuole e quando aprono le piscine?"), _no_tools())
    joined = join(state, _no_tools())
    assert joined.draft == ()
    assert joined.notes == ()
    assert joined.status is not AnswerStatus.PARTLY_ANSWERED
