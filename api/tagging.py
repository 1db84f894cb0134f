"""ETags: whoever has the same answer already is told so in a few bytes (304)."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TAGGED_PATHS = ("/v1/documents", "/v1/pages", "/v1/drivers", "/v1/crosswalk", "/v1/releases", "/v1/diff", "/v1/models")
KEPT_HEADERS = ("etag", "cache-control", "vary", "link", "x-total-count")


class Tagging:
    """The middleware that tags what is read often and changes with the release alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through; of a tagged path the whole body is held until its tag is known."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(TAGGED_PATHS):
            await self.app(scope, receive, send)
            return
        start: Message = {}
        pieces: list[bytes] = []

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            pieces.append(message.get("body", b""))
            if not message.get("more_body"):
                await _send_tagged(start, b"".join(pieces), Headers(scope=scope), send)

        await self.app(scope, receive, hold)


async def _send_tagged(start: Message, body: bytes, asked: Headers, send: Send) -> None:
    headers = MutableHeaders(raw=list(start["headers"]))
    if start["status"] == 200:
        # Weak, since what goes on the wire may be compressed afterwards.
        tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers["ETag"] = tag
        headers["Cache-Control"] = "private, no-cache"  # keep it, and ask each time whether it still holds
        headers.add_vary_header("Accept")
        headers.add_vary_header("Authorization")
        if _is_known(asked.get("if-none-match", ""), tag):
            kept = [(name, value) for name, value in headers.raw if name.decode() in KEPT_HEADERS]
            await send({**start, "status": 304, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
            return
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})


def _is_known(told: str, tag: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in told.split(",")]
    return "*" in known or tag.removeprefix("W/") in known
