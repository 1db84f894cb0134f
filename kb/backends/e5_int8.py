"""
The default model's encoder in eight bits: half the time of float32 on processors that multiply bytes.

A row of eight-bit numbers has one scale, set by its largest value. A few input channels of every layer are ten times as
large as the others, and would leave those four bits; they are told apart beforehand (e5_outliers.json, eight of them a
layer) and multiplied in float32, which costs a fiftieth of the whole.

Source: outlier channels after LLM.int8() (Dettmers and others 2022); what it costs in accuracy is in NOTES.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.backends.e5_graph import (
    BATCH_AXIS,
    PROJECTIONS,
    WEIGHTS,
    EncoderSizes,
    StoredTensor,
    read_tensors,
    write_encoder,
)
from kb.backends.onnx_graph import MICROSOFT, GraphWriter, attribute
from kb.backends.sealed_file import read_sealed, write_sealed

OUTLIERS = Path(__file__).with_name("e5_outliers.json")
"""For each layer of weights, by its name in the folder, the input channels that are multiplied in float32."""

RECIPE = 1
"""Raised whenever the graph changes, so that one written before is not taken for it."""

_LARGEST = 127
# What the last product of a layer reads differs most in size from row to row: there each row gets a scale of its own.
_SCALED_BY_ROW = "output.dense"

Rows = NDArray[np.float32]


def int8_graph(folder: Path, *, check: Callable[[], None] = lambda: None) -> bytes:
    """
    The ONNX model for a folder of the default model, weights included (22 MB); written beside it the first time.

    Args: check is called before the folder's weights are read for it.

    Raises:
        OSError, ValueError, KeyError: a file is missing or of another form.
    """
    path = folder.with_name(f"{folder.name}-int8-{RECIPE}.onnx")
    kept = read_sealed(path)
    if kept is not None:
        return kept
    check()
    made = make_int8_graph(folder, json.loads(OUTLIERS.read_text(encoding="utf-8")))
    write_sealed(path, made)
    return made


def make_int8_graph(folder: Path, outliers: dict[str, list[int]]) -> bytes:
    """
    The model with these input channels in float32, by the name of their layer of weights.

    Raises:
        OSError, ValueError, KeyError: a file is missing or of another form.
    """
    about = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    writer = GraphWriter()
    return write_encoder(writer, _Int8Linears(writer, folder, outliers), EncoderSizes.of(about))


class _Int8Linears:
    """Products in eight bits, but for the outliers."""

    def __init__(self, writer: GraphWriter, folder: Path, outliers: dict[str, list[int]]) -> None:
        self._writer = writer
        self._file = folder / WEIGHTS
        self._tensors = read_tensors(self._file)
        self._outliers = outliers
        self._row_axis = writer.constant("row_axis", np.ones(1, dtype=np.int64))

    def small(self, name: str) -> str:
        return self._writer.constant(name, self._read(name))

    def one(self, rows: str, weights: str) -> str:
        matrix, bias = self._read(f"{weights}.weight"), self._read(f"{weights}.bias")
        return self._multiplied(rows, weights, matrix, bias)

    def projections(self, rows: str, attention: str) -> list[str]:
        """One product for the three, cut afterwards."""
        names = [f"{attention}.self.{part}" for part in PROJECTIONS]
        matrix = np.concatenate([self._read(f"{name}.weight") for name in names])
        bias = np.concatenate([self._read(f"{name}.bias") for name in names])
        together = self._multiplied(rows, f"{attention}.self", matrix, bias)
        together = self._writer.add("Unsqueeze", [together, BATCH_AXIS], f"{together}.batched")
        sizes = self._writer.constant(
            "projection_sizes", np.full(len(names), len(matrix) // len(names), dtype=np.int64)
        )
        parts = [f"{name}.batched" for name in names]
        self._writer.add("Split", [together, sizes], parts, [attribute("axis", 2)])
        return parts

    def _multiplied(self, rows: str, name: str, matrix: Rows, bias: Rows) -> str:
        apart = np.array(self._outliers[name], dtype=np.int64)
        common = np.ones(matrix.shape[1], dtype=np.float32)
        common[apart] = 0
        mask = self._writer.constant(f"{name}.common", common)
        most = self._writer.add("Mul", [rows, mask], f"{name}.masked")
        scaled = name.endswith(_SCALED_BY_ROW) and "attention" not in name
        product = (self._by_row if scaled else self._product)(most, name, matrix * common)
        few = self._exact(rows, name, apart, matrix, bias)
        return self._writer.add("Add", [product, few], f"{name}.result")

    def _by_row(self, rows: str, name: str, matrix: Rows) -> str:
        size = self._writer.add("Abs", [rows], f"{name}.sizes")
        largest = self._writer.add("ReduceMax", [size, self._row_axis], f"{name}.largest", [attribute("keepdims", 1)])
        # A row of zeros stays one.
        tiny = self._writer.constant("tiny", np.full(1, 1e-12, dtype=np.float32))
        scale = self._writer.add("Max", [largest, tiny], f"{name}.scale")
        level = self._writer.add("Div", [rows, scale], f"{name}.level")
        return self._writer.add("Mul", [self._product(level, name, matrix), scale], f"{name}.product")

    def _product(self, rows: str, name: str, matrix: Rows) -> str:
        scale = np.maximum(np.abs(matrix).max(axis=1) / _LARGEST, np.float32(1e-12)).astype(np.float32)
        small = np.rint(matrix / scale[:, None]).astype(np.int8).T
        weights = [self._writer.constant(f"{name}.int8", small), self._writer.constant(f"{name}.int8_scale", scale)]
        return self._writer.add("DynamicQuantizeMatMul", [rows, *weights], f"{name}.int8_product", domain=MICROSOFT)

    def _exact(self, rows: str, name: str, apart: NDArray[np.int64], matrix: Rows, bias: Rows) -> str:
        places = self._writer.constant(f"{name}.apart", apart)
        few = self._writer.add("Gather", [rows, places], f"{name}.few", [attribute("axis", 1)])
        weights = [
            self._writer.constant(f"{name}.apart_weights", np.ascontiguousarray(matrix[:, apart].T)),
            self._writer.constant(f"{name}.bias", bias),
        ]
        return self._writer.add("Gemm", [few, *weights], f"{name}.exact")

    def _read(self, name: str) -> Rows:
        tensor: StoredTensor = self._tensors[name]
        values: Any = np.memmap(self._file, dtype="<f4", mode="r", offset=tensor.offset, shape=tensor.shape)
        return np.array(values, dtype=np.float32)
