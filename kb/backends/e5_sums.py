"""
Checksums of the default model's weights: what a failing disk changed after the conversion is not computed with.

All is read once and compared with what the conversion gives; the sums written then hold for every row of the tables
that are read row by row, so that a question checks only the few rows that it reads.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.backends.e5_graph import WEIGHTS, StoredTensor, read_tensors
from kb.backends.model_source import DamagedModelError, damaged_model
from kb.backends.sealed_file import read_sealed, write_sealed

CHECKSUM = "bca9c1e2c3ca7cc292779982d3ed4360d245cc355f9a7ec2f8a4fb8242e959ef"
"""SHA-256 of all tensors that the conversion gives, in the order of their names."""

RECIPE = 1
"""Raised whenever the form of the file of sums changes."""

TABLES = tuple(f"embeddings.{name}_embeddings.weight" for name in ("word", "position", "token_type"))
"""The tensors that are read row by row."""

_PIECE_BYTES = 1 << 22

Sums = NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class WeightSums:
    """CRC-32 of each row of the tables, and of all other tensors together."""

    rows: Mapping[str, Sums]
    rest: int


def weight_sums(folder: Path, *, expected: str = CHECKSUM) -> WeightSums:
    """
    The sums of a folder of the default model; the first time all of it is read (half a second), and they are written.

    Raises:
        DamagedModelError: the weights are not those that the conversion gives.
        OSError, ValueError, KeyError: a file is missing or of another form.
    """
    tensors = read_tensors(folder / WEIGHTS)
    path = folder.with_name(f"{folder.name}-sums-{RECIPE}.bin")
    known = _parsed(read_sealed(path), tensors)
    if known is None:
        known = _made(folder, tensors, expected)
        write_sealed(path, _written(known))
    return known


def check_rest(folder: Path, sums: WeightSums) -> None:
    """
    Nothing, when all that is not read row by row is as it was (85 MB).

    Raises:
        DamagedModelError: it is not.
        OSError: the file can't be read.
    """
    tensors = read_tensors(folder / WEIGHTS)
    found = 0
    for name in sorted(tensors.keys() - set(TABLES)):
        for piece in _pieces(folder / WEIGHTS, tensors[name]):
            found = zlib.crc32(piece, found)
    if found != sums.rest:
        raise changed(folder)


def changed(folder: Path) -> DamagedModelError:
    """The one line for weights that are not what was written."""
    return damaged_model(folder, f"{WEIGHTS} non è quello che fu scritto")


def _made(folder: Path, tensors: Mapping[str, StoredTensor], expected: str) -> WeightSums:
    whole, rest = hashlib.sha256(), 0
    rows: dict[str, list[int]] = {name: [] for name in TABLES}
    for name in sorted(tensors):
        whole.update(name.encode())
        row_bytes = _row_bytes(tensors[name]) if name in TABLES else 1
        for piece in _pieces(folder / WEIGHTS, tensors[name], row_bytes):
            whole.update(piece)
            if name in TABLES:
                rows[name] += [zlib.crc32(piece[at : at + row_bytes]) for at in range(0, len(piece), row_bytes)]
            else:
                rest = zlib.crc32(piece, rest)
    if whole.hexdigest() != expected:
        raise changed(folder)
    return WeightSums({name: np.array(found, dtype=np.uint32) for name, found in rows.items()}, rest)


def _row_bytes(table: StoredTensor) -> int:
    count, width = table.shape
    if count * width * 4 != table.length:
        raise ValueError(f"a table of {count} × {width} numbers has {table.length} bytes")
    return width * 4


def _pieces(path: Path, tensor: StoredTensor, row_bytes: int = 1) -> Iterator[bytes]:
    """The tensor's bytes, some whole rows at a time."""
    size = max(_PIECE_BYTES // row_bytes, 1) * row_bytes
    with path.open("rb") as file:
        file.seek(tensor.offset)
        for start in range(0, tensor.length, size):
            yield file.read(min(size, tensor.length - start))


def _parsed(data: bytes | None, tensors: Mapping[str, StoredTensor]) -> WeightSums | None:
    sizes = [tensors[name].shape[0] for name in TABLES]
    if data is None or len(data) != 4 * (sum(sizes) + 1):
        return None
    *parts, rest = np.split(np.frombuffer(data, dtype="<u4"), np.cumsum(sizes))
    return WeightSums(dict(zip(TABLES, parts, strict=True)), int(rest[0]))


def _written(sums: WeightSums) -> bytes:
    return b"".join(sums.rows[name].astype("<u4").tobytes() for name in TABLES) + sums.rest.to_bytes(4, "little")
