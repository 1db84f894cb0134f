"""The self-check that every release passes before it has a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from kb.errors import ReleaseCheckFailed
from kb.ports import Matrix, Progress, VectorIndex
from kb.records import Document, Page, Passage

SAME = 1e-4
"""Vectors whose cosines differ by less tie: identical texts embedded in different batches differ by padding alone."""

ROUNDING = 1e-3
"""How far the index's own cosine may lie from the exact one; farther, it holds another vector under that id."""

ROWS = 256
"""Vectors looked up at once."""


def check_passages(documents: Sequence[Document], pages: Sequence[Page], passages: Sequence[Passage]) -> None:
    """
    Nothing, when ids are unique, all belongs to a document, and passages are made of their pages' own characters.

    Raises:
        ReleaseCheckFailed: naming the passages that are not.
    """
    known = {document.id for document in documents}
    texts = {(page.document, page.index): page.text for page in pages}
    _refuse("documenti con lo stesso id", _repeated(document.id for document in documents))
    _refuse("pagine doppie", _repeated(f"{page.document} p. {page.index}" for page in pages))
    _refuse("pagine di un documento che non c'è", (p.document for p in pages if p.document not in known))
    _refuse("passaggi con lo stesso id", _repeated(passage.id for passage in passages))
    _refuse("passaggi di un documento che non c'è", (p.id for p in passages if p.document not in known))
    _refuse("citazioni fuori dalla pagina", (p.id for p in passages if not _in_range(p, texts)))
    _refuse("passaggi diversi dal testo delle pagine", (p.id for p in passages if _rebuilt(p, texts) != p.text))
    _refuse("passaggi vuoti", (p.id for p in passages if not p.text.strip()))


def check_ids(index: VectorIndex, ids: Sequence[str]) -> None:
    """
    Nothing, when the index holds these ids and no others.

    Raises:
        ReleaseCheckFailed: naming those missing or left over.
    """
    indexed = index.ids()
    _refuse("passaggi che mancano dall'indice", sorted(set(ids) - indexed))
    _refuse("passaggi di troppo nell'indice", sorted(indexed - set(ids)))


def find_lost(
    index: VectorIndex, ids: Sequence[str], vectors: Matrix, *, among: Sequence[int], progress: Progress
) -> list[int]:
    """
    Those of some rows whose passage the index does not find by its own vector, nor one whose vector is equal.

    The judge is an exact scan of all vectors, so an approximate index is held to the truth, not to itself. A passage
    that finds itself needs none: no vector can be nearer to another than that one is to itself, if it is not longer
    (Cauchy and Schwarz). So only the others are scanned for, and the cost grows with the passages, not their square.
    """
    place = {id_: row for row, id_ in enumerate(ids)}
    lengths = np.linalg.norm(vectors, axis=1)
    lost = []
    for start in range(0, len(among), ROWS):
        rows = list(among[start : start + ROWS])
        for row, found in zip(rows, _nearest_each(index, vectors[rows]), strict=True):
            if found and place[found[0][0]] == row and _is_nearest_to_itself(lengths, row, found[0][1]):
                continue
            if not found or not _is_best(vectors @ vectors[row], place[found[0][0]], found[0][1]):
                lost.append(row)
        progress("controllo dei vettori", min(start + ROWS, len(among)), len(among))
    return lost


def refuse_lost(ids: Sequence[str], lost: Iterable[int]) -> None:
    """
    Nothing, when no row is lost.

    Raises:
        ReleaseCheckFailed: naming the passages of those that are.
    """
    _refuse("passaggi che non si trovano con il proprio vettore", (ids[row] for row in lost))


@runtime_checkable
class FindsMany(Protocol):
    """A vector index that answers many vectors at once."""

    def nearest_many(self, vectors: Matrix, *, count: int) -> list[list[tuple[str, float]]]:
        """What nearest gives for each vector, in order."""


def _nearest_each(index: VectorIndex, rows: Matrix) -> list[list[tuple[str, float]]]:
    if isinstance(index, FindsMany):
        return index.nearest_many(rows, count=1)
    return [index.nearest(row, count=1) for row in rows]


def _is_nearest_to_itself(lengths: Matrix, row: int, reported: float) -> bool:
    """Whether no vector can be nearer to this one than itself, and the index reports the similarity that it has."""
    own = float(lengths[row]) ** 2
    return own >= float(lengths[row]) * float(lengths.max()) - SAME and abs(reported - own) <= ROUNDING


def _is_best(similarity: Matrix, found: int, reported: float) -> bool:
    best = float(similarity.max())
    return float(similarity[found]) >= best - SAME and abs(reported - float(similarity[found])) <= ROUNDING


def _in_range(passage: Passage, texts: dict[tuple[str, int], str]) -> bool:
    if not passage.spans or len(passage.spans) != len(passage.joins):
        return False
    return all(
        0 <= span.start <= span.end <= len(texts.get((passage.document, span.page_index), "")) for span in passage.spans
    )


def _rebuilt(passage: Passage, texts: dict[tuple[str, int], str]) -> str:
    return "".join(
        join + texts[passage.document, span.page_index][span.start : span.end]
        for join, span in zip(passage.joins, passage.spans, strict=True)
    )


def _repeated(ids: Iterable[str]) -> list[str]:
    values, counts = np.unique(list(ids), return_counts=True)
    return [str(value) for value in values[counts > 1]]


def _refuse(what: str, ids: Iterable[str]) -> None:
    wrong = list(ids)
    if wrong:
        shown = ", ".join(wrong[:5]) + (f" e altri {len(wrong) - 5}" if len(wrong) > 5 else "")
        raise ReleaseCheckFailed(
            f"la nuova versione non è stata salvata, {what}: {shown}. Quella pubblicata resta com'è."
        )
