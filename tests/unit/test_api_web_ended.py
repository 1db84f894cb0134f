"""A session that was left opens nothing, though its cookie was copied meanwhile."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.web.staff import ended
from api.web.staff.ended import FILE, EndedSessions
from api.web.staff.session import COOKIE
from kb.keys import KeyRing, Role
from kb.testing import FakeAssistant, sample_release


def test_a_cookie_that_was_copied_opens_nothing_once_its_session_is_left(open_client: Callable[..., Any]) -> None:
    client = open_client(FakeAssistant(sample_release()))
    _, key = KeyRing(client.app.state.ledger).add("Anna", Role.STAFF, days=1)
    client.post("/personale/accesso", data={"key": key})
    copied = client.cookies.get(COOKIE, path="/personale")
    (token, *_rest) = re.findall('name="token" value="([^"]+)"', client.get("/personale/documenti").text)
    client.post("/personale/accesso", data={"key": key})  # the same person, elsewhere
    other = client.cookies.get(COOKIE, path="/personale")

    def opens(cookie: str) -> bool:
        client.cookies.clear()
        return bool(client.get("/personale/chiavi", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == 200)

    assert opens(copied)
    client.post("/personale/uscita", data={"token": token}, headers={"Cookie": f"{COOKIE}={copied}"})

    assert not opens(copied)
    assert opens(other)


def test_every_process_of_a_home_knows_what_was_left(tmp_path: Path) -> None:
    one, other = EndedSessions(tmp_path), EndedSessions(tmp_path)
    assert "k.9.x" not in one

    other.add("k.9.x", 9)

    assert "k.9.x" in one
    assert "k.9.y" not in one
    assert "k.9.x" not in (tmp_path / FILE).read_text()


def test_what_is_over_by_itself_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ended, "MOST_BYTES", 1)
    left = EndedSessions(tmp_path)
    later = int(time.time()) + 3600
    for name, until in (("old", 5), ("new", later), ("newer", later)):
        left.add(name, until)

    assert [name in left for name in ("old", "new", "newer")] == [False, True, True]


def test_a_disk_that_takes_nothing_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("")

    EndedSessions(tmp_path).add("k", 9)

    assert "vale ancora" in caplog.text
