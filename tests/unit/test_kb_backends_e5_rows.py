"""Rows of a table left in its file."""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb.backends.e5_engine import StoredRows
from kb.backends.e5_graph import StoredTensor
from kb.backends.model_source import DamagedModelError

TABLE = np.random.default_rng(3).standard_normal((500, 24)).astype("<f4")
BEFORE = b"what stands before"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "model"
    path.write_bytes(BEFORE + TABLE.tobytes() + b"and after")
    return path


@pytest.fixture
def rows(file: Path) -> StoredRows:
    sums = np.array([zlib.crc32(row.tobytes()) for row in TABLE], dtype=np.uint32)
    return StoredRows(file, StoredTensor(TABLE.shape, len(BEFORE), TABLE.nbytes), sums=sums)


def test_rows_are_those_of_the_table(rows: StoredRows) -> None:
    numbers = np.array([499, 0, 7, 7, 250])

    assert np.array_equal(rows.read(numbers), TABLE[numbers])
    assert rows.read(numbers[:0]).shape == (0, 24)
    assert np.array_equal(rows.all(), TABLE)


def test_threads_read_at_once(rows: StoredRows) -> None:
    asked = [np.random.default_rng(seed).integers(0, 500, 200) for seed in range(40)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(rows.read, asked))

    assert all(np.array_equal(one, TABLE[numbers]) for one, numbers in zip(found, asked, strict=True))


def test_a_file_cut_short_is_told(rows: StoredRows, file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(len(BEFORE) + TABLE.nbytes // 2)

    assert np.array_equal(rows.read(np.array([3])), TABLE[[3]])
    with pytest.raises(OSError, match="shorter"):
        rows.read(np.array([499]))


def test_a_bit_that_the_disk_turned_is_told_by_who_reads_its_row(rows: StoredRows, file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(BEFORE) + 250 * TABLE.itemsize * TABLE.shape[1]] ^= 1
    file.write_bytes(data)

    assert np.array_equal(rows.read(np.array([249, 251])), TABLE[[249, 251]])
    with pytest.raises(DamagedModelError, match=r"non è quello che fu scritto.*cancella quella cartella"):
        rows.read(np.array([3, 250]))
