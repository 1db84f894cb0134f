"""Passages' vectors on a Chroma server: each release a collection of its own, named in the release's folder."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from kb.backends.chroma import GRAPH, ChromaIndex
from kb.errors import InputError, StoreError

if TYPE_CHECKING:
    from chromadb import Collection

POINTER = "server.json"
"""File of a release's `chroma` folder that names its collection; no address, since that may hold a password."""

REACH_S = 5.0
"""Seconds to wait for the server's sign of life; Chroma's own client would wait for ever."""

REQUEST_S = 60.0
"""Seconds that one request may take: a thousand vectors written, or a page of ids."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a Chroma server listens, and what it is shown by name and password."""

    host: str
    port: int
    has_tls: bool
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """The address without its password."""
        return f"{'https' if self.has_tls else 'http'}://{self.host}:{self.port}"


def server_address(url: str) -> ServerAddress:
    """
    The parts of BUSSOLA_CHROMA_URL; a name and password in it are sent as HTTP's basic authentication.

    Raises:
        InputError: it is no http or https address of a server.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise InputError(
            "BUSSOLA_CHROMA_URL non è l'indirizzo di un server Chroma: scrivilo come http://127.0.0.1:8001."
        )
    has_tls = parts.scheme == "https"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return ServerAddress(
        host, port or (443 if has_tls else 8000), has_tls, _authentication(parts.username, parts.password)
    )


def is_on_server(folder: Path) -> bool:
    """Whether the vectors of this folder are on a server."""
    return (folder / POINTER).is_file()


def remove_collection(folder: Path, url: str) -> None:
    """
    Nothing, once the collection that the folder names is gone from the server, or was never there.

    Raises:
        StoreError: the server can't be reached.
    """
    if not is_on_server(folder):
        return
    from chromadb.errors import NotFoundError

    address = server_address(url)
    with _translated(address):
        client = _client(address)
        try:
            client.delete_collection(_named(folder))
        except NotFoundError:
            pass
        finally:
            _close(client)


def check_server(url: str, *, timeout_s: float = REACH_S) -> str:
    """
    The version of the Chroma server that answers there.

    Raises:
        InputError: the address is none.
        StoreError: nobody answers, or it is no Chroma server.
    """
    import httpx

    address = server_address(url)
    with _translated(address):
        reply = httpx.get(f"{address.shown}/api/v2/version", headers=dict(address.headers), timeout=timeout_s)
        reply.raise_for_status()
        return str(reply.json())


class ChromaServerIndex(ChromaIndex):
    """A VectorIndex on a server, for any number of processes and machines; the folder only names the collection."""

    def __init__(self, client: Any, collection: Collection, folder: Path, address: ServerAddress) -> None:
        super().__init__(client, collection, folder)
        self._address = address

    @classmethod
    def create_on(cls, folder: Path, url: str, *, release: str) -> ChromaServerIndex:
        """
        An empty collection of that release, named in a folder that names none yet.

        The folder is written first: a build that dies at any later moment leaves a name by which to remove what it
        began. Two builds of one release have two collections; whose folder gets the release's name has the one kept.

        Raises:
            InputError: the address is none.
            StoreError: the folder names a collection already, or the server can't be written to.
        """
        if is_on_server(folder):
            raise StoreError(f"«{folder}» ha già la sua raccolta sul server: scegli una cartella nuova.")
        address, name = server_address(url), f"{release}-{secrets.token_hex(4)}"
        with _translated(address):
            client = _client(address)
            folder.mkdir(parents=True, exist_ok=True)
            try:
                (folder / POINTER).write_text(json.dumps({"collection": name}) + "\n", encoding="utf-8")
                collection = client.create_collection(
                    name, embedding_function=None, metadata={"release": release}, configuration={"hnsw": GRAPH}
                )
            except BaseException:
                _close(client)
                raise
        return cls(client, collection, folder, address)

    @classmethod
    def open_on(cls, folder: Path, url: str) -> ChromaServerIndex:
        """
        The collection that a folder names.

        Raises:
            InputError: the address is none.
            StoreError: the server can't be reached, or has no such collection.
        """
        from chromadb.errors import NotFoundError

        address, name = server_address(url), _named(folder)
        with _translated(address):
            client = _client(address)
            try:
                collection = client.get_collection(name, embedding_function=None)
            except NotFoundError:
                _close(client)
                raise StoreError(
                    f"il server Chroma {address.shown} non ha la raccolta «{name}»: controlla BUSSOLA_CHROMA_URL, "
                    "o ricostruisci con «bussola ingest»."
                ) from None
            except BaseException:
                _close(client)
                raise
        return cls(client, collection, folder, address)

    def _mark_written(self) -> None:
        """The server keeps its own files."""

    def set_quick(self, quick: bool) -> None:
        """Nothing: whether a server opens a collection again is its own matter."""

    def _let_go(self) -> None:
        _close(self._client)

    def _translated(self) -> AbstractContextManager[None]:
        return _translated(self._address)


def _authentication(name: str | None, password: str | None) -> tuple[tuple[str, str], ...]:
    if not name:
        return ()
    told = f"{unquote(name)}:{unquote(password or '')}".encode()
    return (("Authorization", f"Basic {base64.b64encode(told).decode()}"),)


def _named(folder: Path) -> str:
    try:
        return str(json.loads((folder / POINTER).read_text(encoding="utf-8"))["collection"])
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(
            f"«{folder / POINTER}» non dice quale raccolta è della versione: ricostruisci con «bussola ingest»."
        ) from None


def _client(address: ServerAddress) -> Any:
    import chromadb
    import httpx
    from chromadb import config

    check = httpx.get(f"{address.shown}/api/v2/heartbeat", headers=dict(address.headers), timeout=REACH_S)
    check.raise_for_status()
    settings_type: Any = config.Settings
    client: Any = chromadb.HttpClient(
        host=address.host,
        port=address.port,
        ssl=address.has_tls,
        headers=dict(address.headers),
        settings=settings_type(anonymized_telemetry=False, _env_file=None),
    )
    client._server._session.timeout = httpx.Timeout(REQUEST_S, connect=REACH_S)
    return client


def _close(client: Any) -> None:
    # Chroma 1.5.9 leaves open its connections, and those of a second client that it makes to look up the database;
    # it also keeps the first one for ever under a name of which nothing else knows.
    from chromadb.api.shared_system_client import SharedSystemClient

    sessions = [part._server._session for part in (client, client._admin_client)]
    ours, kept = client._system, SharedSystemClient._identifier_to_system
    client.close()
    for session in sessions:
        session.close()
    for name in [name for name, system in list(kept.items()) if system is ours]:
        kept.pop(name, None)


@contextmanager
def _translated(address: ServerAddress) -> Iterator[None]:
    """The errors of Chroma's client and of the network as ours."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, httpx.HTTPError, OSError, ValueError, TypeError, RuntimeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise StoreError(
            f"il server Chroma {address.shown} non risponde ({reason}): avvialo o controlla BUSSOLA_CHROMA_URL."
        ) from error
