"""A page cut into blocks: nothing lost, the quoted stretch marked across blocks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.web.reading import mark_page
from kb.records import Block, BlockKind, Page

TEXT = "Titolo\nPrima frase. Seconda frase.\n\nVoce uno\nCoda"
BLOCKS = (Block(0, 6, BlockKind.HEADING, 1), Block(7, 34), Block(36, 44, BlockKind.LIST_ITEM))


def test_text_outside_blocks_is_shown_too() -> None:
    shown = mark_page(Page("d", 1, TEXT, BLOCKS), 0, 0)

    assert [block.text.strip() for block in shown] == ["Titolo", "Prima frase. Seconda frase.", "Voce uno", "Coda"]
    assert next(block.kind for block in shown) is BlockKind.HEADING


def test_a_page_without_blocks_is_one_block() -> None:
    assert [block.text for block in mark_page(Page("d", 1, TEXT), 0, 0)] == [TEXT]
    assert mark_page(Page("d", 1, "  \n"), 0, 2) == ()


def test_a_stretch_across_blocks_is_marked_in_each_and_lands_once() -> None:
    shown = mark_page(Page("d", 1, TEXT, BLOCKS), 20, 40)

    pieces = [piece for block in shown for piece in block.pieces if piece.marked]
    assert [piece.text for piece in pieces] == ["Seconda frase.", "Voce"]
    assert [piece.lands for piece in pieces] == [True, False]


@given(st.integers(0, 60), st.integers(0, 60))
def test_marking_changes_no_character(start: int, end: int) -> None:
    page = Page("d", 1, TEXT, BLOCKS)

    shown = mark_page(page, start, end)

    assert [block.text for block in shown] == [block.text for block in mark_page(page, 0, 0)]
    marked = "".join(piece.text for block in shown for piece in block.pieces if piece.marked)
    assert "".join(marked.split()) == "".join(TEXT[start:end].split())
