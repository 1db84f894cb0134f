"""What every request passes, in and out: an id, the security headers, one log line without the question."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import traceback
import uuid
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import HTTPException
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import caller_of
from api.faults import answer_fault, standard_detail
from api.measures import Measures

logger = logging.getLogger("bussola.api")

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self' data:; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""No inline script or style, nothing from elsewhere; data: is for the icons inside Bootstrap Italia's CSS."""

KEPT_FOR_S = 3600
BODY_WITHIN_S = 30.0  # a body that trickles in holds a connection and nothing else, yet not for ever
SLOWEST_BODY = 8_000  # bytes a second that lengthen it: a long document over a bad line is no trickle
LONGEST_LENGTH = 15  # digits of a Content-Length that is worth reading as a number
ASSET_PATHS = ("/static/", "/italia/")


class Doorway:
    """The outermost middleware of ours; an error that nobody foresaw ends here, as a plain 500."""

    def __init__(
        self, app: ASGIApp, *, most_body_bytes: int, large_bodies: Mapping[str, int], measures: Measures
    ) -> None:
        self.app = app
        self._large_bodies = large_bodies
        self._measures = measures
        self._most_body_bytes = most_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through and mark what comes out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        request_id = _request_id(request)
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.perf_counter()
        status = 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                _mark(MutableHeaders(scope=message), scope["path"], request_id)
            await send(message)

        body = _measured(request, self._large_bodies.get(scope["path"], self._most_body_bytes))
        try:
            await self.app(_as_get(scope), body, send_marked)
        except Exception as error:  # the outer door: log, apologise, show no traceback
            logger.error("errore imprevisto %s in %s id=%s", type(error).__name__, _where(error), request_id)
            if not status:
                await answer_fault(request, 500, standard_detail(request, 500))(scope, receive, send_marked)
        elapsed_s = time.perf_counter() - began
        self._measures.count_request(scope, status, elapsed_s)
        _log(request, status, elapsed_s * 1000, request_id)


def _as_get(scope: Scope) -> Scope:
    """The scope of a HEAD as that of a GET, whose body the server leaves out: watchmen and link checkers ask so."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def _log(request: Request, status: int, ms: float, request_id: str) -> None:
    path = quote(request.scope["path"])
    told = {"method": request.method, "path": path, "status": status, "ms": round(ms, 1), "request_id": request_id}
    told["role"] = caller_of(request).role.value
    logger.info("%s %s %d %.0f ms id=%s", request.method, path, status, ms, request_id, extra=told)


def _request_id(request: Request) -> str:
    given = request.headers.get("x-request-id", "")
    return given if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else uuid.uuid4().hex


def _measured(request: Request, most_bytes: int) -> Receive:
    """The request's body as it arrives; reading more than most_bytes of it ends in a 413, waiting too long in a 408."""
    told = request.headers.get("content-length", "")
    is_told_large = told.isdecimal() and (len(told) > LONGEST_LENGTH or int(told) > most_bytes)
    taken, is_more, began = 0, True, asyncio.get_running_loop().time()

    async def receive() -> Message:
        nonlocal taken, is_more
        if is_told_large:
            raise HTTPException(413)
        left_s = began + BODY_WITHIN_S + taken / SLOWEST_BODY - asyncio.get_running_loop().time()
        try:
            message = await (asyncio.wait_for(request.receive(), left_s) if is_more else request.receive())
        except TimeoutError:
            raise HTTPException(408) from None
        is_more = bool(message.get("more_body"))
        taken += len(message.get("body", b""))
        if taken > most_bytes:
            raise HTTPException(413)
        return message

    return receive


def _mark(headers: MutableHeaders, path: str, request_id: str) -> None:
    headers["X-Request-ID"] = request_id
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)  # a report with its style inside has a policy of its own
    if "etag" in headers and not path.startswith(ASSET_PATHS):
        return  # whoever tagged it said how long it may be kept
    is_asset = path.startswith(ASSET_PATHS)
    headers["Cache-Control"] = f"public, max-age={KEPT_FOR_S}" if is_asset else "no-store"


def _where(error: Exception) -> str:
    # Frames only: an exception's message may quote the question, and no question enters the logs.
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
