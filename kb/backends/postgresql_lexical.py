"""
A lexical index on a PostgreSQL server: each release two tables of its own, named in the release's folder.

The server keeps what each term scores in each passage, as BM25 gave it when the release was built, and the order of the
words; the process holds the list of terms, asks for the rows of a question's terms and adds them up as Bm25Index does,
so that scores are those of the folder's index to the last bit. (Adding up in SQL gives the same scores, and takes ten
times as long at 100,000 passages: api/deploy/CRESCITA.md.)
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import struct
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.backends.postgresql import PostgresqlServer
from kb.backends.postgresql_postings import INTEGERS, SCORES, ServerOrder, ServerPostings
from kb.errors import StoreError
from kb.ports import LexicalIndex
from kb.retrieval.lexical import Bm25Index, Names
from kb.retrieval.postings import POINTER, Postings, Terms
from kb.retrieval.sequences import Sequences

_NAME = re.compile(r"r_[0-9a-f]{12}_[0-9a-f]{8}")
_DIGEST = "SELECT encode(sha256(coalesce(string_agg(sha256({row}), '' ORDER BY {key}), '')), 'hex') FROM {table}"


@dataclass(frozen=True, slots=True)
class Tables:
    """The two tables of a release, and what they must hold."""

    name: str
    terms_digest: str  # SHA-256 over the rows' own
    order_digest: str

    @classmethod
    def read(cls, folder: Path) -> Tables:
        """
        Those that a folder names.

        Raises:
            StoreError: it names none.
        """
        try:
            told = json.loads((folder / POINTER).read_text(encoding="utf-8"))
            if _NAME.fullmatch(told["tables"]):
                return cls(told["tables"], str(told["terms"]), str(told["order"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        raise StoreError(
            f"«{folder / POINTER}» non dice quali tabelle sono della versione: ricostruisci con «bussola ingest»."
        )

    def write(self, folder: Path) -> None:
        """Name them in a folder."""
        told = {"tables": self.name, "terms": self.terms_digest, "order": self.order_digest}
        (folder / POINTER).write_text(json.dumps(told) + "\n", encoding="utf-8")

    @property
    def terms(self) -> str:
        """Table of the scores: a row a term."""
        return f"bussola_{self.name}_terms"

    @property
    def order(self) -> str:
        """Table of the passages' terms in order: a row a passage."""
        return f"bussola_{self.name}_order"


def keep_on_server(index: LexicalIndex, folder: Path, url: str, *, release: str) -> None:
    """
    Write an index to two new tables, and to a folder what every process holds of it.

    The folder is written first: a build that dies at any later moment leaves a name by which to remove what it began.
    The tables appear whole or not at all. Two builds of one release have tables of their own.

    Raises:
        InputError: the address is none.
        StoreError: the folder names tables already, or the server can't be written to.
        TypeError: the index is not of the kind that is kept so.
    """
    if not isinstance(index, Bm25Index):
        raise TypeError(f"a {type(index).__name__} can't be kept on a server")
    if (folder / POINTER).is_file():
        raise StoreError(f"«{folder}» ha già le sue tabelle sul server: scegli una cartella nuova.")
    server = PostgresqlServer(url)
    try:
        index.names.save(folder)
        index.postings.whole().terms.save(folder)
        tables = Tables(f"{release}_{secrets.token_hex(4)}", *_digests(index))
        tables.write(folder)
        _write(index, tables, server)
    finally:
        server.close()


def open_on_server(folder: Path, url: str) -> Bm25Index:
    """
    The index whose tables a folder names.

    Raises:
        InputError: the address is none.
        StoreError: the server can't be reached, or has no such tables.
        ReleaseError: the folder holds no index, or one of other settings.
    """
    names, tables = Names.open(folder), Tables.read(folder)
    terms, server = Terms.open(folder, len(names.ids)), PostgresqlServer(url)
    try:
        # Told when the release is opened, rather than at the first question.
        server.rows(f"SELECT number FROM {tables.terms} LIMIT 1")
    except StoreError:
        server.close()
        raise
    index = Bm25Index(names, ServerPostings(terms, tables.terms, server), ServerOrder(tables.order, server))
    weakref.finalize(index, server.close)  # a lexical index is let go of, not closed
    return index


def check_on_server(folder: Path, url: str) -> None:
    """
    Nothing, when the server has every row that was written, unchanged.

    Raises:
        InputError: the address is none.
        StoreError: it has not, or can't be reached.
    """
    tables, server = Tables.read(folder), PostgresqlServer(url)
    rows = {
        "int4send(number) || places || scores": (tables.terms, tables.terms_digest),
        "int4send(number) || terms": (tables.order, tables.order_digest),
    }
    try:
        for row, (table, expected) in rows.items():
            [(found,)] = server.rows(_DIGEST.format(row=row, key="number", table=table))
            if found != expected:
                raise StoreError(
                    f"la tabella «{table}» sul server PostgreSQL {server.shown} non è quella che fu scritta: "
                    "ricostruisci con «bussola ingest»."
                )
    finally:
        server.close()


def write_again(index: LexicalIndex, folder: Path, url: str = "") -> None:
    """
    Make again the tables that a folder names, of the same index: they appear whole in the place of what is there.

    Where no address is given the rows are brought back to the folder.

    Raises:
        InputError: the address is none.
        StoreError: the index is not the one that the folder tells of, or the server can't be written to.
        TypeError: the index is not of the kind that is kept so.
    """
    if not isinstance(index, Bm25Index):
        raise TypeError(f"a {type(index).__name__} can't be kept on a server")
    tables = Tables.read(folder)
    if _digests(index) != (tables.terms_digest, tables.order_digest):
        raise StoreError(f"le parole di «{folder}» non sono più quelle scritte: ricostruisci con «bussola ingest».")
    if not url:
        index.postings.whole().save(folder)
        index.order.whole().save(folder)
        return
    server = PostgresqlServer(url)
    try:
        _write(index, tables, server)
    finally:
        server.close()


def check_in_folder(folder: Path) -> None:
    """
    Nothing, when the rows that were brought back to a folder are those that were on the server.

    Raises:
        StoreError: they are not.
    """
    tables = Tables.read(folder)
    try:
        if _digests(Bm25Index.load(folder)) == (tables.terms_digest, tables.order_digest):
            return
    except (OSError, EOFError, ValueError, KeyError, IndexError):
        pass
    raise StoreError(f"le parole di «{folder}» non sono quelle costruite: ricostruisci con «bussola ingest».")


def remove_tables(folder: Path, url: str) -> None:
    """
    Nothing, once the tables that a folder names are gone from the server, or were never there.

    Raises:
        InputError: the address is none.
        StoreError: the server can't be reached.
    """
    if not (folder / POINTER).is_file():
        return
    tables, server = Tables.read(folder), PostgresqlServer(url)
    try:
        with server.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {tables.terms}, {tables.order}")
    finally:
        server.close()


Row = tuple[int, *tuple[bytes, ...]]
"""A number, and the values beside it."""


def _term_rows(postings: Postings) -> Iterator[Row]:
    for number in range(len(postings.numbers)):
        places, scores = postings.stretch(number)
        yield number, places.astype(INTEGERS).tobytes(), scores.astype(SCORES).tobytes()


def _order_rows(order: Sequences) -> Iterator[Row]:
    for place in range(len(order.starts) - 1):
        yield place, order.of(place).astype(INTEGERS).tobytes()


def _digests(index: Bm25Index) -> tuple[str, str]:
    return _digest(_term_rows(index.postings.whole())), _digest(_order_rows(index.order.whole()))


def _digest(rows: Iterable[Row]) -> str:
    """As the server reckons it (_DIGEST)."""
    whole = hashlib.sha256()
    for number, *values in rows:
        whole.update(hashlib.sha256(struct.pack(">i", number) + b"".join(values)).digest())
    return whole.hexdigest()


def _write(index: Bm25Index, tables: Tables, server: PostgresqlServer) -> None:
    """Fill both tables in one step; what has their names goes."""
    with server.cursor() as cursor, cursor.connection.transaction():
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"DROP TABLE IF EXISTS {tables.terms}, {tables.order}")
        _fill(cursor, tables.terms, ("places", "scores"), _term_rows(index.postings.whole()))
        _fill(cursor, tables.order, ("terms",), _order_rows(index.order.whole()))


def _fill(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    values = ", ".join(f"{column} bytea NOT NULL" for column in columns)
    # The name is one of ours (_NAME); numbers in bytes are not worth compressing, and would have to be unpacked.
    cursor.execute(f"CREATE TABLE {table} (number integer PRIMARY KEY, {values})")
    cursor.execute(f"ALTER TABLE {table} " + ", ".join(f"ALTER {name} SET STORAGE EXTERNAL" for name in columns))
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4", *("bytea" for _ in columns)])
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"ANALYZE {table}")
