"""What a release keeps of each search text, from one pass of the model; what an earlier release has is not computed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.ports import Embedder, Matrix, Progress, TokenEmbedder, TokenVectors, Vector, no_progress
from kb.releases.parts import model_name
from kb.retrieval.tokens import FOLDER, LAYER, RECIPE, TOKENS, WIDTH, Array, principal_directions, to_bytes
from kb.vectors import unit_rows

KEY_BYTES = 16
_BATCH = 128  # texts embedded at once: enough of like length for full batches, about 40 MB of rows
_SAMPLE = Path(__file__).with_name("projection_sample.txt")
DIRECTIONS = Path(__file__).with_name("directions.npz")
"""Of the default model: "model", its fingerprint without precision, and "directions", dimension × width."""
_PARTS = ("vectors", "scales", "starts", "ids", "id_starts")


@dataclass(frozen=True, slots=True)
class PassageRows:
    """One text, encoded: its vector, and its tokens' in eight bits."""

    pooled: Vector
    rows: NDArray[np.int8]  # tokens × width, at least one
    scales: Array
    ids: NDArray[np.int32]  # the different tokens in it, ascending


def encode_passages(
    folder: Path,
    texts: Sequence[str],
    *,
    embedder: Embedder,
    earlier: Sequence[Path] = (),
    progress: Progress = no_progress,
) -> Matrix:
    """
    The texts' vectors, n × dimension, once their token vectors lie under folder/tokens.

    Token vectors are projected on directions that are the model's own, brought to length 1 and rounded to eight bits
    with a scale a row: 128 bytes and 4 a token. They depend on the text and the model alone, so a text that stands in
    an earlier release (folders of whole releases of the same recipe and embedder, those to be preferred first) is
    taken from there. An embedder that shows no tokens gives vectors alone, and no folder.

    Raises:
        EmbedderError: the embedder failed.
    """
    if not isinstance(embedder, TokenEmbedder) or not texts:
        return embedder.embed_passages(texts, progress=progress)
    keys = [text_key(text) for text in texts]
    kept = _Kept(earlier)
    projection = kept.projection
    if projection is None:
        projection = model_directions(embedder, model=embedder.fingerprint)
    found = _encoded(texts, keys, kept, _Encoder(embedder, projection, progress))
    return _write(folder / FOLDER, found, projection, keys)


def text_key(text: str) -> bytes:
    """What tells a search text from others."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY_BYTES]


def model_directions(embedder: TokenEmbedder, *, model: str) -> Array:
    """
    The directions that a model's token vectors are projected on; model is the embedder's fingerprint.

    Those of the default model are shipped, learnt by `python -m evals.train_ranker`; of another they are the principal
    ones of a fixed Italian sample. A release's own were no better, and rows of two releases could not be mixed
    (kb/retrieval/NOTES.md).

    Raises:
        EmbedderError: the embedder failed.
    """
    with np.load(DIRECTIONS) as shipped:
        if model_name(model) == str(shipped["model"]):
            return np.ascontiguousarray(shipped["directions"], dtype=np.float32)
    rows = np.concatenate([one.vectors for one in embedder.embed_tokens(sample_texts(), is_query=False, layer=LAYER)])
    return principal_directions(rows.T.astype(np.float64) @ rows, WIDTH)


def sample_texts() -> list[str]:
    """Italian passages of many subjects of a plan, of our own words, that directions are found on."""
    return _SAMPLE.read_text(encoding="utf-8").splitlines()


@dataclass(frozen=True, slots=True)
class _Encoder:
    """The model at work, and the directions its rows are projected on."""

    embedder: TokenEmbedder
    projection: Array
    progress: Progress

    def encode(self, texts: Sequence[str]) -> list[PassageRows]:
        found = self.embedder.embed_tokens(texts, is_query=False, layer=LAYER)
        return [self._rows(one) for one in found]

    def _rows(self, found: TokenVectors) -> PassageRows:
        rows, scales = to_bytes(unit_rows(found.vectors @ self.projection))
        # A text without a single token keeps one empty row, so that every passage has a stretch.
        if not len(rows):
            rows, scales = np.zeros((1, self.projection.shape[1]), dtype=np.int8), np.zeros(1, dtype=np.float32)
        return PassageRows(np.asarray(found.pooled, dtype=np.float32), rows, scales, np.unique(found.ids))


class _Kept:
    """The rows of earlier releases, mapped from disk and found by text."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.projection: Array | None = None
        self._parts: list[dict[str, NDArray[Any]]] = []
        self._places: dict[bytes, tuple[int, int]] = {}
        for folder in folders:
            self._add(folder)

    def _add(self, folder: Path) -> None:
        tokens = folder / FOLDER
        if not (tokens / "keys.npy").is_file():
            return
        parts: dict[str, NDArray[Any]] = {name: np.load(tokens / f"{name}.npy", mmap_mode="r") for name in _PARTS}
        parts["pooled"] = np.load(folder / "vectors.npy", mmap_mode="r")
        projection: Array = np.load(tokens / "projection.npy")
        if self.projection is not None and not np.array_equal(projection, self.projection):
            return  # rows on other directions can't be mixed with the first release's
        self.projection = projection
        for place, key in enumerate(np.load(tokens / "keys.npy")):
            self._places.setdefault(key.tobytes(), (len(self._parts), place))
        self._parts.append(parts)

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    def __getitem__(self, key: bytes) -> PassageRows:
        which, place = self._places[key]
        parts = self._parts[which]
        rows = slice(parts["starts"][place], parts["starts"][place + 1])
        ids = slice(parts["id_starts"][place], parts["id_starts"][place + 1])
        return PassageRows(parts["pooled"][place], parts["vectors"][rows], parts["scales"][rows], parts["ids"][ids])


def _encoded(texts: Sequence[str], keys: Sequence[bytes], kept: _Kept, encoder: _Encoder) -> Iterator[PassageRows]:
    """Every text's rows, in order; equal texts are computed once, those of earlier releases not at all."""
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
    last = {key: place for place, key in enumerate(keys)}
    waiting = list(missing)
    fresh: dict[bytes, PassageRows] = {}
    done = 0
    for place, key in enumerate(keys):
        if key not in missing:
            yield kept[key]
            continue
        if key not in fresh:
            encoder.progress("vettori", done, len(missing))
            some = waiting[done : done + _BATCH]
            fresh |= dict(zip(some, encoder.encode([missing[one] for one in some]), strict=True))
            done += len(some)
            encoder.progress("vettori", done, len(missing))
        yield fresh.pop(key) if last[key] == place else fresh[key]


@dataclass(slots=True)
class _Written:
    """What is gathered beside the rows, which go to disk at once."""

    scales: list[Array] = field(default_factory=list)
    ids: list[NDArray[np.int32]] = field(default_factory=list)
    pooled: list[Vector] = field(default_factory=list)


def _write(target: Path, found: Iterator[PassageRows], projection: Array, keys: Sequence[bytes]) -> Matrix:
    target.mkdir(parents=True)
    kept = _Written()
    with (target / "rows.tmp").open("wb") as file:
        for one in found:
            file.write(one.rows.tobytes())
            kept.scales.append(one.scales)
            kept.ids.append(one.ids)
            kept.pooled.append(one.pooled)
    scales, ids = np.concatenate(kept.scales), np.concatenate(kept.ids)
    _save_rows(target, len(scales), projection.shape[1])
    known, counts = np.unique(ids, return_counts=True)
    arrays: dict[str, NDArray[Any]] = {
        "scales": scales.astype(np.float32),
        "starts": _starts(kept.scales),
        "ids": ids.astype(np.int32),
        "id_starts": _starts(kept.ids),
        "projection": projection,
        "known": known.astype(np.int32),
        "counts": counts.astype(np.int32),
        "keys": np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, KEY_BYTES),
    }
    for name, array in arrays.items():
        np.save(target / f"{name}.npy", array)
    (target / RECIPE).write_text(json.dumps({"tokens": TOKENS, "texts": len(keys)}), encoding="utf-8")
    return np.stack(kept.pooled)


def _starts(stretches: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum([len(one) for one in stretches])]).astype(np.int64)


def _save_rows(target: Path, count: int, width: int) -> None:
    """Turn the bytes written so far into an array file; never all in memory."""
    raw = np.memmap(target / "rows.tmp", dtype=np.int8, mode="r", shape=(count, width))
    np.save(target / "vectors.npy", raw)
    del raw
    (target / "rows.tmp").unlink()
