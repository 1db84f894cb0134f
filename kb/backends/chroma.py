"""Passages' vectors in Chroma: cosine space, in the process, never with an embedding function of its own."""

from __future__ import annotations

import json
import shutil
import sqlite3
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.errors import StoreError
from kb.ports import Matrix, Vector
from kb.records import PassageFilter

if TYPE_CHECKING:
    from chromadb import Collection

COLLECTION = "passages"

GRAPH = {
    "space": "cosine",
    "ef_construction": 400,
    "ef_search": 400,
    "max_neighbors": 64,
    "sync_threshold": 1,
    "batch_size": 1,
}
"""
Set at creation for good. Wide, since passages of equal or equidistant vectors fall out of a narrow graph: by default
14 of 300 such were not found by their own vector, with 200/300/32 still 12 in one build of three, with these none.
Synced at every write, since Chroma otherwise keeps the last thousand in its log alone: each opening would then build
another graph than the one that was checked, and write it over the files.
"""

QUICK_BEAM = 50
"""ef_search while a release is checked: a third of the time at 3,000 passages; what it misses is searched for again."""

TIES = 16
"""Fetched beyond what is asked, so that equal scores at the end are cut by id and not by the graph's order."""

_DATABASE = "chroma.sqlite3"
_SIZES = "graph-sizes.json"
_PAGE = 5000
_GONE = "graph-gone.json"
"""How many rows of the graph are of vectors that were taken out or replaced: Chroma only ever adds to it."""


class ChromaIndex:
    """
    A VectorIndex in a folder, for one writing process; others may read it once it is closed.

    Source: the filters, batches and metadata merging worked around here were measured on chromadb 1.5.9.
    """

    def __init__(self, client: Any, collection: Collection, folder: Path) -> None:
        self._client = client
        self._collection: Collection | None = collection
        self._folder = folder
        self._written = False

    @classmethod
    def create(cls, folder: Path) -> ChromaIndex:
        """
        An empty index in a folder that holds none yet.

        Raises:
            StoreError: the folder holds an index already or can't be written.
        """
        if (folder / _DATABASE).exists():
            raise StoreError(f"In «{folder}» c'è già un indice dei vettori: scegli una cartella nuova.")
        with _translated(folder):
            folder.mkdir(parents=True, exist_ok=True)
            client = _local_client(folder)
            collection = client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": GRAPH})
        return cls(client, collection, folder)

    @classmethod
    def open(cls, folder: Path) -> ChromaIndex:
        """
        The index that a folder holds; Chroma needs the folder to be writable even for reading.

        Raises:
            StoreError: the folder holds none, or a damaged one.
        """
        if not (folder / _DATABASE).is_file():  # Chroma would make an empty one without a word
            raise StoreError(f"In «{folder}» non c'è un indice dei vettori: ricostruisci con «bussola ingest».")
        with _translated(folder):
            _check_sizes(folder)
            client = _local_client(folder)
            try:
                collection = client.get_collection(COLLECTION, embedding_function=None)
            except BaseException:
                client.close()
                raise
        return cls(client, collection, folder)

    @classmethod
    def copy(cls, source: Path, folder: Path) -> ChromaIndex:
        """
        An index in a folder that holds none yet, with what that of another folder holds, which stays as it is.

        Raises:
            StoreError: the source holds none, or a damaged one, or the folder can't be written.
        """
        if not (source / _DATABASE).is_file():
            raise StoreError(f"In «{source}» non c'è un indice dei vettori: ricostruisci con «bussola ingest».")
        with _translated(source):
            _check_sizes(source)
            for path in source.glob("*/*"):
                (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, folder / path.parent.name / path.name)
            _copy_database(source / _DATABASE, folder / _DATABASE)
            _write_gone(folder, _read_gone(source))
        return cls.open(folder)

    def put(self, ids: Sequence[str], vectors: Matrix, metadata: Sequence[Mapping[str, str | int]]) -> None:
        """
        Add vectors; an id that is there already is replaced whole, metadata included; of a repeated id the last stays.

        Raises:
            StoreError: Chroma refuses them.
            ValueError: ids, vectors and metadata differ in number.
        """
        rows = {id_: (row, dict(about)) for id_, row, about in zip(ids, vectors, metadata, strict=True)}
        if not rows:
            return
        with self._translated():
            self._open_collection()
            self._mark_written()
            largest = self._client.get_max_batch_size()
            names = list(rows)
            for start in range(0, len(names), largest):
                self._replace({name: rows[name] for name in names[start : start + largest]})

    def remove(self, ids: Sequence[str]) -> None:
        """
        Take these out; one that is not there is passed over.

        Raises:
            StoreError: Chroma refuses.
        """
        if not ids:
            return
        with self._translated():
            self._open_collection()
            self._mark_written()
            self._take_out(list(ids))

    def _take_out(self, ids: list[str]) -> None:
        collection = self._open_collection()
        if present := collection.get(ids=ids, include=[])["ids"]:
            collection.delete(ids=present)
            _write_gone(self._folder, _read_gone(self._folder) + len(present))

    def set_quick(self, quick: bool) -> None:
        """
        Have searches look at few candidates, or at as many as usual, from the next opening on.

        Raises:
            StoreError: Chroma refuses.
        """
        beam = QUICK_BEAM if quick else GRAPH["ef_search"]
        with self._translated(), warnings.catch_warnings():
            # Chroma calls a collection without an embedding function an old one.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._open_collection().modify(configuration={"hnsw": {"ef_search": beam}})

    def gone_share(self) -> float:
        """Which share of the graph's rows was taken out or replaced, 0 to 1."""
        with self._translated():
            gone, count = _read_gone(self._folder), self._open_collection().count()
        return gone / (gone + count) if gone else 0.0

    def nearest(self, vector: Vector, *, count: int, narrow: PassageFilter | None = None) -> list[tuple[str, float]]:
        """
        At most count (id, cosine similarity) pairs, best first, ties by id.

        Raises:
            StoreError: Chroma fails, or the vector has another length than those kept.
        """
        return self.nearest_many(np.asarray(vector)[None, :], count=count, narrow=narrow)[0]

    def nearest_many(
        self, vectors: Matrix, *, count: int, narrow: PassageFilter | None = None
    ) -> list[list[tuple[str, float]]]:
        """
        What nearest gives for each of n vectors, a third of the time each where there are many.

        Raises:
            StoreError: Chroma fails, or the vectors have another length than those kept.
        """
        if count < 1 or not len(vectors):
            return [[] for _ in vectors]
        with self._translated():
            found = self._open_collection().query(
                query_embeddings=list(vectors),
                n_results=count + TIES,
                where=where_clause(narrow),
                include=["distances"],
            )
        distances = found["distances"] or [[] for _ in vectors]
        return [_pairs(ids, of_ids)[:count] for ids, of_ids in zip(found["ids"], distances, strict=True)]

    def ids(self) -> set[str]:
        """
        Every id kept.

        Raises:
            StoreError: Chroma fails.
        """
        with self._translated():
            collection = self._open_collection()
            total = collection.count()
            pages = range(0, total, _PAGE)
            return {id_ for at in pages for id_ in collection.get(limit=_PAGE, offset=at, include=[])["ids"]}

    def close(self) -> None:
        """Free the database, files and memory; a second call does nothing."""
        if self._collection is None:
            return
        self._collection = None
        with self._translated():
            self._let_go()

    def _replace(self, rows: Mapping[str, tuple[Vector, dict[str, str | int]]]) -> None:
        # Chroma's upsert merges metadata, and its add keeps the old record: what is there goes first.
        self._take_out(list(rows))
        self._open_collection().add(
            ids=list(rows),
            embeddings=[row for row, _about in rows.values()],
            metadatas=[about or None for _row, about in rows.values()],
        )

    def _open_collection(self) -> Collection:
        if self._collection is None:
            raise StoreError(f"L'indice dei vettori di «{self._folder}» è stato chiuso: riapri la versione.")
        return self._collection

    def _mark_written(self) -> None:
        if not self._written:
            (self._folder / _SIZES).unlink(missing_ok=True)
            self._written = True

    def _let_go(self) -> None:
        self._client.close()
        if self._written:
            (self._folder / _SIZES).write_text(json.dumps(_graph_sizes(self._folder)), encoding="utf-8")

    def _translated(self) -> AbstractContextManager[None]:
        return _translated(self._folder)


def _pairs(ids: Sequence[str], distances: Sequence[float]) -> list[tuple[str, float]]:
    pairs = [(id_, 1.0 - float(distance)) for id_, distance in zip(ids, distances, strict=True)]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def where_clause(narrow: PassageFilter | None) -> dict[str, Any] | None:
    """Chroma's form of a filter: None when open, one condition bare, several under $and."""
    if narrow is None:
        return None
    wanted: dict[str, str | int | None] = {
        "driver": narrow.driver,
        "document": narrow.document,
        "kind": narrow.kind.value if narrow.kind else None,
        "article": narrow.article,
        "mission": narrow.mission,
    }
    conditions: list[dict[str, Any]] = [{name: value} for name, value in wanted.items() if value is not None]
    if len(conditions) > 1:
        return {"$and": conditions}
    return conditions[0] if conditions else None


def _local_client(folder: Path) -> Any:  # its declared type lacks close()
    import chromadb
    from chromadb import config
    from chromadb.api.shared_system_client import SharedSystemClient

    settings_type: Any = config.Settings
    # A .env file in the current folder is another program's; telemetry is off whatever the version does by default.
    settings = settings_type(anonymized_telemetry=False, _env_file=None)
    path = str(folder.resolve())
    try:
        return chromadb.PersistentClient(path=path, settings=settings)
    except BaseException:
        # Chroma keeps what failed to start, and hands it to whoever opens the folder next, mended or not.
        if path not in SharedSystemClient._identifier_to_refcount:
            SharedSystemClient._identifier_to_system.pop(path, None)
        raise


def _read_gone(folder: Path) -> int:
    path = folder / _GONE
    return int(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else 0


def _write_gone(folder: Path, gone: int) -> None:
    (folder / _GONE).write_text(json.dumps(gone), encoding="utf-8")


def _copy_database(source: Path, target: Path) -> None:
    # By SQLite itself: whoever has the source open may write to it, as Chroma does at every opening.
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _graph_sizes(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.glob("*/*.bin"))}


def _check_sizes(folder: Path) -> None:
    # Chroma 1.5.9 hangs, at full load and for good, on a graph file that lost its end: a full disk, half a copy.
    path = folder / _SIZES
    if path.is_file() and json.loads(path.read_text(encoding="utf-8")) != _graph_sizes(folder):
        raise StoreError(f"L'indice dei vettori in «{folder}» è danneggiato: ricostruisci con «bussola ingest».")


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Chroma's errors, and those of the disk and database under it, as ours."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, OSError, ValueError, TypeError, RuntimeError, sqlite3.Error) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise StoreError(
            f"L'indice dei vettori in «{folder}» non risponde ({reason}): ricostruisci con «bussola ingest»."
        ) from error
