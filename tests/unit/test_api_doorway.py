"""A request's body at the door: how long it may take to arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from fastapi import HTTPException
from starlette.requests import Request

from api import doorway
from api.app import create_app
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release

Receive = Callable[[], Coroutine[Any, Any, dict[str, Any]]]


def status_of(receive: Receive) -> int:
    """The status that a question gets whose body comes so."""
    app = create_app(lambda: FakeAssistant(sample_release()), Settings())  # type: ignore[arg-type, return-value]
    headers = [(b"content-type", b"application/json"), (b"host", b"x")]
    scope = {"type": "http", "method": "POST", "path": "/v1/ask", "raw_path": b"/v1/ask", "query_string": b""}
    scope |= {"headers": headers, "scheme": "http", "server": ("x", 80), "client": ("192.0.2.1", 5), "root_path": ""}
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def run() -> None:
        await asyncio.wait_for(app({**scope, "http_version": "1.1"}, receive, send), 60)  # type: ignore[arg-type]

    asyncio.run(run())
    return int(sent[0]["status"])


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorway, "BODY_WITHIN_S", 0.05)

    async def nothing() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    assert status_of(nothing) == 408


@pytest.mark.parametrize(("size", "is_taken"), [(500_000, True), (100, False)])
def test_a_body_has_the_time_of_a_slow_line_and_no_more(size: int, is_taken: bool) -> None:
    """Twenty pieces, fifty seconds of the clock apart."""
    read = 0

    async def take() -> int:
        loop = asyncio.get_running_loop()
        clock = loop.time
        loop.time = lambda: clock() + 50.0 * max(0, read - 1)  # type: ignore[method-assign]

        async def piece() -> dict[str, Any]:
            nonlocal read
            read += 1
            return {"type": "http.request", "body": b"x" * size, "more_body": read < 20}

        request = Request({"type": "http", "headers": []}, piece)  # type: ignore[arg-type]
        receive = doorway._measured(request, 20_000_000)
        return sum([len((await receive())["body"]) for _ in range(20)])

    if is_taken:
        assert asyncio.run(take()) == 20 * size
    else:
        with pytest.raises(HTTPException) as given_up:
            asyncio.run(take())
        assert given_up.value.status_code == 408
