"""The encoder of a BERT folder as an ONNX model; its weights stay where they lie, or are given by someone else."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kb.backends.onnx_graph import MICROSOFT, GraphWriter, attribute

WEIGHTS = "model.safetensors"
INPUT = "rows"
PROJECTIONS = ("query", "key", "value")
BATCH_AXIS = "batch_axis"
"""The name of the constant by which nodes add and drop the axis for the batch."""


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A float32 tensor in a safetensors file."""

    shape: tuple[int, ...]
    offset: int  # of its first byte in the file
    length: int  # in bytes


@dataclass(frozen=True, slots=True)
class EncoderSizes:
    """What a BERT folder's config.json says of its encoder."""

    layers: int
    heads: int
    width: int
    epsilon: float

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> EncoderSizes:
        """Those of the file's content."""
        return cls(
            layers=int(about["num_hidden_layers"]),
            heads=int(about["num_attention_heads"]),
            width=int(about["hidden_size"]),
            epsilon=float(about["layer_norm_eps"]),
        )


class Linears(Protocol):
    """How the encoder multiplies by its weights; names are those of the folder, without ".weight" and ".bias"."""

    def small(self, name: str) -> str:
        """The name, in the graph, of a vector of weights or biases."""

    def one(self, rows: str, weights: str) -> str:
        """Rows through one layer of weights."""

    def projections(self, rows: str, attention: str) -> list[str]:
        """Rows through the three that attention takes (PROJECTIONS), each with an axis for the batch."""


def read_tensors(path: Path) -> dict[str, StoredTensor]:
    """
    The tensors of a safetensors file by name, without their values.

    Raises:
        ValueError: the file is no safetensors file, or a tensor is not in float32.
    """
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = json.loads(file.read(length))
    header.pop("__metadata__", None)
    if any(about["dtype"] != "F32" for about in header.values()):
        raise ValueError(f"{path} holds tensors that are not float32")
    found: dict[str, StoredTensor] = {}
    for name, about in header.items():
        start, end = about["data_offsets"]
        found[name] = StoredTensor(tuple(about["shape"]), 8 + length + start, end - start)
    return found


def layer_output(layer: int) -> str:
    """The name of the graph's output after a layer; 0 is what enters the first."""
    return f"layer_{layer}"


def encoder_graph(tensors: Mapping[str, StoredTensor], sizes: EncoderSizes) -> bytes:
    """The encoder in float32; its weights are references into WEIGHTS, whose folder is told to whoever opens it."""
    writer = GraphWriter()
    return write_encoder(writer, StoredLinears(writer, tensors), sizes)


def write_encoder(writer: GraphWriter, linears: Linears, sizes: EncoderSizes) -> bytes:
    """
    An ONNX model: one text's embedded tokens (tokens × width, before their layer norm) in, every layer's output out.

    Source: BERT (Devlin and others 2018) as transformers' BertModel computes it.
    """
    encoder = _Encoder(writer, linears, sizes)
    encoder.normalize(INPUT, "embeddings.LayerNorm", layer_output(0))
    for layer in range(sizes.layers):
        encoder.add_layer(layer)
    outputs = [layer_output(layer) for layer in range(sizes.layers + 1)]
    return writer.model(inputs=[INPUT], outputs=outputs, width=sizes.width)


class StoredLinears:
    """Products in float32 with weights that stay in their file."""

    def __init__(self, writer: GraphWriter, tensors: Mapping[str, StoredTensor]) -> None:
        self._writer = writer
        self._tensors = tensors

    def small(self, name: str) -> str:
        """The tensor where it lies."""
        tensor = self._tensors[name]
        return self._writer.stored(name, tensor.shape, file=WEIGHTS, offset=tensor.offset, length=tensor.length)

    def one(self, rows: str, weights: str) -> str:
        """One product."""
        pair = [self.small(f"{weights}.{part}") for part in ("weight", "bias")]
        return self._writer.add("Gemm", [rows, *pair], f"{weights}.result", [attribute("transB", 1)])

    def projections(self, rows: str, attention: str) -> list[str]:
        """Three products."""
        parts = [self.one(rows, f"{attention}.self.{part}") for part in PROJECTIONS]
        return [self._writer.add("Unsqueeze", [part, BATCH_AXIS], f"{part}.batched") for part in parts]


class _Encoder:
    """The nodes of each layer."""

    def __init__(self, writer: GraphWriter, linears: Linears, sizes: EncoderSizes) -> None:
        self._writer, self._linears, self._sizes = writer, linears, sizes
        writer.constant(BATCH_AXIS, np.zeros(1, dtype=np.int64))

    def add_layer(self, layer: int) -> None:
        own = f"encoder.layer.{layer}"
        rows = layer_output(layer)
        # The attention operator wants a batch; one text at a time needs no padding and no mask.
        batched = self._linears.projections(rows, f"{own}.attention")
        heads = attribute("num_heads", self._sizes.heads)
        seen = self._writer.add("MultiHeadAttention", batched, f"{own}.seen", [heads], domain=MICROSOFT)
        seen = self._writer.add("Squeeze", [seen, BATCH_AXIS], f"{own}.flat")
        seen = self._residual(self._linears.one(seen, f"{own}.attention.output.dense"), rows)
        seen = self.normalize(seen, f"{own}.attention.output.LayerNorm", f"{own}.attended")
        inner = self._linears.one(seen, f"{own}.intermediate.dense")
        inner = self._writer.add("Gelu", [inner], f"{inner}.gelu")
        inner = self._residual(self._linears.one(inner, f"{own}.output.dense"), seen)
        self.normalize(inner, f"{own}.output.LayerNorm", layer_output(layer + 1))

    def normalize(self, rows: str, weights: str, output: str) -> str:
        pair = [self._linears.small(f"{weights}.{part}") for part in ("weight", "bias")]
        return self._writer.add(
            "LayerNormalization", [rows, *pair], output, [attribute("epsilon", self._sizes.epsilon)]
        )

    def _residual(self, rows: str, before: str) -> str:
        return self._writer.add("Add", [rows, before], f"{rows}.sum")
