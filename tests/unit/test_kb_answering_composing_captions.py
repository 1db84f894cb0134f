"""A row whose numbers have no unit never goes out without the line beside its table that gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kb.answering.compose import compose
from kb.answering.composing.captions import captions_of, gives_unit, leaves_unit_out
from kb.answering.quoting import draft_sentence
from kb.answering.state import Evidence, State
from kb.answering.testing import tools_over
from kb.answering.verify import find_fault
from kb.language.questions import read_question
from kb.records import AnswerMode, Block, BlockKind, Document, DocumentKind, Page, Passage, ScoredPassage, Span
from kb.retrieval.query import QueryReading
from kb.retrieval.search import SearchResult
from kb.testing import FakeRelease

Line = tuple[str, BlockKind]
ROW, TEXT, HEADING = BlockKind.TABLE_ROW, BlockKind.PARAGRAPH, BlockKind.HEADING
CAPTION = "Tabella 2. Pasti serviti per plesso (in migliaia)"
RODARI = "Plesso: Rodari; 2022: 44; 2023: 47"
COLLODI = "Plesso: Collodi; 2022: 58; 2023: 61"


def page_of(lines: Sequence[Line], index: int = 1) -> Page:
    text = "\n".join(line for line, _ in lines)
    blocks, at = [], 0
    for line, kind in lines:
        blocks.append(Block(at, at + len(line), kind))
        at += len(line) + 1
    return Page("mense", index, text, tuple(blocks))


def release_of(*pages: Sequence[Line]) -> FakeRelease:
    document = Document("mense", "Rapporto sulle mense", DocumentKind.OTHER, "0" * 64)
    return FakeRelease([document], [page_of(lines, at) for at, lines in enumerate(pages, start=1)])


def captions(release: FakeRelease, row: str = RODARI) -> list[str]:
    passage = next(one for one in release.passages if row in one.text)
    start = passage.text.index(row)
    found = captions_of(passage, passage.locate(start, start + len(row)), release)
    return [release.page("mense", one.span.page_index).text[one.span.start : one.span.end] for one in found]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([("La mensa è cara.", TEXT), (CAPTION, TEXT), (COLLODI, ROW), (RODARI, ROW)], [CAPTION]),
        ([(CAPTION, HEADING), (COLLODI, ROW), (RODARI, ROW)], [CAPTION]),
        ([("Pasti", HEADING), (RODARI, ROW)], []),
        ([("Pasti serviti per plesso", TEXT), (RODARI, ROW)], ["Pasti serviti per plesso"]),
        (
            [("Si è speso molto. I valori sono espressi in migliaia di euro.", TEXT), (RODARI, ROW)],
            ["I valori sono espressi in migliaia di euro."],
        ),
        (
            [(CAPTION, TEXT), ("I dati riguardano tutti i plessi.", TEXT), (RODARI, ROW)],
            [CAPTION],
        ),
        ([(RODARI, ROW), ("Fonte: Comune. Valori in migliaia.", TEXT)], ["Valori in migliaia."]),
        ([(CAPTION, TEXT), ("Sede: Centro; Letti: 12", ROW), (RODARI, ROW)], []),
        ([("Il Comune ha speso 3 milioni di euro.", TEXT), (RODARI, ROW)], []),
    ],
)
def test_what_stands_beside_a_table(lines: list[Line], said: list[str]) -> None:
    assert captions(release_of(lines)) == said


def test_a_table_may_begin_on_an_earlier_page() -> None:
    release = release_of([(CAPTION, TEXT), (COLLODI, ROW)], [(COLLODI, ROW)], [(RODARI, ROW)])
    assert captions(release) == [CAPTION]


@pytest.mark.parametrize("row", ["Tariffa: Intera; Prezzo: 34 euro", "Linea: Blu; Lunghezza (km): 14"])
def test_a_row_with_its_own_unit_needs_no_caption(row: str) -> None:
    assert captions(release_of([(CAPTION, TEXT), (row, ROW)]), row) == []


def test_a_sentence_needs_no_caption() -> None:
    sentence = "Nel 2022 i pasti sono stati 44."
    assert captions(release_of([(CAPTION, TEXT), (sentence, TEXT)]), sentence) == []


def state_on(passage: Passage, start: int, end: int) -> State:
    question = "Quanti pasti si sono serviti alla Rodari nel 2022?"
    found = SearchResult((ScoredPassage(passage, 1.0),), QueryReading(question, question, question))
    evidence = Evidence(passage, start, end, 1.0, support=0.9)
    return State(question, standalone=question, asked=read_question(question), found=found, evidence=(evidence,))


def test_an_answer_says_the_unit_before_the_row_and_cites_both() -> None:
    release = release_of([(CAPTION, TEXT), (COLLODI, ROW), (RODARI, ROW)])
    passage = release.passages[0]
    draft = compose(state_on(passage, passage.text.index(RODARI), len(passage.text)), tools_over(release)).draft
    assert [one.text for one in draft] == [CAPTION, RODARI]
    assert all(one.quotes for one in draft)


def test_a_caption_on_another_passage_is_opened_for_the_checks() -> None:
    release = release_of([(CAPTION, TEXT), (COLLODI, ROW)], [(RODARI, ROW)])
    state = compose(state_on(release.passages[1], 0, len(RODARI)), tools_over(release))
    assert {one.id for one in state.opened} == {"p_0", "p_1"}
    assert [find_fault(one, state, tools_over(release)) for one in state.draft] == [None, None]


@pytest.mark.parametrize(
    "lie", ["Alla Rodari nel 2022 sono stati serviti 44 pasti.", "Nel plesso Rodari i pasti nel 2022 sono 44."]
)
def test_a_model_that_leaves_the_scale_out_is_caught(lie: str) -> None:
    release = release_of([(CAPTION, TEXT), (COLLODI, ROW), (RODARI, ROW)])
    passage = release.passages[0]
    row = draft_sentence(passage, passage.text.index(RODARI), len(passage.text), support=0.9)
    state = replace(state_on(passage, 0, 1), mode=AnswerMode.GENERATED, shown=(passage,))
    assert find_fault(replace(row, text=lie), state, tools_over(release)) == "unit"


def test_the_unit_that_a_sentence_must_say() -> None:
    assert leaves_unit_out("Nel 2022 i pasti sono 44.", [CAPTION])
    assert not leaves_unit_out("Nel 2022 i pasti sono 44, in migliaia.", [CAPTION])
    assert not leaves_unit_out("I pasti sono serviti in più plessi.", [CAPTION])
    assert not leaves_unit_out("Nel 2022 i pasti sono 44.", ["Pasti serviti per plesso"])
    assert not leaves_unit_out("Nel 2022 la rete è di 44 chilometri.", ["Estensione (km)"])
    assert leaves_unit_out("Nel 2022 la rete è di 44 metri.", ["Estensione (km)"])


@pytest.mark.parametrize(
    "line", ["Tabella 1 (migliaia di euro)", "Valori percentuali", "Consumi in m³", "Quota %", "Parchi (ha)"]
)
def test_a_line_that_gives_a_unit(line: str) -> None:
    assert gives_unit(line)


def test_a_line_without_a_unit() -> None:
    assert not gives_unit("Tabella 1. Pasti serviti per plesso")
    assert not gives_unit("Tabella 2. Chi ha votato")


def test_units_of_the_page_only() -> None:
    assert captions_of(Passage("p", "mense", "x", (Span(1, 0, 1),), ("",)), (), release_of([(RODARI, ROW)])) == []
