"""The API's keys: made, shown once, kept as a hash, and known again until they expire or are revoked."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sql

from kb.errors import InputError, NotFound
from kb.ledger import Ledger
from kb.ledger.database import keep_others_out

FORM = re.compile(r"bsl_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
SECRET_BYTES = 32  # random, so that one round of SHA-256 hides it: there is nothing to guess from
LONGEST_NAME_CHARS = 80
MOST_DAYS = 3650

_schema = sql.MetaData()

KEYS = sql.Table(
    "api_keys",
    _schema,
    sql.Column("id", sql.String(12), primary_key=True),
    sql.Column("hash", sql.String(64), nullable=False),  # SHA-256 of the secret, in hexadecimal
    sql.Column("name", sql.Text, nullable=False),
    sql.Column("role", sql.String(16), nullable=False),
    sql.Column("created_at", sql.String(32), nullable=False),  # ISO 8601, UTC, as are the other two
    sql.Column("expires_at", sql.String(32), nullable=False),
    sql.Column("revoked_at", sql.String(32)),
)


class Role(StrEnum):
    """Who asks; each may do what the one before may."""

    CITIZEN = "citizen"  # no key
    OFFICER = "officer"
    STAFF = "staff"

    def covers(self, other: Role) -> bool:
        """Whether this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret."""

    id: str
    name: str
    role: Role
    created_at: str
    expires_at: str
    revoked_at: str | None = None

    def state(self, now: datetime | None = None) -> str:
        """Whether it opens: "valid", "expired" or "revoked"."""
        if self.revoked_at:
            return "revoked"
        return "expired" if datetime.fromisoformat(self.expires_at) <= (now or _now()) else "valid"


class KeyRing:
    """The keys in the ledger's database; their table is made at the first use."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._is_there = False

    def add(self, name: str, role: Role, *, days: int) -> tuple[Key, str]:
        """
        A new key and its text, which is nowhere kept: whoever loses it needs another.

        Raises:
            InputError: the name is empty or too long, the days are not 1 to MOST_DAYS, or the role needs no key.
            StoreError: the ledger can't be written.
        """
        name = " ".join(name.split())
        _check(name, role, days)
        id_, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
        now = _now()
        key = Key(id_, name, role, _written(now), _written(now + timedelta(days=days)))
        with self._transaction() as connection:
            connection.execute(
                sql.insert(KEYS).values(
                    id=id_,
                    hash=_hash(secret),
                    name=name,
                    role=role.value,
                    created_at=key.created_at,
                    expires_at=key.expires_at,
                )
            )
        return key, f"bsl_{id_}_{secret}"

    def listed(self) -> list[Key]:
        """
        Every key, newest first, ties by id; revoked and expired ones too.

        Raises:
            StoreError: the ledger can't be read.
        """
        with self._transaction() as connection:
            rows = connection.execute(sql.select(KEYS).order_by(KEYS.c.created_at.desc(), KEYS.c.id)).mappings()
            return [_key(row) for row in rows]

    def revoke(self, id_: str) -> Key:
        """
        The key, which from now on opens nothing; revoking twice changes nothing.

        Raises:
            NotFound: there is no such key.
            StoreError: the ledger can't be written.
        """
        with self._transaction() as connection:
            connection.execute(
                sql.update(KEYS).where(KEYS.c.id == id_, KEYS.c.revoked_at.is_(None)).values(revoked_at=_written())
            )
            row = connection.execute(sql.select(KEYS).where(KEYS.c.id == id_)).mappings().first()
        if row is None:
            raise NotFound(f"la chiave «{id_[:40]}» non esiste: vedi «bussola keys list».")
        return _key(row)

    def find(self, text: str) -> Key | None:
        """
        The key of that text if it opens now, else None.

        Raises:
            StoreError: the ledger can't be read.
        """
        formed = FORM.fullmatch(text)
        if formed is None:
            return None
        with self._transaction() as connection:
            row = connection.execute(sql.select(KEYS).where(KEYS.c.id == formed[1])).mappings().first()
        if row is None or not hmac.compare_digest(row["hash"], _hash(formed[2])):
            return None
        key = _key(row)
        return key if key.state() == "valid" else None

    @contextmanager
    def _transaction(self) -> Iterator[sql.Connection]:
        with self._ledger.transaction() as connection:
            if not self._is_there:
                keep_others_out(connection)
                KEYS.create(connection, checkfirst=True)
            yield connection
        self._is_there = True


def _check(name: str, role: Role, days: int) -> None:
    if not 0 < len(name) <= LONGEST_NAME_CHARS or not name.isprintable():
        raise InputError(f"il nome della chiave ha {len(name)} caratteri: danne uno da 1 a {LONGEST_NAME_CHARS}.")
    if role is Role.CITIZEN:
        raise InputError("i cittadini non hanno bisogno di una chiave: scegli officer o staff.")
    if not 1 <= days <= MOST_DAYS:
        raise InputError(f"una chiave può valere da 1 a {MOST_DAYS} giorni, non {days}: cambia --days.")


def _key(row: sql.RowMapping) -> Key:
    told = {name: row[name] for name in ("id", "name", "created_at", "expires_at", "revoked_at")}
    return Key(role=Role(row["role"]), **told)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)


def _written(moment: datetime | None = None) -> str:
    return (moment or _now()).isoformat(timespec="seconds")
