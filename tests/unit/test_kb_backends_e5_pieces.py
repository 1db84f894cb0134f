"""Cutting text into tokens, against the library `tokenizers` on the same small vocabulary, and by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from kb.backends.e5_image import E5Image, E5Words, PieceTable
from kb.backends.e5_pieces import Pieces
from kb.backends.e5_tokenizer import tokenizer_document

PIECES = {"▁": -3.0, "▁la": -2.0, "▁città": -4.0, "▁ci": -3.0, "ttà": -3.0, "fi": -4.0, "▁a▁": -1.0}
LETTERS = dict.fromkeys("abcfilntàe1⁄2\u0300\u0301", -5.0)  # every character of a piece is a piece, as in the real file
SPECIALS = {"bos": 0, "pad": 1, "eos": 2, "unk": 3}
WORDS = E5Words(
    sizes={"width": 32, "positions": 512},
    epsilon=1e-12,
    table=PieceTable.of({"<s>": 0.0, "<pad>": 0.0, "</s>": 0.0, "<unk>": 0.0, **PIECES, **LETTERS, "<mask>": 0.0}),
    specials=SPECIALS,
    replacements={0x9: " ", 0xD: " ", 0xA: " ", 0xA0: " ", 0xBD: "1⁄2", 0xFB01: "fi", 0x200B: " ", 0x2581: " "},
)


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(WORDS)


@pytest.fixture(scope="module")
def library() -> Tokenizer:
    about = {name: getattr(WORDS, name) for name in WORDS.__slots__}
    return Tokenizer.from_str(json.dumps(tokenizer_document(E5Image(**about, tensors={}))))


def tokens(pieces: Pieces, text: str) -> list[str]:
    return [WORDS.pieces[id_] for id_ in pieces.cut(text).ids]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la città", ["▁la", "▁città"]),
        ("la  ci", ["▁la", "▁ci"]),
        ("laci", ["▁la", "c", "i"]),
        ("a\u0301", ["▁", "a", "\u0301"]),
        ("½\u0301", ["▁", "1", "⁄", "2"]),  # the accent goes with what is replaced, as in the library
        ("zz", ["▁", "<unk>", "<unk>"]),
        ("la<mask>ci", ["▁la", "<mask>", "▁ci"]),
        ("ﬁne", ["▁", "fi", "n", "e"]),
        (" ", ["▁"]),
        ("", []),
    ],
)
def test_a_text_is_cut_by_hand(pieces: Pieces, text: str, expected: list[str]) -> None:
    assert tokens(pieces, text) == expected


def test_tokens_lie_where_they_say(pieces: Pieces) -> None:
    text = "la  ﬁ città"

    assert [text[start:end] for start, end in pieces.cut(text).offsets] == ["la", " ", "ﬁ", " città"]


def test_of_equal_sums_the_one_met_first_stays() -> None:
    scores = dict.fromkeys(("<s>", "<pad>", "</s>", "<unk>", "<mask>"), 0.0)
    scores |= {"▁": -1.0, "a": -1.0, "b": -1.0, "▁a": -2.0, "ab": -2.0}
    words = E5Words(sizes={}, epsilon=0.0, table=PieceTable.of(scores), specials=SPECIALS, replacements={})

    assert [words.pieces[id_] for id_ in Pieces(words).cut("ab").ids] == ["▁", "ab"]


@given(st.text(alphabet="la cità1⁄2½ﬁn zé\u0300\u0301\u200b\u200d\t\r\n\xa0▁<s>🚲", max_size=14))
def test_every_text_is_cut_as_the_library_does(pieces: Pieces, library: Tokenizer, text: str) -> None:
    expected = library.encode(text, add_special_tokens=False)
    cut = pieces.cut(text)

    assert cut.ids.tolist() == expected.ids
    assert [tuple(span) for span in cut.offsets.tolist()] == expected.offsets
