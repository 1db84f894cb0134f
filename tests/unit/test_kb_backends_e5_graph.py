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

from kb.backends import e5_int8
from kb.backends.e5_graph import INPUT, WEIGHTS, EncoderSizes, encoder_graph, layer_output, read_tensors
from kb.backends.e5_int8 import int8_graph, make_int8_graph

Rows = NDArray[np.float32]

WIDTH, INNER, HEADS, LAYERS, EPSILON = 8, 12, 2, 2, 1e-3
SIZES = EncoderSizes(layers=LAYERS, heads=HEADS, width=WIDTH, epsilon=EPSILON)


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


def computed(graph: bytes, folder: Path, rows: Rows) -> list[Rows]:
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return list(session.run([layer_output(layer) for layer in range(LAYERS + 1)], {INPUT: rows}))


def some_rows() -> Rows:
    return np.random.default_rng(1).standard_normal((5, WIDTH)).astype(np.float32)


def test_every_layer_is_that_of_the_formulas(weights: dict[str, Rows], tmp_path: Path) -> None:
    graph = encoder_graph(read_tensors(tmp_path / WEIGHTS), SIZES)

    found = computed(graph, tmp_path, some_rows())

    for one, expected in zip(found, layers_by_hand(some_rows(), weights), strict=True):
        np.testing.assert_allclose(one, expected, atol=2e-5)


def outliers(*channels: int) -> dict[str, list[int]]:
    kinds = ("attention.self", "attention.output.dense", "intermediate.dense", "output.dense")
    return {f"encoder.layer.{layer}.{kind}": list(channels) for layer in range(LAYERS) for kind in kinds}


@pytest.fixture
def bert_folder(weights: dict[str, Rows], tmp_path: Path) -> Path:
    about = {"num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "hidden_size": WIDTH, "layer_norm_eps": EPSILON}
    (tmp_path / "config.json").write_text(json.dumps(about))
    return tmp_path


def cosines(found: list[Rows], expected: list[Rows]) -> float:
    unit = [[rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in side] for side in (found, expected)]
    return min(float((one * other).sum(axis=1).min()) for one, other in zip(*unit, strict=True))


def test_in_eight_bits_every_layer_is_nearly_that_of_the_formulas(weights: dict[str, Rows], bert_folder: Path) -> None:
    found = computed(make_int8_graph(bert_folder, outliers(0, 3)), bert_folder, some_rows())

    assert cosines(found, layers_by_hand(some_rows(), weights)) > 0.999


def test_a_channel_that_dwarfs_the_others_costs_no_accuracy_where_it_is_kept_apart(
    weights: dict[str, Rows], bert_folder: Path
) -> None:
    for name in ("embeddings.LayerNorm", "encoder.layer.0.attention.output.LayerNorm"):
        weights[f"{name}.weight"][3] *= 1000
    for layer in range(LAYERS):  # what reads the channel expects it large
        for reader in ("attention.self.query", "attention.self.key", "attention.self.value", "intermediate.dense"):
            weights[f"encoder.layer.{layer}.{reader}.weight"][:, 3] /= 1000
    write_weights(bert_folder / WEIGHTS, weights)
    expected = layers_by_hand(some_rows(), weights)[1:]

    apart, together = (
        cosines(computed(make_int8_graph(bert_folder, outliers(*channels)), bert_folder, some_rows())[1:], expected)
        for channels in ((3,), (0,))
    )

    assert apart > 0.999
    assert together < apart


def test_rows_of_zeros_are_multiplied_too(weights: dict[str, Rows], bert_folder: Path) -> None:
    for layer in range(LAYERS):
        weights[f"encoder.layer.{layer}.intermediate.dense.weight"][:] = 0
        weights[f"encoder.layer.{layer}.intermediate.dense.bias"][:] = 0
    write_weights(bert_folder / WEIGHTS, weights)

    found = computed(make_int8_graph(bert_folder, outliers(0)), bert_folder, some_rows())

    assert np.isfinite(found[-1]).all()


@pytest.fixture
def kept(bert_folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the model of the folder is written."""
    table = tmp_path_factory.mktemp("table") / "outliers.json"
    table.write_text(json.dumps(outliers(0)))
    monkeypatch.setattr(e5_int8, "OUTLIERS", table)
    return bert_folder.with_name(f"{bert_folder.name}-int8-{e5_int8.RECIPE}.onnx")


def test_the_graph_in_eight_bits_is_written_once_and_made_again_where_the_disk_changed_it(
    bert_folder: Path, kept: Path
) -> None:
    made = int8_graph(bert_folder)
    written = kept.read_bytes()
    kept.write_bytes(written[:50] + b"?" + written[51:])

    assert int8_graph(bert_folder) == made == make_int8_graph(bert_folder, outliers(0))
    assert kept.read_bytes() == written
    (bert_folder / WEIGHTS).unlink()
    assert int8_graph(bert_folder) == made  # from what was kept
    assert [path.name for path in kept.parent.iterdir() if path.name.startswith(".making")] == []


def test_the_graph_is_made_of_weights_that_were_checked_alone(bert_folder: Path, kept: Path) -> None:
    def refuse() -> None:
        raise ValueError("a bit turned")

    with pytest.raises(ValueError, match="a bit turned"):
        int8_graph(bert_folder, check=refuse)
    assert not kept.exists()
    int8_graph(bert_folder)
    int8_graph(bert_folder, check=refuse)  # what was kept has a checksum of its own


def test_where_nothing_can_be_written_the_graph_is_made_each_time(bert_folder: Path, kept: Path) -> None:
    kept.mkdir()  # a folder lies where the file would

    assert int8_graph(bert_folder) == int8_graph(bert_folder) == make_int8_graph(bert_folder, outliers(0))


def test_a_tensor_is_found_where_the_file_holds_it(weights: dict[str, Rows], tmp_path: Path) -> None:
    name = "encoder.layer.1.output.dense.weight"

    tensor = read_tensors(tmp_path / WEIGHTS)[name]

    data = (tmp_path / WEIGHTS).read_bytes()[tensor.offset : tensor.offset + tensor.length]
    assert np.frombuffer(data, "<f4").reshape(tensor.shape).tolist() == weights[name].tolist()


def test_weights_of_another_kind_are_refused(tmp_path: Path) -> None:
    write_weights(tmp_path / WEIGHTS, {"a": np.zeros(2, dtype=np.float32)}, kind="F16")

    with pytest.raises(ValueError, match="not float32"):
        read_tensors(tmp_path / WEIGHTS)
