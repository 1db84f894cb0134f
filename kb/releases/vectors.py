"""A release's passages put into its vector index; its indexes made again where servers that held them lost them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from kb.errors import ReleaseError, StoreError
from kb.ports import Matrix, Progress, VectorIndex, no_progress
from kb.records import Document, Passage
from kb.releases.check import check_ids, find_lost, refuse_lost
from kb.releases.opened import OpenRelease
from kb.releases.parts import VECTORS, WORDS, IndexParts

BATCH = 5000
"""
Passages put in the vector index at once. Chroma refuses more than 5,461 (measured on 1.5.9), and the whole graph is
written to disk after each: by thousands a million passages would write a terabyte.
"""

MOST_CHANGED = 0.25
"""Share of a release's passages that may differ from the earlier one's for its index to be gone on from."""

MOST_GONE = 0.1
"""Share of a graph's rows that may be of passages that went: they stay in it, and lengthen every search."""


def new_index(folder: Path, release: str, *, parts: IndexParts) -> VectorIndex:
    """An empty index of that release in its folder, or on the server where there is one."""
    return parts.create_vectors(folder) if parts.create_for is None else parts.create_for(folder, release)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What an index holds: each passage's vector, and what it can be narrowed by."""

    ids: Sequence[str]
    vectors: Matrix  # a row each
    about: Sequence[Mapping[str, str | int]]

    @classmethod
    def of(cls, passages: Sequence[Passage], *, vectors: Matrix, documents: Iterable[Document]) -> Rows:
        """Those of passages, whose vectors stand in the same order."""
        kinds = {document.id: document.kind.value for document in documents}
        return cls([passage.id for passage in passages], vectors, [_metadata(passage, kinds) for passage in passages])

    def missing_in(self, other: Rows) -> Rows:
        """Those that the other has not, or has with another vector or other facts."""
        places = {id_: place for place, id_ in enumerate(other.ids)}

        def differs(place: int) -> bool:
            there = places.get(self.ids[place])
            return (
                there is None
                or self.about[place] != other.about[there]
                or not np.array_equal(self.vectors[place], other.vectors[there])
            )

        rows = [place for place in range(len(self.ids)) if differs(place)]
        return Rows([self.ids[row] for row in rows], self.vectors[rows], [self.about[row] for row in rows])


@runtime_checkable
class Hastens(Protocol):
    """A vector index whose searches can be made quick and less thorough."""

    def set_quick(self, quick: bool) -> None:
        """Have searches look at few candidates, or at as many as usual, from the next opening on."""


def check_rows(folder: Path, rows: Rows, *, parts: IndexParts, progress: Progress = no_progress) -> None:
    """
    Nothing, when the index in a folder, opened anew, holds these rows and finds each by its own vector.

    Quick searches find nearly all; only what they miss is searched for again as it will be when the index serves.

    Raises:
        ReleaseCheckFailed: naming the passages that can't be found.
        StoreError: the index fails.
    """
    lost: Sequence[int] = range(len(rows.ids))
    if _set_quick(folder, parts, quick=True):
        try:
            lost = _still_lost(folder, rows, lost, parts=parts, progress=progress)
        finally:
            _set_quick(folder, parts, quick=False)
    refuse_lost(rows.ids, lost and _still_lost(folder, rows, lost, parts=parts, progress=progress))


def _set_quick(folder: Path, parts: IndexParts, *, quick: bool) -> bool:
    with closing(parts.open_vectors(folder)) as index:
        if isinstance(index, Hastens):
            index.set_quick(quick)
            return True
    return False


def _still_lost(
    folder: Path, rows: Rows, among: Sequence[int], *, parts: IndexParts, progress: Progress
) -> Sequence[int]:
    with closing(parts.open_vectors(folder)) as index:
        check_ids(index, rows.ids)
        return find_lost(index, rows.ids, rows.vectors, among=among, progress=progress)


def put_rows(index: VectorIndex, rows: Rows, *, progress: Progress = no_progress) -> None:
    """
    Put them all in an index.

    Raises:
        StoreError: the index can't be written.
    """
    for start in range(0, len(rows.ids), BATCH):
        stretch = slice(start, start + BATCH)
        index.put(rows.ids[stretch], rows.vectors[stretch], rows.about[stretch])
        progress("indice dei vettori", min(start + BATCH, len(rows.ids)), len(rows.ids))


def carry_index(folder: Path, rows: Rows, *, earlier: OpenRelease, parts: IndexParts, progress: Progress) -> bool:
    """
    Whether the folder now has an index of these rows that goes on from an earlier release's.

    What both have is not put again, which is most of the cost of an update. Not where too much changed, or the earlier
    index lies on a server or is not whole: then nothing is left in the folder.

    Raises:
        ReleaseError: the earlier release is damaged.
    """
    if parts.copy_vectors is None:
        return False
    matrix, documents = np.asarray(earlier.matrix), earlier.documents.values()
    before = Rows.of(earlier.passages, vectors=matrix, documents=documents)
    fresh, stale = rows.missing_in(before), before.missing_in(rows)
    if len(fresh.ids) + len(stale.ids) > len(rows.ids) * MOST_CHANGED:
        return False
    try:
        _grow(folder, fresh, gone=stale.ids, whole=set(before.ids), source=earlier.folder / VECTORS, parts=parts)
    except StoreError:
        shutil.rmtree(folder, ignore_errors=True)
        return False
    progress("indice dei vettori", len(rows.ids), len(rows.ids))
    return True


def _grow(folder: Path, fresh: Rows, *, gone: Sequence[str], whole: set[str], source: Path, parts: IndexParts) -> None:
    assert parts.copy_vectors is not None
    index = parts.copy_vectors(source, folder)
    try:
        if index.ids() != whole:
            raise StoreError(f"l'indice dei vettori di «{source}» non ha i passaggi della sua versione.")
        index.remove(gone)
        put_rows(index, fresh)
        if index.gone_share() > MOST_GONE:
            raise StoreError(f"l'indice dei vettori di «{source}» ha troppe righe tolte: conviene farne uno nuovo.")
    finally:
        index.close()


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
            put_rows(index, Rows.of(release.passages, vectors=vectors, documents=documents), progress=progress)
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
