"""The encoder's graph, written by us and run by onnxruntime: a tiny one against BERT worked out in NumPy."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from kb.backends.e5_graph import INPUT, WEIGHTS, encoder_graph, layer_output, read_tensors

Rows = NDArray[np.float32]

WIDTH, INNER, HEADS, LAYERS, EPSILON = 8, 12, 2, 2, 1e-3


def named_shapes() -> dict[str, tuple[int, ...]]:
    linear = {"attention.self.query": (WIDTH, WIDTH), "attention.self.key": (WIDTH, WIDTH)}
    linear |= {"attention.self.value": (WIDTH, WIDTH), "attention.output.dense": (WIDTH, WIDTH)}
    linear |= {"intermediate.dense": (INNER, WIDTH), "output.dense": (WIDTH, INNER)}
    norms = dict.fromkeys(("attention.output.LayerNorm", "output.LayerNorm"), (WIDTH,))
    found: dict[str, tuple[int, ...]] = {"embeddings.LayerNorm.weight": (WIDTH,), "embeddings.LayerNorm.bias": (WIDTH,)}
    for layer in range(LAYERS):
        for name, shape in (linear | norms).items():
            found[f"encoder.layer.{layer}.{name}.weight"] = shape
            found[f"encoder.layer.{layer}.{name}.bias"] = shape[:1]
    return found


def write_weights(path: Path, weights: dict[str, Rows], *, kind: str = "F32") -> None:
    header, at = {}, 0
    for name, values in weights.items():
        header[name] = {"dtype": kind, "shape": values.shape, "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(values.tobytes() for values in weights.values()))


@pytest.fixture
def weights(tmp_path: Path) -> dict[str, Rows]:
    random = np.random.default_rng(7)
    made = {name: random.standard_normal(shape).astype(np.float32) for name, shape in named_shapes().items()}
    write_weights(tmp_path / WEIGHTS, made)
    return made


def normalized(rows: Rows, weights: dict[str, Rows], name: str) -> Rows:
    rows = rows - rows.mean(axis=1, keepdims=True)
    rows = rows / np.sqrt((rows**2).mean(axis=1, keepdims=True) + EPSILON)
    return np.asarray(rows * weights[f"{name}.weight"] + weights[f"{name}.bias"], dtype=np.float32)


def layers_by_hand(rows: Rows, weights: dict[str, Rows]) -> list[Rows]:
    """Every layer's output, by BERT's formulas one after the other."""

    def linear(rows: Rows, name: str) -> Rows:
        return np.asarray(rows @ weights[f"{name}.weight"].T + weights[f"{name}.bias"], dtype=np.float32)

    rows = normalized(rows, weights, "embeddings.LayerNorm")
    found = [rows]
    for layer in range(LAYERS):
        own = f"encoder.layer.{layer}"
        query, key, value = (linear(rows, f"{own}.attention.self.{part}") for part in ("query", "key", "value"))
        seen = np.zeros_like(rows)
        size = WIDTH // HEADS
        for head in (slice(start, start + size) for start in range(0, WIDTH, size)):
            scores = np.exp(query[:, head] @ key[:, head].T / math.sqrt(size))
            seen[:, head] = scores / scores.sum(axis=1, keepdims=True) @ value[:, head]
        rows = normalized(
            linear(seen, f"{own}.attention.output.dense") + rows, weights, f"{own}.attention.output.LayerNorm"
        )
        inner = linear(rows, f"{own}.intermediate.dense")
        inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        rows = normalized(
            linear(inner.astype(np.float32), f"{own}.output.dense") + rows, weights, f"{own}.output.LayerNorm"
        )
        found.append(rows)
    return found


def test_every_layer_is_that_of_the_formulas(weights: dict[str, Rows], tmp_path: Path) -> None:
    graph = encoder_graph(read_tensors(tmp_path / WEIGHTS), layers=LAYERS, heads=HEADS, epsilon=EPSILON)
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(tmp_path))
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    rows = np.random.default_rng(1).standard_normal((5, WIDTH)).astype(np.float32)

    found = session.run([layer_output(layer) for layer in range(LAYERS + 1)], {INPUT: rows})

    for computed, expected in zip(found, layers_by_hand(rows, weights), strict=True):
        np.testing.assert_allclose(computed, expected, atol=2e-5)


def test_a_tensor_is_found_where_the_file_holds_it(weights: dict[str, Rows], tmp_path: Path) -> None:
    name = "encoder.layer.1.output.dense.weight"

    tensor = read_tensors(tmp_path / WEIGHTS)[name]

    data = (tmp_path / WEIGHTS).read_bytes()[tensor.offset : tensor.offset + tensor.length]
    assert np.frombuffer(data, "<f4").reshape(tensor.shape).tolist() == weights[name].tolist()


def test_weights_of_another_kind_are_refused(tmp_path: Path) -> None:
    write_weights(tmp_path / WEIGHTS, {"a": np.zeros(2, dtype=np.float32)}, kind="F16")

    with pytest.raises(ValueError, match="not float32"):
        read_tensors(tmp_path / WEIGHTS)
