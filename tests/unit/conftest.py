"""What unit tests share: a client of an API whose desk is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from kb.settings import Settings
from kb.testing import wait_until

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


@pytest.fixture
def open_client() -> Iterator[Callable[..., TestClient]]:
    """Opens a client over an assistant, ready; settings are named; closed at the end."""
    from fastapi.testclient import TestClient

    from api.app import create_app

    with ExitStack() as opened:

        def open_one(assistant: Any, **settings: Any) -> TestClient:
            app = create_app(lambda: assistant, Settings(**settings))
            client = opened.enter_context(TestClient(app, raise_server_exceptions=False))
            wait_until(lambda: client.get("/readyz").status_code == 200)
            return client

        yield open_one


@pytest.fixture
def check_problem() -> Callable[[Any, int], dict[str, Any]]:
    """The problem that a response tells, after checking its form."""

    def check(response: Any, status: int) -> dict[str, Any]:
        told: dict[str, Any] = response.json()
        assert response.status_code == status, told
        assert response.headers["content-type"] == "application/problem+json"
        assert told["status"] == status
        assert told["title"]
        assert told["detail"]
        assert told["request_id"] == response.headers["x-request-id"]
        return told

    return check
