"""Passages' token vectors already computed, so that a passage found once costs no model when it is found again."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from kb.backends.blob_file import BlobFile
from kb.ports import TokenVectors

FILE = "tokens.sqlite3"
KEPT_PASSAGES = 2_000
"""Passages kept on disk, the last computed: about 160 MB at 100 tokens each."""

_SIZES = "<II"  # tokens, width


class TokenCache:
    """
    Token vectors in one SQLite file, keyed by embedder, layer and text; several processes may use it at once.

    Vectors are kept in half precision: a number differs by less than 0.0005.
    """

    def __init__(self, folder: Path, *, most: int = KEPT_PASSAGES) -> None:
        self._file = BlobFile(folder, FILE, most=most)

    def get_many(self, recipe: str, texts: Sequence[str]) -> dict[str, TokenVectors]:
        """What is kept for these texts by a recipe (embedder and layer); texts without are left out."""
        keys = {_key(recipe, text): text for text in texts}
        found = self._file.get_many(list(keys))
        return {keys[key]: tokens for key, data in found.items() if (tokens := _unpack(data)) is not None}

    def put_many(self, recipe: str, found: Mapping[str, TokenVectors]) -> dict[str, TokenVectors]:
        """The texts' token vectors as they will come back, kept or not: answers never depend on what was kept."""
        packed = {text: _pack(tokens) for text, tokens in found.items()}
        self._file.put_many({_key(recipe, text): data for text, data in packed.items()})
        return {text: tokens for text, data in packed.items() if (tokens := _unpack(data)) is not None}


def _key(recipe: str, text: str) -> bytes:
    return hashlib.sha256(f"{recipe}\n{text}".encode("utf-8", "surrogatepass")).digest()


def _pack(tokens: TokenVectors) -> bytes:
    parts = (
        tokens.ids.astype("<i4"),
        tokens.offsets.astype("<i4"),
        tokens.pooled.astype("<f4"),
        tokens.vectors.astype("<f2"),
    )
    return struct.pack(_SIZES, *tokens.vectors.shape) + b"".join(part.tobytes() for part in parts)


def _unpack(data: bytes) -> TokenVectors | None:
    count, width = struct.unpack_from(_SIZES, data)
    at = struct.calcsize(_SIZES)
    if len(data) != at + 4 * (3 * count + width) + 2 * count * width:
        return None
    ids = np.frombuffer(data, "<i4", count, at)
    offsets = np.frombuffer(data, "<i4", 2 * count, at := at + ids.nbytes).reshape(count, 2)
    pooled = np.frombuffer(data, "<f4", width, at := at + offsets.nbytes)
    vectors = np.frombuffer(data, "<f2", count * width, at + pooled.nbytes).reshape(count, width)
    return TokenVectors(vectors.astype(np.float32), ids, offsets, pooled)
