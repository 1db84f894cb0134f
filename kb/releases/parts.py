"""The parts that a release is built with and opened by; kb.wiring chooses the real ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kb.errors import StoreError
from kb.ports import Embedder, LexicalIndex, Matrix, Progress, VectorIndex
from kb.records import Document, Passage
from kb.releases.folders import nothing

WEIGHTS = "weights"
"""Folder of a release's own weights: it goes on answering with the thresholds that it was evaluated with."""

VECTORS = "chroma"
"""Folder of a release's vector index; outside the checksums, since Chroma writes it at every opening."""

WORDS = "lexical"
"""Folder of a release's index of words."""

_PRECISION = re.compile(r"\|(float32|bfloat16|int8)$")


def model_name(fingerprint: str) -> str:
    """An embedder's fingerprint without its end, which changes with the processor."""
    return _PRECISION.sub("", fingerprint)


class Encode(Protocol):
    """Turns search texts into vectors, and keeps in the release's folder whatever else the search needs of them."""

    def __call__(
        self, folder: Path, texts: Sequence[str], /, *, embedder: Embedder, earlier: Sequence[Path], progress: Progress
    ) -> Matrix:
        """The texts' vectors, n × dimension; earlier are whole releases of the same encoder and embedder."""


def embed_alone(
    _folder: Path, texts: Sequence[str], *, embedder: Embedder, progress: Progress, **_more: object
) -> Matrix:
    """The texts' vectors; nothing is kept beside them, nor taken from earlier releases."""
    return embedder.embed_passages(texts, progress=progress)


def _keep_in_folder(index: LexicalIndex, folder: Path, _release: str) -> None:
    """Write the index whole to the folder."""
    index.save(folder)


def _refuse(_index: LexicalIndex, folder: Path) -> None:
    """An index in a folder is not made again: its files are the release's own."""
    raise StoreError(f"le parole di «{folder}» non si rifanno: ricostruisci con «bussola ingest».")


class Earlier(Protocol):
    """A whole earlier release."""

    @property
    def folder(self) -> Path:
        """Where its files are."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Its passages."""


KeepCounts = Callable[[Path, Sequence[Passage], Earlier | None], None]
"""Writes to a release's folder what answering counts of all its passages; what an earlier one counted may be used."""


def _keep_none(_folder: Path, _passages: Sequence[Passage], _earlier: Earlier | None) -> None:
    """Nothing is kept."""


class GrownIndex(VectorIndex, Protocol):
    """A vector index that goes on from a copy of an earlier release's."""

    def remove(self, ids: Sequence[str]) -> None:
        """Take these out; one that is not there is passed over."""

    def gone_share(self) -> float:
        """Which share of what it keeps was taken out or replaced, 0 to 1, and only costs time."""


@dataclass(frozen=True, slots=True)
class IndexParts:
    """How the indexes of a release are made and read back."""

    create_vectors: Callable[[Path], VectorIndex]  # folder, not there yet
    open_vectors: Callable[[Path], VectorIndex]
    build_lexical: Callable[[Sequence[str], Sequence[str]], LexicalIndex]  # ids, texts
    load_lexical: Callable[[Path], LexicalIndex]
    search_text: Callable[[Passage, Document], str]  # what is embedded and indexed of a passage
    lexical_fingerprint: str
    encode: Encode = embed_alone
    encoder_fingerprint: str = "vectors"
    weights: Mapping[str, Path] = field(default_factory=dict)  # learned weights and thresholds, copied by name
    create_for: Callable[[Path, str], VectorIndex] | None = None  # in create_vectors' place: folder, release
    copy_vectors: Callable[[Path, Path], GrownIndex] | None = None  # an earlier release's folder, folder
    discard_vectors: Callable[[Path], None] = nothing  # what a folder about to go keeps elsewhere
    keep_counts: KeepCounts = _keep_none
    keep_lexical: Callable[[LexicalIndex, Path, str], None] = _keep_in_folder  # folder, release
    check_lexical: Callable[[Path], None] = nothing  # what of a folder's index lies elsewhere, else a StoreError
    discard_lexical: Callable[[Path], None] = nothing  # as discard_vectors
    keep_lexical_again: Callable[[LexicalIndex, Path], None] = _refuse  # where check_lexical finds that it got lost
