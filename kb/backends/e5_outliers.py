"""Which input channels of the default model are the largest: `python -m kb.backends.e5_outliers` writes the table."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.backends.e5_int8 import OUTLIERS

COUNT = 8
"""Channels of a layer: four are as good on most texts, sixteen no better on any."""

_INPUTS = {
    "attention.self": "attention.self.query",
    "attention.output.dense": "attention.output.dense",
    "intermediate.dense": "intermediate.dense",
    "output.dense": "output.dense",
}


def find_outliers(folder: Path, texts: Sequence[str], *, count: int = COUNT) -> dict[str, list[int]]:
    """For each layer of weights the channels whose largest value, over the texts, is largest on average."""
    from sentence_transformers import SentenceTransformer

    model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    seen: dict[str, list[NDArray[np.float32]]] = {}
    hooks = [
        module.register_forward_pre_hook(lambda _module, given, name=name: seen[name].append(_largest(given[0])))
        for name, module in _layers(model[0], seen)
    ]
    for text in texts:
        model.encode([text], show_progress_bar=False)
    for hook in hooks:
        hook.remove()
    return {name: _top(np.mean(found, axis=0), count) for name, found in seen.items()}


def _layers(transformer: Any, seen: dict[str, list[NDArray[np.float32]]]) -> list[tuple[str, Any]]:
    """The modules that multiply by weights, one for those that read the same rows."""
    modules = dict(transformer.named_modules())
    start = next(name for name in modules if name.endswith("encoder.layer.0")).removesuffix("encoder.layer.0")
    found = []
    layer = 0
    while f"{start}encoder.layer.{layer}" in modules:
        for short, read in _INPUTS.items():
            seen[f"encoder.layer.{layer}.{short}"] = []
            found.append((f"encoder.layer.{layer}.{short}", modules[f"{start}encoder.layer.{layer}.{read}"]))
        layer += 1
    return found


def _largest(rows: Any) -> NDArray[np.float32]:
    values: NDArray[np.float32] = rows.detach().abs().amax(dim=(0, 1)).float().numpy()
    return values


def _top(sizes: NDArray[np.float32], count: int) -> list[int]:
    return sorted(int(place) for place in np.argsort(-sizes, kind="stable")[:count])


def calibration_texts(corpus: Path, *, most: int = 60) -> list[str]:
    """Paragraphs of the shipped corpus, evenly spread, each as a passage and its first words as a question."""
    files = sorted(corpus.glob("*.md"))
    blocks = [block.strip() for file in files for block in file.read_text(encoding="utf-8").split("\n\n")]
    long = [" ".join(block.split()) for block in blocks if len(block) > 80]
    chosen = long[:: max(len(long) // most, 1)][:most]
    return [f"passage: {text}" for text in chosen] + [f"query: {' '.join(text.split()[:9])}?" for text in chosen]


def main(folder: str, corpus: str) -> None:
    """Write the table from a model folder and a folder of texts."""
    found = find_outliers(Path(folder), calibration_texts(Path(corpus)))
    lines = [f"{json.dumps(name)}: {json.dumps(places)}" for name, places in found.items()]
    OUTLIERS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
