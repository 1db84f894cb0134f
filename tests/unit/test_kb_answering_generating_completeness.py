"""A model's true sentences stand in for the extractive answer only where they answer as well."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.answering.generating.completeness import says_enough
from kb.answering.quoting import draft_sentence
from kb.answering.state import DraftSentence, State
from kb.answering.testing import tools_over
from kb.language.questions import read_question
from kb.records import Document, DocumentKind, Page, Passage, Span
from kb.testing import FakeRelease

LINES = (
    "Le linee di lavoro sono tre: la riduzione del consumo di suolo.",
    "La Rete Verde Metropolitana.",
    "La multifunzionalità dell'agricoltura.",
)
FIBRE = "La Città metropolitana ha sottoscritto accordi con 70 delle 133 amministrazioni comunali per la fibra ottica."
TWIN = "Il gemello digitale sarà sviluppato con i Dipartimenti del CERN e del Politecnico di Milano."
TEXT = " ".join([*LINES, FIBRE, TWIN])
PASSAGE = Passage("p_a", "piano", TEXT, (Span(1, 0, len(TEXT)),), ("",))

Enough = Callable[..., bool]


@pytest.fixture
def enough() -> Enough:
    release = FakeRelease([Document("piano", "Piano", DocumentKind.PLAN, "0" * 64)], [Page("piano", 1, TEXT)])
    tools = tools_over(release)

    def judge(question: str, draft: tuple[str, ...], *written: str) -> bool:
        quoted = tuple(sentence_of(text) for text in draft)
        state = State(question, standalone=question, asked=read_question(question), draft=quoted)
        return says_enough([DraftSentence(text, quoted[0].quotes, 0.9) for text in written], state, tools)

    return judge


def sentence_of(text: str) -> DraftSentence:
    start = TEXT.index(text)
    return draft_sentence(PASSAGE, start, start + len(text), support=0.9)


def test_nothing_is_never_enough(enough: Enough) -> None:
    assert not enough("Quante amministrazioni hanno accordi per la fibra ottica?", (FIBRE,))


@pytest.mark.parametrize(
    ("written", "answers"),
    [
        ("Il gemello digitale sarà sviluppato con il CERN.", True),
        ("Il gemello digitale sarà sviluppato con alcuni dipartimenti, in un sistema complesso.", False),
    ],
)
def test_who_is_asked_for_is_named_where_the_documents_name_them(enough: Enough, written: str, answers: bool) -> None:
    assert enough("Con chi verrà sviluppato il gemello digitale?", (TWIN,), written) is answers


@pytest.mark.parametrize(
    ("written", "answers"),
    [
        ("Gli accordi per la fibra ottica sono con 70 amministrazioni su 133.", True),
        ("Gli accordi per la fibra ottica sono con 70 amministrazioni.", False),
        ("Gli accordi per la fibra ottica sono con le amministrazioni comunali.", False),
        ("La multifunzionalità dell'agricoltura è una linea su 133 e 70.", False),
    ],
)
def test_the_figures_asked_for_are_given(enough: Enough, written: str, answers: bool) -> None:
    assert enough("Con quante amministrazioni ci sono accordi per la fibra ottica?", (FIBRE,), written) is answers


def test_a_list_is_given_whole_or_not_at_all(enough: Enough) -> None:
    question = "Quali sono le linee di lavoro?"
    first = "Le linee di lavoro sono tre: la riduzione del consumo di suolo e la Rete Verde Metropolitana."

    assert not enough(question, LINES, first)
    assert enough(question, LINES, first, "La terza è la multifunzionalità dell'agricoltura.")


def test_a_figure_that_the_documents_confirm_is_confirmed(enough: Enough) -> None:
    question = "È vero che ci sono accordi con 70 amministrazioni per la fibra ottica?"

    assert enough(question, (FIBRE,), "Ci sono accordi con 70 amministrazioni per la fibra ottica.")
