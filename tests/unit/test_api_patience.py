"""Connections that hold the server: heads without end or in drops, and clients that read nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from api import patience
from api.commands import _config
from api.patience import MOST_HEAD_BYTES, PatientProtocol
from kb.settings import Settings

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[Any]]

GET = b"GET / HTTP/1.1\r\nhost: x\r\n"
LARGE = 32 * 1024 * 1024
"""More than the system's own buffers take."""


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """As many bytes as the path names; the body is read first."""
    while (await receive()).get("more_body"):
        pass
    body = b"x" * int(scope["path"][1:] or 2)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def serve(talk: Talk) -> Any:
    """What the client's talk with a server gives."""

    async def run() -> Any:
        config = uvicorn.Config(answer, http=PatientProtocol, ws="none", lifespan="off", log_config=None)
        loop, state = asyncio.get_running_loop(), ServerState()
        server = await loop.create_server(lambda: PatientProtocol(config, state, {}), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            try:
                return await asyncio.wait_for(talk(reader, writer), 120)
            finally:
                writer.close()

    return asyncio.run(run())


def test_the_service_has_that_patience() -> None:
    config = _config(answer, Settings())
    config.load()

    assert config.http_protocol_class is PatientProtocol
    assert config.ws_protocol_class is None


@pytest.mark.parametrize("begin", [b"", b"GET / HT", GET, b"\r\n", b"\x16\x03\x01"[:1]], ids=repr)
def test_a_head_that_does_not_come_ends_the_connection(begin: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_WITHIN_S", 0.05)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(begin)
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""

    assert b"200" not in serve(talk)


def test_nor_does_a_second_one_hold_it_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(GET + b"\r\n")
        await reader.readuntil(b"0\r\n\r\n")
        monkeypatch.setattr(patience, "HEAD_WITHIN_S", 0.05)
        writer.write(GET)
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""

    assert serve(talk) == b""


@pytest.mark.parametrize("line", [b"GET /", GET + b"x-long: "], ids=["address", "header"])
def test_a_head_without_end_is_refused(line: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(line)
        try:
            for _ in range(1000):
                writer.write(b"1" * 4096)
                await writer.drain()
            return await reader.read()
        except ConnectionError:  # closed while there was more to come
            return b""

    assert serve(talk)[:12] in (b"HTTP/1.1 431", b"")


def test_heads_of_a_usual_size_and_bodies_of_any_are_taken() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[bytes]:
        found = []
        for _ in range(3):
            writer.write(GET + b"x-long: " + b"1" * (MOST_HEAD_BYTES // 2) + b"\r\n\r\n")
            found.append((await reader.readuntil(b"0\r\n\r\n"))[:12])
        size = 4 * MOST_HEAD_BYTES
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % size + b"x" * size)
        found.append((await reader.readuntil(b"0\r\n\r\n"))[:12])
        return found

    assert serve(talk) == [b"HTTP/1.1 200"] * 4


def test_who_reads_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TAKEN_WITHIN_S", 0.05)
    gone = asyncio.Event()
    lost = PatientProtocol.connection_lost

    def note(self: PatientProtocol, exc: Exception | None) -> None:
        gone.set()
        lost(self, exc)

    monkeypatch.setattr(PatientProtocol, "connection_lost", note)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        writer.write(b"GET /%d HTTP/1.1\r\nhost: x\r\n\r\n" % LARGE)
        await gone.wait()  # nothing was read yet
        try:
            return len(await reader.read())
        except ConnectionResetError:
            return 0

    assert serve(talk) < LARGE


def test_who_reads_gets_all() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        writer.write(b"GET /%d HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n" % LARGE)
        total = 0
        while piece := await reader.read(1 << 20):
            total += len(piece)
        return total

    assert serve(talk) > LARGE
