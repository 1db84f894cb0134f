"""Checksums of the model's weights: made from what the conversion gives alone, kept, and held against the file."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kb.backends.e5_graph import WEIGHTS, read_tensors
from kb.backends.e5_sums import RECIPE, TABLES, check_rest, weight_sums
from kb.backends.model_source import DamagedModelError

WORD, POSITION, KIND = TABLES
OTHER, LAST = "encoder.layer.0.output.dense.weight", "pooler.dense.bias"
TENSORS: dict[str, NDArray[np.float32]] = {
    OTHER: np.arange(12, dtype=np.float32).reshape(3, 4),
    WORD: np.arange(20, dtype=np.float32).reshape(5, 4),
    LAST: np.ones(4, dtype=np.float32),
    POSITION: np.arange(8, dtype=np.float32).reshape(2, 4) + 0.5,
    KIND: np.zeros((1, 4), dtype=np.float32),
}
WHOLE = hashlib.sha256(b"".join(name.encode() + TENSORS[name].tobytes() for name in sorted(TENSORS))).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    header, at = {}, 0
    for name, values in TENSORS.items():
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps(header).encode()
    data = b"".join(values.tobytes() for values in TENSORS.values())
    (folder / WEIGHTS).write_bytes(struct.pack("<Q", len(text)) + text + data)
    return folder


def sums_file(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-sums-{RECIPE}.bin")


def turn_bit(folder: Path, name: str) -> None:
    """The last bit of a tensor."""
    tensor = read_tensors(folder / WEIGHTS)[name]
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[tensor.offset + tensor.length - 1] ^= 1
    (folder / WEIGHTS).write_bytes(data)


def test_each_row_and_the_rest_have_their_sums(folder: Path) -> None:
    made = weight_sums(folder, expected=WHOLE)

    assert {name: found.tolist() for name, found in made.rows.items()} == {
        name: [zlib.crc32(row.tobytes()) for row in TENSORS[name]] for name in TABLES
    }
    assert made.rest == zlib.crc32(TENSORS[OTHER].tobytes() + TENSORS[LAST].tobytes())


def test_they_are_written_once_and_then_read(folder: Path) -> None:
    made = weight_sums(folder, expected=WHOLE)
    turn_bit(folder, WORD)

    again = weight_sums(folder, expected=WHOLE)  # not made again of weights that changed meanwhile

    assert {name: found.tolist() for name, found in again.rows.items()} == {
        name: found.tolist() for name, found in made.rows.items()
    }
    assert again.rest == made.rest


@pytest.mark.parametrize("name", [WORD, KIND, OTHER, LAST])
def test_weights_that_are_not_the_conversions_give_no_sums(folder: Path, name: str) -> None:
    turn_bit(folder, name)

    with pytest.raises(DamagedModelError, match="non è quello che fu scritto"):
        weight_sums(folder, expected=WHOLE)
    assert not sums_file(folder).exists()


def test_sums_that_the_disk_changed_are_made_again(folder: Path) -> None:
    weight_sums(folder, expected=WHOLE)
    written = sums_file(folder).read_bytes()
    sums_file(folder).write_bytes(b"?" + written[1:])

    weight_sums(folder, expected=WHOLE)

    assert sums_file(folder).read_bytes() == written


@pytest.mark.parametrize("name", [OTHER, LAST])
def test_what_is_read_whole_is_held_against_its_sum(folder: Path, name: str) -> None:
    sums = weight_sums(folder, expected=WHOLE)
    check_rest(folder, sums)
    turn_bit(folder, name)

    with pytest.raises(DamagedModelError, match=r"cancella quella cartella"):
        check_rest(folder, sums)
