"""Why a passage ranks, in words; and which of its words are shown as found."""

from __future__ import annotations

import pytest

from kb.language.words import content_stems
from kb.records import Document, DocumentKind, DocumentStatus, Passage, PassageFilter, Span
from kb.retrieval.explain import Explanation, explain, find_words
from kb.retrieval.memory import build_memory_release
from kb.retrieval.search import Searcher
from kb.testing import FakeEmbedder

PLAN = Document("plan", "Piano strategico", DocumentKind.PLAN, "1", edition="2022-2024")
OLD = Document("old", "Piano strategico", DocumentKind.PLAN, "2", edition="2019-2021", status=DocumentStatus.SUPERSEDED)
NORMS = Document("norms", "Norme tecniche di attuazione", DocumentKind.TERRITORIAL_PLAN, "3")
TEXTS = {
    "d2": (PLAN, "Il Driver 2 riduce il consumo di suolo del 25%.", {"driver": 2}),
    "m3": (PLAN, "La Missione 3 del PNRR finanzia la mobilità.", {}),
    "a5": (NORMS, "Le deroghe dell'art. 5-bis sono ammesse (L.R. 29/2022).", {"article": "5-bis", "comma": "2"}),
    "pums": (PLAN, "Il Piano Urbano per la Mobilità Sostenibile (PUMS) ordina le ciclabili.", {}),
    "before": (OLD, "Il consumo di suolo si riduce del 20%.", {}),
}
PASSAGES = [
    Passage(id_, document.id, text, (Span(1, 0, len(text)),), ("",), **more)  # type: ignore[arg-type]
    for id_, (document, text, more) in TEXTS.items()
]


def told(question: str, narrow: PassageFilter | None = None) -> dict[str, Explanation]:
    release = build_memory_release([PLAN, OLD, NORMS], PASSAGES, FakeEmbedder())
    found = Searcher(release, FakeEmbedder()).search(question, narrow=narrow)
    reasons = explain(found.passages, reading=found.reading, documents=release.documents)
    return {one.passage.id: why for one, why in zip(found.passages, reasons, strict=True)}


def marked(id_: str, why: Explanation) -> list[str]:
    return [TEXTS[id_][1][start:end] for start, end in why.highlights]


@pytest.mark.parametrize(
    ("question", "passage", "said"),
    [
        ("Che cosa prevede il Driver 2?", "d2", "È del Driver 2, che la domanda nomina."),
        ("Missione 3", "m3", "Cita la missione 3 del PNRR."),
        ("art. 5-bis, comma 2", "a5", "È l'articolo 5-bis, comma 2, che la domanda nomina."),
        ("Che cosa dice la L.R. 29/2022?", "a5", "Cita la norma 29/2022."),
        ("Le deroghe delle norme tecniche di attuazione", "a5", "È del documento «Norme tecniche di attuazione»"),
        ("consumo di suolo nel piano 2019-2021", "before", "È dell'edizione 2019-2021, che la domanda nomina."),
        ("consumo di suolo", "before", "È di un'edizione superata, perciò viene dopo quelle in vigore."),
        ("consumo di suolo", "m3", "Non contiene parole della domanda."),
    ],
)
def test_the_reason_names_what_the_question_named(question: str, passage: str, said: str) -> None:
    assert said in told(question)[passage].why


def test_words_found_are_said_and_marked() -> None:
    why = told("Di quanto si riduce il consumo del suolo?")["d2"]

    assert marked("d2", why) == ["riduce", "consumo", "suolo"]
    assert "Contiene «riduce», «consumo» e «suolo»" in why.why
    assert "Per significato è il" in why.why
    assert "fra i passaggi mostrati." in why.why


def test_words_that_stand_for_those_asked_are_told_apart() -> None:
    why = told("Che cos'è il PUMS?")["pums"]

    assert marked("pums", why) == ["Piano", "Urbano", "Mobilità", "Sostenibile", "PUMS"]
    assert "Contiene «PUMS»." in why.why
    assert "Contiene anche «Piano», «Urbano», «Mobilità» e «Sostenibile»" in why.why


@pytest.mark.parametrize(
    ("text", "question", "found"),
    [
        ("dell'articolo 5-bis e dell’art. 5", "articolo 5-bis", ["articolo", "5-bis", "art"]),
        ("il D.Lgs. n. 42/2004, e il 42", "42/2004", ["42/2004"]),
        ("la soglia del 25 % e del 25%", "25%", ["25 %", "25%"]),
        ("le N.T.A. del piano", "nta", ["N.T.A."]),
        ("MOBILITA' e mobilità e mobilita\u0300", "mobilita", ["MOBILITA", "mobilità", "mobilita\u0300"]),
        ("il la di del", "il la di del", []),
        ("", "suolo", []),
    ],
)
def test_marks_are_words_as_search_reads_them(text: str, question: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_words(text, set(content_stems(question)))] == found


def test_nothing_found_is_nothing_told() -> None:
    assert told("suolo", PassageFilter(driver=9)) == {}
