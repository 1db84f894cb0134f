"""The wire to a chat model: bounded in time and size, and one form for servers that stream and servers that don't."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import httpx

LARGEST_BODY = 2_000_000
"""Bytes of one response; a reply of the size that we take is far smaller, whatever stands around its text."""


class BoundedTransport(httpx.BaseTransport):
    """
    Requests that end in time, and replies that are always server-sent events.

    A server that ignores "stream" and sends one JSON completion is read whole and handed on as one event, so that it
    is asked once.
    """

    def __init__(self, *, timeout_s: float, inner: httpx.BaseTransport | None = None) -> None:
        self._inner = inner or httpx.HTTPTransport()
        self._timeout_s = timeout_s

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The response, its body bounded."""
        deadline = time.monotonic() + self._timeout_s
        response = self._inner.handle_request(request)
        body = _Bounded(response.stream, deadline)
        bounded = httpx.Response(response.status_code, headers=response.headers, stream=body, request=request)
        if response.status_code != httpx.codes.OK or "event-stream" in response.headers.get("content-type", ""):
            return bounded
        return httpx.Response(
            response.status_code,
            headers={"content-type": "text/event-stream"},
            content=as_events(bounded.read()),
            request=request,
        )

    def close(self) -> None:
        """Close every connection, also one that is being read."""
        self._inner.close()


class _Bounded(httpx.SyncByteStream):
    """A body that stops at its deadline or its size."""

    def __init__(self, inner: object, deadline: float) -> None:
        assert isinstance(inner, httpx.SyncByteStream)
        self._inner = inner
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._inner:
            size += len(chunk)
            if size > LARGEST_BODY:
                raise httpx.ReadError(f"more than {LARGEST_BODY} bytes")
            if time.monotonic() > self._deadline:
                raise httpx.ReadTimeout("the time limit is over")
            yield chunk

    def close(self) -> None:
        self._inner.close()


def as_events(body: bytes) -> bytes:
    """
    A completion as server-sent events; a body that is some already stays as it is.

    Raises:
        ValueError: the body is neither.
    """
    if body.lstrip().startswith(b"data:"):
        return body
    completion = json.loads(body)
    try:
        content = completion["choices"][0]["message"]["content"]
    except (LookupError, TypeError):
        raise ValueError("no completion") from None
    choice = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    event = {"id": "", "object": "chat.completion.chunk", "created": 0, "model": "", "choices": [choice]}
    return f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n".encode()
