"""A release's passages put into its vector index; its indexes made again where servers that held them lost them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from kb.errors import ReleaseError, StoreError
from kb.ports import Matrix, Progress, VectorIndex, no_progress
from kb.records import Document, Passage
from kb.releases.opened import OpenRelease
from kb.releases.parts import VECTORS, WORDS, IndexParts

BATCH = 1000
"""Passages put in the vector index at once; Chroma refuses more than 5,461 (measured on 1.5.9)."""


def new_index(folder: Path, release: str, *, parts: IndexParts) -> VectorIndex:
    """An empty index of that release in its folder, or on the server where there is one."""
    return parts.create_vectors(folder) if parts.create_for is None else parts.create_for(folder, release)


def put_passages(
    index: VectorIndex,
    passages: Sequence[Passage],
    *,
    vectors: Matrix,
    documents: Iterable[Document],
    progress: Progress = no_progress,
) -> None:
    """
    Put each passage with its vector, a row each, and what it can be narrowed by.

    Raises:
        StoreError: the index can't be written.
    """
    kinds = {document.id: document.kind.value for document in documents}
    for start in range(0, len(passages), BATCH):
        some = passages[start : start + BATCH]
        about = [_metadata(passage, kinds) for passage in some]
        index.put([passage.id for passage in some], vectors[start : start + BATCH], about)
        progress("indice dei vettori", min(start + BATCH, len(passages)), len(passages))


def revive_index(folder: Path, *, parts: IndexParts, progress: Progress = no_progress) -> bool:
    """
    Whether the release's vector index was gone, or not that of its passages, and was made again from vectors.npy.

    It is made where new ones are: on the server if there is one, else in the release's folder.

    Raises:
        NotFound: there is no such release.
        ReleaseError: it is damaged, or has no vectors to make an index of.
        StoreError: the index can't be written.
    """
    with OpenRelease.open(folder, parts=parts) as release:
        if _is_whole(release):
            return False
    with OpenRelease.open(folder, parts=parts) as release:
        vectors, documents = np.asarray(release.matrix), release.documents.values()
        shutil.rmtree(folder / VECTORS, ignore_errors=True)
        index = new_index(folder / VECTORS, release.id, parts=parts)
        try:
            put_passages(index, release.passages, vectors=vectors, documents=documents, progress=progress)
        finally:
            index.close()
    return True


def revive_words(folder: Path, *, parts: IndexParts) -> bool:
    """
    Whether the release's words, which a server keeps, were gone or changed there, and were written again.

    Where no server is named they are brought back to the release's folder.

    Raises:
        NotFound: there is no such release.
        ReleaseError: it is damaged.
        StoreError: the server can't be written to, or the words are not those that were written.
    """
    try:
        parts.check_lexical(folder / WORDS)
        return False
    except StoreError:
        pass
    with OpenRelease.open(folder, parts=parts) as release:
        texts = [parts.search_text(passage, release.documents[passage.document]) for passage in release.passages]
        index = parts.build_lexical([passage.id for passage in release.passages], texts)
    parts.keep_lexical_again(index, folder / WORDS)
    return True


def _is_whole(release: OpenRelease) -> bool:
    try:
        return release.vectors.ids() == {passage.id for passage in release.passages}
    except (StoreError, ReleaseError):
        return False


def _metadata(passage: Passage, kinds: Mapping[str, str]) -> dict[str, str | int]:
    about: dict[str, str | int] = {"document": passage.document, "kind": kinds[passage.document]}
    if passage.driver is not None:
        about["driver"] = passage.driver
    if passage.article is not None:
        about["article"] = passage.article
    return about
