"""The late-interaction head: a small trained network that turns the default model's token vectors into ours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

INPUT_LAYER = -5
"""The default model's layer that the head reads: unit rows of a text's own tokens."""
MODEL = "multilingual-e5-small"
"""The model that the shipped head was trained on; others have no head."""
HEADS = 12
_EPSILON = 1e-12


@dataclass(frozen=True)
class Head:
    """
    Two transformer layers and a projection; weights by name as kb.backends.head_training writes them.

    Source: BERT's layer (Devlin et al. 2019) with attention among a text's own tokens and GELU in its tanh form
    (Hendrycks and Gimpel 2016).
    """

    weights: dict[str, Array]
    version: str

    @property
    def width(self) -> int:
        """Length of the rows that come out."""
        return int(self.weights["projection"].shape[1])

    def apply(self, rows: Array) -> Array:
        """A text's token vectors (n × 384, unit rows of INPUT_LAYER) as n × width, rows of length 1."""
        if not len(rows):
            return np.zeros((0, self.width), dtype=np.float32)
        states = rows * self.weights["scale"]
        for number in range(int(self.weights["layers"])):
            states = self._layer(states, f"{number}.")
        found = _unit(states) @ self.weights["projection"]
        return _unit(found)

    def _layer(self, states: Array, name: str) -> Array:
        mixed = self._dense(self._attention(states, name), f"{name}out")
        states = self._norm(states + mixed, f"{name}norm1")
        inner = _gelu(self._dense(states, f"{name}up"))
        return self._norm(states + self._dense(inner, f"{name}down"), f"{name}norm2")

    def _attention(self, states: Array, name: str) -> Array:
        """Every token's mean of all tokens' values, weighted by likeness, head by head."""
        count, width = states.shape
        query, key, value = (
            self._dense(states, name + part).reshape(count, HEADS, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        likeness = query @ key.transpose(0, 2, 1) / np.float32(math.sqrt(width // HEADS))
        likeness = np.exp(likeness - likeness.max(axis=-1, keepdims=True))
        likeness /= likeness.sum(axis=-1, keepdims=True)
        return np.ascontiguousarray((likeness @ value).transpose(1, 0, 2)).reshape(count, width)

    def _dense(self, states: Array, name: str) -> Array:
        return np.asarray(states @ self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"], dtype=np.float32)

    def _norm(self, states: Array, name: str) -> Array:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _EPSILON)
        return np.asarray(
            centred / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"], dtype=np.float32
        )


@lru_cache(maxsize=1)
def shipped_head() -> Head | None:
    """The head in head.npz, read once (its matrices are kept in sixteen bits on disk); None where none is shipped."""
    path = Path(__file__).with_name("head.npz")
    if not path.is_file():
        return None
    with np.load(path) as data:
        version = str(data["version"])
        weights = {name: data[name].astype(np.float32) for name in data.files if name != "version"}
    return Head(weights, version)


def _gelu(values: Array) -> Array:
    cubic = values * (1 + np.float32(0.044715) * values * values)
    return np.asarray(0.5 * values * (1 + np.tanh(np.float32(math.sqrt(2 / math.pi)) * cubic)), dtype=np.float32)


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
