"""The parts that a release is built with and opened by; kb.wiring chooses the real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.ports import Embedder, LexicalIndex, VectorIndex
from kb.records import Document, Passage


@dataclass(frozen=True, slots=True)
class Extra:
    """Something more that a release keeps for its search, such as token vectors."""

    fingerprint: str  # enters the release's id under "extra:<name>"
    write: Callable[[Path, Sequence[str], Embedder], None]  # folder of the release, search texts in passage order


@dataclass(frozen=True, slots=True)
class IndexParts:
    """How the indexes of a release are made and read back."""

    create_vectors: Callable[[Path], VectorIndex]  # folder, not there yet
    open_vectors: Callable[[Path], VectorIndex]
    build_lexical: Callable[[Sequence[str], Sequence[str]], LexicalIndex]  # ids, texts
    load_lexical: Callable[[Path], LexicalIndex]
    search_text: Callable[[Passage, Document], str]  # what is embedded and indexed of a passage
    lexical_fingerprint: str
    extras: tuple[tuple[str, Extra], ...] = ()
