"""The ledger's rows as lines of JSON, the same from every database: written at one moment, put back whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sql
from sqlalchemy.exc import SQLAlchemyError

from kb.backup.contents import ROWS_NAME
from kb.errors import InputError, ReleaseError
from kb.keys import KEYS
from kb.ledger.database import READING, WRITING, is_only_publisher, open_ledger_engine, paced, store_error
from kb.ledger.tables import CHORES, FEEDBACK, MIGRATIONS, PUBLICATIONS, RECEIPTS

TABLES = {table.name: table for table in (PUBLICATIONS, RECEIPTS, FEEDBACK, CHORES, KEYS)}
NUMBERED = (PUBLICATIONS, FEEDBACK)
"""Tables whose rows a database numbers by itself."""

WORTH_ASKING = (PUBLICATIONS, RECEIPTS, FEEDBACK, KEYS)
"""Tables that make a ledger one that is not replaced without a word."""

BATCH = 500
LONGEST_LINE = 1 << 26


def write_rows(url: str, target: IO[bytes]) -> int:
    """
    How many rows were written, those of one moment whoever writes meanwhile; a line each, after one on the ledger.

    Raises:
        StoreError: the database can't be used.
    """
    engine = open_ledger_engine(url)
    try:
        with _snapshot(engine) as connection:
            return _write(connection, target)
    except SQLAlchemyError as error:
        raise store_error(url, error) from error
    finally:
        engine.dispose()


@contextmanager
def rows_put_back(source: Path, url: str, *, aside: Path, force: bool = False) -> Iterator[int]:
    """
    How many rows of a file are in the database once the block ends without an error; until then nothing is changed.

    What was there is written to the file aside first, where anything was.

    Raises:
        InputError: the file holds something else or is of a newer program, or there are rows and force is not given.
        ReleaseError: someone is publishing.
        StoreError: the database can't be used.
    """
    engine = open_ledger_engine(url)
    try:
        with paced(engine, WRITING).begin() as connection:
            if not is_only_publisher(connection):
                raise ReleaseError("è in corso una pubblicazione: attendi che finisca.")
            KEYS.create(connection, checkfirst=True)
            _make_room(connection, aside, shown=engine.url.render_as_string(), force=force)
            yield _load(connection, source)
    except SQLAlchemyError as error:
        raise store_error(url, error) from error
    finally:
        engine.dispose()


@contextmanager
def _snapshot(engine: sql.Engine) -> Iterator[sql.Connection]:
    # SQLite's transactions see one moment by themselves.
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with paced(engine, READING).connect().execution_options(**level) as connection, connection.begin():
        yield connection


def _write(connection: sql.Connection, target: IO[bytes]) -> int:
    target.write(_line({"ledger": len(MIGRATIONS)}))
    count = 0
    there = set(sql.inspect(connection).get_table_names())
    for table in (table for name, table in TABLES.items() if name in there):
        query = sql.select(table).order_by(*table.primary_key.columns)
        for row in connection.execution_options(yield_per=BATCH).execute(query).mappings():
            target.write(_line({"table": table.name, "row": dict(row)}))
            count += 1
    target.write(_line({"rows": count}))
    return count


def _line(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _make_room(connection: sql.Connection, aside: Path, *, shown: str, force: bool) -> None:
    is_used = any(
        connection.execute(sql.select(sql.literal(1)).select_from(table).limit(1)).first() for table in WORTH_ASKING
    )
    if is_used and not force:
        raise InputError(
            f"il registro {shown} non è vuoto: usa --force per metterlo da parte, o un altro database in "
            "BUSSOLA_DATABASE_URL."
        )
    if is_used:
        aside.parent.mkdir(mode=0o700, exist_ok=True)
        with aside.open("wb") as file:
            _write(connection, file)
    for table in TABLES.values():
        connection.execute(sql.delete(table))


def _load(connection: sql.Connection, source: Path) -> int:
    count = 0
    rows = _read(source)
    while batch := list(islice(rows, BATCH)):
        for name in dict.fromkeys(name for name, _row in batch):
            connection.execute(sql.insert(TABLES[name]), [row for table, row in batch if table == name])
        count += len(batch)
    if connection.dialect.name == "postgresql":
        for table in NUMBERED:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'number'), "
                f"(SELECT coalesce(max(number), 0) + 1 FROM {table.name}), false)"
            )
    return count


def _read(source: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(table, row) for each row; every row of a table has the same columns, or the file is none of ours."""
    with source.open("rb") as file:
        try:
            _check_head(json.loads(file.readline(LONGEST_LINE)))
            count = 0
            while "row" in (told := json.loads(file.readline(LONGEST_LINE))):
                yield told["table"], _checked(told["table"], told["row"])
                count += 1
            is_whole = told == {"rows": count}
        except (ValueError, KeyError, TypeError):
            is_whole = False
    if not is_whole:
        raise InputError(f"le righe del registro nella copia ({ROWS_NAME}) non si leggono: usa un'altra copia.")


def _check_head(told: Mapping[str, Any]) -> None:
    if int(told["ledger"]) > len(MIGRATIONS):
        raise InputError(f"il registro della copia è di una versione più nuova ({told['ledger']}): aggiorna Bussola.")


def _checked(table: str, given: Any) -> dict[str, Any]:
    row, columns = dict(given), TABLES[table].columns
    needed = {one.name for one in columns if not one.nullable and one.server_default is None}
    if not needed <= set(row) <= set(columns.keys()):
        raise ValueError(table)
    if not all(isinstance(one, str | int | None) for one in row.values()):
        raise ValueError(table)
    return row
