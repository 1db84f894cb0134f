"""Connections to a PostgreSQL server that holds words: few, opened when first needed, its faults told as ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from kb.errors import InputError, StoreError

if TYPE_CHECKING:
    import sqlalchemy as sql

CONNECT_S = 5
"""Seconds that the server may take to let us in: a person is waiting."""

REQUEST_S = 60
"""Seconds that one statement, or a server that went silent, may take; building has no limit."""

CONNECTIONS = 4
"""Connections of one process to one release's words, at most: each is a process of the server."""


class ConnectionLost(StoreError):
    """The server, or the network, ended a connection that had been let in."""


class PostgresqlServer:
    """
    One server, for one process; threads may share it.

    Raises:
        InputError: the address is none.
    """

    def __init__(self, url: str) -> None:
        self._address = server_address(url)
        self._engine = _engine(self._address)

    @property
    def shown(self) -> str:
        """The address without name and password."""
        return shown(self._address)

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[Any]:
        """
        The rows that a reading statement gives; asked again where the connection had died meanwhile.

        Raises:
            StoreError: the server can't be reached or refuses.
        """
        # A server that restarted leaves all of them dead; to try each before its use would cost as much as its use.
        for _ in range(CONNECTIONS):
            with suppress(ConnectionLost), self.cursor() as cursor:
                return list(cursor.execute(statement, parameters).fetchall())
        with self.cursor() as cursor:
            return list(cursor.execute(statement, parameters).fetchall())

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """
        A psycopg cursor; values come in binary form, and each statement is a transaction of its own.

        Raises:
            StoreError: the server can't be reached or refuses.
        """
        import psycopg
        from psycopg.errors import UndefinedTable
        from sqlalchemy.exc import SQLAlchemyError

        connection: Any = None
        try:
            connection = self._engine.raw_connection()
            with connection.cursor(binary=True) as cursor:  # the arguments are handed on to psycopg's own
                yield cursor
        except UndefinedTable:
            raise StoreError(
                f"il server PostgreSQL {self.shown} non ha più le parole di questa versione: controlla "
                "BUSSOLA_LEXICAL_URL, o ricostruisci con «bussola ingest»."
            ) from None
        except (psycopg.Error, SQLAlchemyError, OSError) as error:
            cause = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
            is_lost = connection is not None and connection.driver_connection.closed
            if is_lost:
                connection.invalidate()  # thrown away, not given back
                connection = None
            raise (ConnectionLost if is_lost else StoreError)(
                f"il server PostgreSQL {self.shown} non risponde ({cause[0]}): avvialo o controlla BUSSOLA_LEXICAL_URL."
            ) from error
        finally:
            if connection is not None:
                connection.close()  # back to the pool

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._engine.dispose()


def server_address(url: str) -> sql.URL:
    """
    The parts of BUSSOLA_LEXICAL_URL.

    Raises:
        InputError: it is no address of a PostgreSQL database.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        found = make_url(url)
        if found.get_backend_name() == "postgresql":
            return found.set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        pass
    raise InputError(
        "BUSSOLA_LEXICAL_URL non è l'indirizzo di un database PostgreSQL: scrivilo come "
        "postgresql://utente:password@127.0.0.1/bussola."
    )


def shown(address: sql.URL) -> str:
    """Where the server is, without name and password."""
    port = f":{address.port}" if address.port else ""
    return f"{address.host or 'locale'}{port}/{address.database or ''}"


def server_version(url: str) -> str:
    """
    The version of the server that answers there.

    Raises:
        InputError: the address is none.
        StoreError: nobody answers.
    """
    server = PostgresqlServer(url)
    try:
        with server.cursor() as cursor:
            return str(cursor.execute("SELECT current_setting('server_version')").fetchone()[0])
    finally:
        server.close()


def _engine(address: sql.URL) -> sql.Engine:
    from sqlalchemy import create_engine, event

    # Statements are not prepared on the server: a balancer of connections (PgBouncer) gives each another one.
    options = {"connect_timeout": CONNECT_S, "tcp_user_timeout": 1000 * REQUEST_S, "prepare_threshold": None}
    engine = create_engine(
        address,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=REQUEST_S,
        connect_args=options,
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.autocommit = True
    connection.execute(f"SET statement_timeout = '{REQUEST_S}s'")
