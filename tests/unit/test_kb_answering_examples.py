"""Only questions that the release answers are offered: the usual ones, else some made of its headings."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.answering.assistant import Assistant
from kb.answering.examples import MOST_TRIED, Examples
from kb.answering.quoting import draft_sentence
from kb.answering.state import State
from kb.records import AnswerStatus, Document, DocumentKind, Note, Page, Passage, Span
from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.settings import Settings
from kb.testing import FakeEmbedder, FakeRelease, fake_parts, intake_of
from prompts.replies import load_replies

TEXT = "La sosta si paga."
USUAL = load_replies("it").suggestions


def library_of(*headings: tuple[str, str]) -> FakeRelease:
    """A passage for each (document, heading)."""
    documents = [
        Document(name, name, DocumentKind.OTHER, "0" * 64) for name in dict.fromkeys(one for one, _ in headings)
    ]
    release = FakeRelease(documents, [Page(one.id, 1, TEXT) for one in documents])
    release.passages = [
        Passage(f"p_{at}", document, TEXT, (Span(1, 0, len(TEXT)),), ("",), section=(heading,), ordinal=at)
        for at, (document, heading) in enumerate(headings)
    ]
    return release


class Answering:
    """Answers the questions that name one of these headings, from the passage under it; counts what it is asked."""

    def __init__(self, library: FakeRelease, *known: str, notes: tuple[Note, ...] = ()) -> None:
        self.library, self.known, self.notes = library, known, notes
        self.asked: list[str] = []

    def __call__(self, question: str) -> State:
        self.asked.append(question)
        refused = State(question, status=AnswerStatus.NOT_FOUND)
        for passage in self.library.passages:
            for heading in self.known:
                if heading.lower() in question.lower() and heading in passage.section[-1]:
                    draft = draft_sentence(passage, 0, len(TEXT), support=0.9)
                    return State(question, status=AnswerStatus.ANSWERED, draft=(draft,), notes=self.notes)
        return refused


def test_the_usual_questions_are_offered_where_they_are_answered() -> None:
    library = library_of(("a", "Agenda strategica"), ("a", "dieci Driver"), ("a", "AFOL Metropolitana"))
    answering = Answering(library, "Agenda strategica", "dieci Driver", "AFOL Metropolitana")
    examples = Examples(library, answering)

    assert examples.offer(USUAL, language="it") == USUAL
    assert examples.offer(USUAL, language="it", asked="quali sono i dieci driver") == (USUAL[0], USUAL[2])
    assert sorted(answering.asked) == sorted(USUAL)  # once each


def test_other_documents_get_questions_made_of_their_headings() -> None:
    library = library_of(
        ("a", "1. Fattibilità"),
        ("a", "Art. 4 - Sosta a pagamento"),
        ("b", "PASTI A DOMICILIO"),
        ("b", "2. Costi e risorse"),
    )
    known = ("Fattibilità", "Sosta a pagamento", "PASTI A DOMICILIO", "Costi e risorse")
    examples = Examples(library, Answering(library, *known))

    assert examples.offer(USUAL, language="it") == (
        "Che cosa si dice di «Sosta a pagamento»?",
        "Che cosa si dice di «pasti a domicilio»?",
        "Che cosa si dice di «Fattibilità»?",
    )
    assert examples.offer(USUAL[:1], language="en") == ("What is said about «Sosta a pagamento»?",)


@pytest.mark.parametrize(
    "heading",
    ["Chi può iscriversi?", "Quanto si paga", "LARIO", "Delibera n. 12 del 2026", "Una voce troppo lunga " * 3],
)
def test_no_question_is_made_of_a_heading_that_names_no_subject(heading: str) -> None:
    library = library_of(("a", heading))
    answering = Answering(library, heading)

    assert Examples(library, answering).offer(USUAL, language="it") == ()
    assert answering.asked == [*USUAL]


def test_a_heading_of_two_documents_is_left_alone() -> None:
    library = library_of(("a", "Disposizioni finali"), ("b", "1. Disposizioni finali"))

    assert Examples(library, Answering(library, "Disposizioni finali")).offer(USUAL, language="it") == ()


def test_what_is_answered_from_elsewhere_or_with_a_doubt_is_not_offered() -> None:
    elsewhere = library_of(("b", "Altro sulla sosta libera qui"), ("a", "Sosta libera"))
    library = library_of(("a", "Sosta libera"))
    doubting = Answering(library, "Sosta libera", notes=(Note("not_defined", "…"),))

    assert Examples(library, doubting).offer(USUAL, language="it") == ()
    assert (
        Examples(elsewhere, Answering(library_of(("b", "Sosta libera")), "Sosta libera")).offer(USUAL, language="it")
        == ()
    )


def test_no_more_than_a_few_headings_are_tried() -> None:
    library = library_of(*(("a", f"Voce {'abcdefghijklmnopqrstuvwxyz'[at] * 4}") for at in range(26)))
    answering = Answering(library)

    assert Examples(library, answering).offer(USUAL, language="it") == ()
    assert len(answering.asked) == len(USUAL) + MOST_TRIED


def test_a_refusal_offers_nothing_that_the_documents_do_not_answer(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path, parts=fake_parts)
    intake = intake_of({"orti": ["Gli orti urbani si assegnano ogni tre anni.", "Il canone annuo è di 40 euro."]})
    release = store.open(build_release(intake, store=store, embedder=FakeEmbedder()).id)
    assistant = Assistant(release, FakeEmbedder(), Settings())
    told: list[str] = []
    assistant.on_answer = lambda answer: told.append(answer.question)

    refused = assistant.ask("Quanto costa il biglietto della piscina?")

    assert refused.status is AnswerStatus.NOT_FOUND
    assert refused.suggestions == ()
    assert assistant.ask("ciao").suggestions == ()
    assert assistant.examples(["Ogni quanto si assegnano gli orti urbani?"], language="it") != ()
    assert told == ["Quanto costa il biglietto della piscina?", "ciao"]
