"""Writes the encoder of a BERT folder as an ONNX model whose weights stay where they lie, in model.safetensors."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WEIGHTS = "model.safetensors"
INPUT = "rows"
_IR_VERSION, _OPSET = 9, 20  # the first opset that has Gelu
_FLOAT, _INT64 = 1, 7  # onnx.TensorProto.DataType
_EXTERNAL = 1  # onnx.TensorProto.DataLocation


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A float32 tensor in a safetensors file."""

    shape: tuple[int, ...]
    offset: int  # of its first byte in the file
    length: int  # in bytes


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


def encoder_graph(tensors: Mapping[str, StoredTensor], *, layers: int, heads: int, epsilon: float) -> bytes:
    """
    An ONNX model: one text's embedded tokens (tokens × width, before their layer norm) in, every layer's output out.

    Its weights are references into WEIGHTS; whoever opens it says in which folder that lies.

    Source: onnx.proto3 for the wire format; BERT (Devlin and others 2018) as transformers' BertModel computes it.
    """
    width = tensors["embeddings.LayerNorm.weight"].shape[0]
    writer = _Writer(heads, epsilon)
    writer.normalize(INPUT, "embeddings.LayerNorm", layer_output(0))
    for layer in range(layers):
        writer.add_layer(layer)
    used = [_external(name, tensors[name]) for name in dict.fromkeys(writer.weights)]
    graph = [
        *(_bytes(1, node) for node in writer.nodes),
        _text(2, "encoder"),
        *(_bytes(5, tensor) for tensor in [*used, _batch_axis()]),
        _bytes(11, _matrix(INPUT, width)),
        *(_bytes(12, _matrix(layer_output(layer), width)) for layer in range(layers + 1)),
    ]
    opsets = [_number(2, _OPSET), _text(1, _MICROSOFT) + _number(2, 1)]
    return b"".join([_number(1, _IR_VERSION), _bytes(7, b"".join(graph)), *(_bytes(8, opset) for opset in opsets)])


_MICROSOFT = "com.microsoft"  # the domain of onnxruntime's own operators
_BATCH_AXIS = "batch_axis"


class _Writer:
    """Nodes in the order they run, and the weights they read."""

    def __init__(self, heads: int, epsilon: float) -> None:
        self._heads = heads
        self._epsilon = epsilon
        self.nodes: list[bytes] = []
        self.weights: list[str] = []

    def add_layer(self, layer: int) -> None:
        own = f"encoder.layer.{layer}"
        rows = layer_output(layer)
        parts = [self._linear(rows, f"{own}.attention.self.{part}") for part in ("query", "key", "value")]
        # The attention operator wants a batch; one text at a time needs no padding and no mask.
        batched = [self._add("Unsqueeze", [part, _BATCH_AXIS], f"{part}.batched") for part in parts]
        heads = _attribute("num_heads", self._heads)
        seen = self._add("MultiHeadAttention", batched, f"{own}.seen", [heads], domain=_MICROSOFT)
        seen = self._add("Squeeze", [seen, _BATCH_AXIS], f"{own}.flat")
        seen = self._residual(self._linear(seen, f"{own}.attention.output.dense"), rows)
        seen = self.normalize(seen, f"{own}.attention.output.LayerNorm", f"{own}.attended")
        inner = self._linear(seen, f"{own}.intermediate.dense")
        inner = self._add("Gelu", [inner], f"{inner}.gelu")
        inner = self._residual(self._linear(inner, f"{own}.output.dense"), seen)
        self.normalize(inner, f"{own}.output.LayerNorm", layer_output(layer + 1))

    def normalize(self, rows: str, weights: str, output: str) -> str:
        epsilon = _attribute("epsilon", self._epsilon)
        return self._add("LayerNormalization", [rows, *self._pair(weights)], output, [epsilon])

    def _linear(self, rows: str, weights: str) -> str:
        return self._add("Gemm", [rows, *self._pair(weights)], f"{weights}.result", [_attribute("transB", 1)])

    def _residual(self, rows: str, before: str) -> str:
        return self._add("Add", [rows, before], f"{rows}.sum")

    def _pair(self, name: str) -> list[str]:
        pair = [f"{name}.weight", f"{name}.bias"]
        self.weights += pair
        return pair

    def _add(
        self, kind: str, inputs: Sequence[str], output: str, attributes: Iterable[bytes] = (), *, domain: str = ""
    ) -> str:
        fields = [_text(1, name) for name in inputs]
        fields += [_text(2, output), _text(3, output), _text(4, kind), *(_bytes(5, one) for one in attributes)]
        self.nodes.append(b"".join(fields) + (_text(7, domain) if domain else b""))
        return output


def _external(name: str, tensor: StoredTensor) -> bytes:
    where = {"location": WEIGHTS, "offset": str(tensor.offset), "length": str(tensor.length)}
    dims = b"".join(_number(1, size) for size in tensor.shape)
    places = b"".join(_bytes(13, _text(1, key) + _text(2, value)) for key, value in where.items())
    return dims + _number(2, _FLOAT) + _text(8, name) + places + _number(14, _EXTERNAL)


def _batch_axis() -> bytes:
    return _number(1, 1) + _number(2, _INT64) + _text(8, _BATCH_AXIS) + _bytes(9, struct.pack("<q", 0))


def _matrix(name: str, width: int) -> bytes:
    shape = _bytes(1, _text(2, "tokens")) + _bytes(1, _number(1, width))
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _FLOAT) + _bytes(2, shape)))


def _attribute(name: str, value: float) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, 2)
    return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
