"""Passages: whole sentences, exact spans, nothing lost, never across a heading or an article."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.reading import Piece, assemble_page
from ingest.readers.text import read_plain
from ingest.split import MOST_WORDS, SPLITTER, split
from ingest.structure import place_blocks
from kb.records import BlockKind, Document, DocumentKind, Page, Passage

DOCUMENT = Document("d", "Documento", DocumentKind.OTHER, "0" * 64)
SENTENCE = "Il Comune approva il piano e la Giunta lo attua entro dodici mesi dalla data indicata."


def pages_of(*pages: Sequence[Piece]) -> list[Page]:
    return [assemble_page(index, pieces) for index, pieces in enumerate(pages, start=1)]


def rebuilt(passage: Passage, pages: Sequence[Page]) -> str:
    texts = {page.index: page.text for page in pages}
    parts = zip(passage.joins, passage.spans, strict=True)
    return "".join(join + texts[span.page_index][span.start : span.end] for join, span in parts)


def heading(text: str, level: int = 2, label: str | None = None) -> Piece:
    return Piece(text, BlockKind.HEADING, level, label=label)


sentences = st.lists(
    st.sampled_from(
        ["Uno.", "Due parole sole.", SENTENCE, "ai sensi dell'art. 3, n. 5", SENTENCE * 3, "parola " * 250]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)
pieces = st.builds(
    Piece,
    sentences,
    kind=st.sampled_from([BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.BOX, BlockKind.TABLE_ROW]),
    continues=st.booleans(),
) | st.builds(heading, st.sampled_from(["Premessa", "Art. 5 – Norme", "DRIVER 3 | Nome"]), st.integers(1, 6))


@given(st.lists(st.lists(pieces, max_size=6), min_size=1, max_size=4))
def test_spans_are_exact_and_no_content_is_lost_or_doubled(written: list[list[Piece]]) -> None:
    pages = pages_of(*written)
    passages = split(DOCUMENT, pages)

    assert all(rebuilt(passage, pages) == passage.text and passage.text.strip() for passage in passages)
    assert all(passage.joins[0] == "" and set(passage.joins) <= {"", " ", "\n"} for passage in passages)
    content = "".join(placed.text for placed in place_blocks(pages))
    assert "".join("".join(one.text for one in passages).split()) == "".join(content.split())
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))
    assert len({passage.id for passage in passages}) == len(passages)


def test_ids_depend_on_the_text_and_its_section_alone() -> None:
    one = pages_of([heading("A"), Piece(SENTENCE), heading("B"), Piece(SENTENCE)])
    more = pages_of([Piece("Prima."), heading("A"), Piece(SENTENCE)])
    ids = [passage.id for passage in split(DOCUMENT, one)]

    assert len(set(ids)) == 2
    assert ids[0] == split(DOCUMENT, more)[1].id
    assert split(replace(DOCUMENT, id="e"), one)[0].id not in ids


def test_a_sentence_over_a_page_is_one_passage_with_two_spans() -> None:
    pages = pages_of([Piece("I siti da destinarsi")], [Piece("alle stazioni radio. Poi altro.", continues=True)])
    (passage,) = split(DOCUMENT, pages)

    assert passage.text == "I siti da destinarsi alle stazioni radio. Poi altro."
    assert [span.page_index for span in passage.locate(0, 30)] == [1, 2]


def test_a_heading_begins_another_passage_and_is_in_its_path() -> None:
    pages = pages_of(
        [heading("5. Agenda", 1), Piece("Uno."), heading("DRIVER 8 | Lavoro", 2), Piece("Due."), heading("Vuoto", 3)]
    )
    passages = split(DOCUMENT, pages)

    assert [(passage.text, passage.section, passage.driver) for passage in passages] == [
        ("Uno.", ("5. Agenda",), None),
        ("Due.\nVuoto", ("5. Agenda", "DRIVER 8 | Lavoro"), 8),
    ]


def test_passages_are_of_a_size_and_cut_at_paragraphs() -> None:
    passages = split(DOCUMENT, pages_of([Piece(" ".join([SENTENCE] * 4))] * 8))

    assert all(60 <= len(passage.text.split()) <= MOST_WORDS for passage in passages)
    assert all(passage.text.endswith("indicata.") for passage in passages)


def test_an_article_is_cut_between_commas_only() -> None:
    commas = [Piece(f"{number}. " + " ".join([SENTENCE] * 6), BlockKind.LIST_ITEM) for number in range(1, 6)]
    passages = split(DOCUMENT, pages_of([heading("Art. 18 – Norme", 6), *commas]))

    assert all(passage.article == "18" for passage in passages)
    assert all(passage.text[:2] in ("1.", "2.", "3.", "4.", "5.") for passage in passages)
    assert "2" in {passage.comma for passage in passages}


def test_a_short_list_stays_with_its_intro() -> None:
    items = [Piece(f"voce numero {number};", BlockKind.LIST_ITEM) for number in range(4)]
    passages = split(DOCUMENT, pages_of([Piece(" ".join([SENTENCE] * 9)), Piece("Sono previste:"), *items]))

    assert any("previste:\nvoce numero 0;" in passage.text for passage in passages)


def test_an_act_in_plain_text_gives_articles_and_commas() -> None:
    text = (
        "REGOLAMENTO DEL VERDE\n\nTITOLO I\nDISPOSIZIONI GENERALI\n\nArt. 1\nFinalità\n1. Il regolamento disciplina\n"
        "il verde, ai sensi dell'art. 3 della L.R. n. 12/2005.\n2. Il Comune promuove:\na) gli alberi;\nb) i prati.\n\n"
        "Art. 5-bis (Sanzioni)\n1. Chi danneggia paga 100 euro.\n"
    )
    first, second = split(DOCUMENT, read_plain(text).pages)

    assert first.section == ("REGOLAMENTO DEL VERDE", "TITOLO I DISPOSIZIONI GENERALI", "Art. 1 Finalità")
    assert (first.article, second.article, second.comma) == ("1", "5-bis", "1")
    assert first.text.splitlines()[1:] == ["2. Il Comune promuove:", "a) gli alberi;", "b) i prati."]


def test_unreadable_pages_are_never_indexed() -> None:
    page = replace(pages_of([Piece("Testo guasto.")])[0], readable=False)

    assert split(DOCUMENT, [page]) == []


def test_the_rule_is_named_anew_when_the_cutting_changes() -> None:
    """Where this fails, raise SPLITTER's number: documents that stay published would keep passages of the old rule."""
    page = assemble_page(
        1,
        [
            heading("Driver 3 | Reti"),
            Piece("Le linee sono tre: la n. 1, la n. 2 e la n. 3. " + SENTENCE, BlockKind.PARAGRAPH),
            *(Piece(f"voce {at} dell'elenco;", BlockKind.LIST_ITEM) for at in range(3)),
            Piece("Linea | Costo", BlockKind.TABLE_ROW),
            heading("Art. 5", 3, label="article"),
            Piece("1. Il piano vale dieci anni. " + SENTENCE * 2 + "parola " * 300, BlockKind.PARAGRAPH),
            Piece("2. La Giunta lo attua (art. 7, comma 2, lett. b).", BlockKind.PARAGRAPH),
        ],
    )

    found = split(DOCUMENT, [page])

    told = [(p.id, p.section, p.driver, p.article, p.comma, p.continues, len(p.spans)) for p in found]
    assert (SPLITTER, hashlib.sha256(repr(told).encode()).hexdigest()[:16]) == (
        "bussola-sentences-1/120/160/250/200",
        "b3faac11ceeffeb5",
    )
