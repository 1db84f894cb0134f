"""Keys: shown once, kept as a hash, closed when they expire or are revoked."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kb.errors import InputError, NotFound
from kb.keys import FORM, Key, KeyRing, Role
from kb.ledger import Ledger, ledger_url


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(Ledger(ledger_url(tmp_path)))


def test_a_key_opens_with_its_role(ring: KeyRing) -> None:
    key, text = ring.add("Ufficio piani", Role.OFFICER, days=1)

    assert FORM.fullmatch(text)
    assert ring.find(text) == key
    assert (key.role, key.name, key.state()) == (Role.OFFICER, "Ufficio piani", "valid")


def test_the_secret_is_nowhere_in_the_database(ring: KeyRing, tmp_path: Path) -> None:
    _key, text = ring.add("a", Role.STAFF, days=1)
    secret = text.rpartition("_")[2] if text.count("_") == 2 else FORM.fullmatch(text)[2]  # type: ignore[index]

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert secret.encode() not in kept
    assert hashlib.sha256(secret.encode()).hexdigest().encode() in kept


@pytest.mark.parametrize("change", ["another secret", "another id", "cut", "blank", "none of ours"])
def test_another_text_opens_nothing(ring: KeyRing, change: str) -> None:
    _key, text = ring.add("a", Role.STAFF, days=1)
    others = {
        "another secret": text[:-1] + ("a" if text[-1] != "a" else "b"),
        "another id": "bsl_" + "0" * 12 + text[16:],
        "cut": text[:-1],
        "blank": "",
        "none of ours": "sk-123",
    }

    assert ring.find(others[change]) is None


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(ring: KeyRing) -> None:
    key, text = ring.add("a", Role.STAFF, days=1)
    first = ring.revoke(key.id)

    assert ring.find(text) is None
    assert [k.state() for k in ring.listed()] == ["revoked"]
    assert ring.revoke(key.id).revoked_at == first.revoked_at


def test_an_expired_key_opens_nothing(ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    key, text = ring.add("a", Role.STAFF, days=2)
    later = datetime.fromisoformat(key.expires_at)
    assert key.state(later - timedelta(seconds=1)) == "valid"
    assert key.state(later) == "expired"

    monkeypatch.setattr("kb.keys._now", lambda: later)
    assert ring.find(text) is None


@pytest.mark.parametrize(
    ("name", "role", "days", "named"),
    [
        ("", Role.STAFF, 1, "nome"),
        (" \n", Role.STAFF, 1, "nome"),
        ("a" * 81, Role.STAFF, 1, "81"),
        ("a\x07", Role.STAFF, 1, "nome"),
        ("a", Role.CITIZEN, 1, "officer"),
        ("a", Role.STAFF, 0, "--days"),
        ("a", Role.STAFF, 3651, "--days"),
    ],
)
def test_what_makes_no_key_is_refused(ring: KeyRing, name: str, role: Role, days: int, named: str) -> None:
    with pytest.raises(InputError, match=named):
        ring.add(name, role, days=days)
    assert ring.listed() == []


def test_an_unknown_key_is_named(ring: KeyRing) -> None:
    with pytest.raises(NotFound, match=r"abc.*bussola keys list"):
        ring.revoke("abc")


def test_each_role_covers_the_lesser_ones() -> None:
    assert [[one.covers(other) for other in Role] for one in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_a_key_without_end_in_sight_is_still_a_value() -> None:
    assert Key("a", "b", Role.STAFF, "2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00").state() == "expired"
