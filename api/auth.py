"""Who asks: a citizen without a key, or the officer or staff member whose key the request shows."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.problems import Forbidden, UnknownKey
from kb.keys import KeyRing, Role

KNOWN_FOR_S = 5.0  # how long a key is believed without looking again, thus how long a revoked one may still open
MOST_KNOWN = 1000
WITHOUT_KEY = frozenset({"", "none", "nessuna"})
"""What a client that insists on a key may send for "I have none"."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as limits and rights go."""

    role: Role = Role.CITIZEN
    key: str | None = None  # the key's id
    name: str | None = None


CITIZEN = Caller()


class Porter:
    """Knows callers by the key of their Authorization header."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._known: dict[str, tuple[Caller, float]] = {}

    async def know(self, authorization: str | None) -> Caller:
        """
        The caller of a request with that header.

        Raises:
            UnknownKey: the header is none of ours, or its key is unknown, expired or revoked.
            StoreError: the keys can't be read.
        """
        if authorization is None:
            return CITIZEN
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise UnknownKey(f"L'autorizzazione «{scheme[:20]}» non si legge: manda «Authorization: Bearer CHIAVE».")
        return await self.know_key(text.strip())

    async def know_key(self, text: str) -> Caller:
        """
        The caller who holds the key of that text.

        Raises:
            UnknownKey: it is unknown, expired or revoked.
            StoreError: the keys can't be read.
        """
        if text.lower() in WITHOUT_KEY:
            return CITIZEN
        caller, until = self._known.get(text, (None, 0.0))
        if caller is not None and time.monotonic() < until:
            return caller
        self._known.pop(text, None)
        key = await run_in_threadpool(self._keys.find, text)
        if key is None:
            raise UnknownKey(
                "La chiave non è valida, è scaduta o è stata revocata: chiedine una nuova, o togli l'intestazione "
                "Authorization per fare domande senza chiave."
            )
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        caller = Caller(key.role, key.id, key.name)
        self._known[text] = (caller, time.monotonic() + KNOWN_FOR_S)
        return caller


def caller_of(request: Request) -> Caller:
    """Who makes a request, as the turnstile found."""
    caller = request.scope.get("state", {}).get("caller", CITIZEN)
    assert isinstance(caller, Caller)
    return caller


def needs(role: Role) -> Callable[[Request], Awaitable[Caller]]:
    """
    A dependency: the caller, who has at least that role.

    Raises:
        UnknownKey: a citizen asks; a key is needed.
        Forbidden: the key is of a lesser role.
    """

    async def check(request: Request) -> Caller:
        caller = caller_of(request)
        if caller.role.covers(role):
            return caller
        if caller.key is None:
            raise UnknownKey(
                f"Per «{request.url.path[:80]}» serve una chiave {role}: manda «Authorization: Bearer CHIAVE» "
                "(le chiavi si creano con «bussola keys add»)."
            )
        raise Forbidden(
            f"La chiave «{caller.name}» ha il ruolo {caller.role}, qui serve {role}: chiedi una chiave con quel ruolo."
        )

    return check
