"""A webhook: Telegram delivers updates here; each is kept before it hears that all is well."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kb.errors import InputError

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_BODY_BYTES = 1024 * 1024  # an update is a few kilobytes

TakeIn = Callable[[Sequence[object]], Awaitable[int | None]]


class Webhook:
    """An ASGI application of one address; may be mounted in another, or listen alone."""

    def __init__(self, take_in: TakeIn, secret: str) -> None:
        self._take_in = take_in
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a delivery: 200 once the update is kept, 403 to whoever does not know the secret."""
        if scope["type"] == "http":
            await Response(status_code=await self._status(Request(scope, receive)))(scope, receive, send)

    async def _status(self, request: Request) -> int:
        if request.method != "POST":
            return 405
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return 403
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BODY_BYTES:
                return 413
        try:
            update = json.loads(body)
        except ValueError:
            return 400
        return 400 if await self._take_in([update]) is None else 200

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[None]:
        """
        Listen there while the block runs.

        Raises:
            InputError: nothing can listen there.
        """
        config = uvicorn.Config(
            self, host=host, port=port, access_log=False, log_config=None, server_header=False, lifespan="off"
        )
        try:
            listening = config.bind_socket()
        except (SystemExit, OSError):
            raise InputError(
                f"il webhook non può ascoltare su {host}, porta {port}: correggi BUSSOLA_TELEGRAM_WEBHOOK_HOST o _PORT."
            ) from None
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield
        finally:
            server.should_exit = True
            await task
            listening.close()


class _Server(uvicorn.Server):
    """A server that leaves the signals to the bot."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Catch none."""
        yield
