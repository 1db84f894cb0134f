"""Requests to an application of the same process, their replies read while they are being written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
from starlette.types import ASGIApp, Message

ADDRESS = ("127.0.0.1", 0)


class InsideTransport(httpx.AsyncBaseTransport):
    """Carries requests to an ASGI application; httpx's own holds a reply back until it is whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """
        The reply, from its first line on.

        Raises:
            httpx.RemoteProtocolError: the application ended without one.
        """
        body = await request.aread()
        messages: asyncio.Queue[Message | None] = asyncio.Queue()
        task = asyncio.create_task(self._answer(request, body, messages))
        start = await messages.get()
        if start is None:
            await task
            raise httpx.RemoteProtocolError("the application gave no reply", request=request)
        return httpx.Response(start["status"], headers=start["headers"], stream=_Body(messages, task), request=request)

    async def _answer(self, request: httpx.Request, body: bytes, messages: asyncio.Queue[Message | None]) -> None:
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if not waiting:
                await asyncio.Event().wait()  # nobody goes away but by cancelling
            return waiting.pop()

        try:
            await self._app(_scope_of(request), receive, messages.put)
        finally:
            messages.put_nowait(None)


class _Body(httpx.AsyncByteStream):
    def __init__(self, messages: asyncio.Queue[Message | None], task: asyncio.Task[None]) -> None:
        self._messages = messages
        self._task = task

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (message := await self._messages.get()) is not None:
            yield message.get("body", b"")
            if not message.get("more_body", False):
                return

    async def aclose(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


def _scope_of(request: httpx.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port),
        "client": ADDRESS,
        "root_path": "",
    }
