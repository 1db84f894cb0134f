"""Writes ONNX models node by node, without the `onnx` package."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

MICROSOFT = "com.microsoft"
"""The domain of onnxruntime's own operators."""

_IR_VERSION, _OPSET = 9, 20  # the first opset that has Gelu
_EXTERNAL = 1  # onnx.TensorProto.DataLocation
_FLOAT = 1  # onnx.TensorProto.DataType
_KINDS = {"float32": _FLOAT, "uint8": 2, "int8": 3, "int64": 7}


class GraphWriter:
    """
    Nodes in the order they run, and the tensors they read; a name is given once.

    Source: onnx.proto3 for the wire format.
    """

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._tensors: dict[str, bytes] = {}

    def add(
        self,
        kind: str,
        inputs: Sequence[str],
        outputs: str | Sequence[str],
        attributes: Iterable[bytes] = (),
        *,
        domain: str = "",
    ) -> str:
        """One node; returns the name of its first output."""
        names = [outputs] if isinstance(outputs, str) else list(outputs)
        fields = [_text(1, name) for name in inputs] + [_text(2, name) for name in names]
        fields += [_text(3, names[0]), _text(4, kind), *(_bytes(5, one) for one in attributes)]
        self._nodes.append(b"".join(fields) + (_text(7, domain) if domain else b""))
        return names[0]

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """A tensor that the model holds: float32, int64, int8 or uint8; returns its name."""
        about = _dims(values.shape) + _number(2, _KINDS[values.dtype.name]) + _text(8, name)
        self._tensors[name] = about + _bytes(9, np.ascontiguousarray(values).tobytes())
        return name

    def stored(self, name: str, shape: Sequence[int], *, file: str, offset: int, length: int) -> str:
        """A float32 tensor that lies in a file, at an offset and of a length in bytes; returns its name."""
        where = {"location": file, "offset": str(offset), "length": str(length)}
        places = b"".join(_bytes(13, _text(1, key) + _text(2, value)) for key, value in where.items())
        about = _dims(shape) + _number(2, _FLOAT) + _text(8, name)
        self._tensors[name] = about + places + _number(14, _EXTERNAL)
        return name

    def model(self, *, inputs: Sequence[str], outputs: Sequence[str], width: int) -> bytes:
        """The whole model; what enters and leaves are float32 matrices, any number of rows × width."""
        graph = [
            *(_bytes(1, node) for node in self._nodes),
            _text(2, "encoder"),
            *(_bytes(5, tensor) for tensor in self._tensors.values()),
            *(_bytes(11, _matrix(name, width)) for name in inputs),
            *(_bytes(12, _matrix(name, width)) for name in outputs),
        ]
        opsets = [_number(2, _OPSET), _text(1, MICROSOFT) + _number(2, 1)]
        return b"".join([_number(1, _IR_VERSION), _bytes(7, b"".join(graph)), *(_bytes(8, opset) for opset in opsets)])


def attribute(name: str, value: float) -> bytes:
    """A node's attribute: an integer, or a number in float32."""
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, 2)
    return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)


def _dims(shape: Sequence[int]) -> bytes:
    return b"".join(_number(1, size) for size in shape)


def _matrix(name: str, width: int) -> bytes:
    shape = _bytes(1, _text(2, "rows")) + _bytes(1, _number(1, width))
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _FLOAT) + _bytes(2, shape)))


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
