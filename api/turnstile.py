"""Before a request goes in: who makes it, and whether it comes too often."""

from __future__ import annotations

import ipaddress
import math
import time

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import CITIZEN, Caller, Porter
from api.faults import answer_error
from api.problems import TooOften, UnknownKey
from kb.errors import BussolaError
from kb.keys import Role
from kb.settings import Settings

FREE_PATHS = ("/static/", "/italia/", "/healthz", "/readyz")
"""Files that a page loads, and what a watchman asks for: not counted."""

GUEST = "bussola.guest"
"""Set in a scope, where no request from outside can set it: a guest of this process asks, whose own limits count."""

NETWORK_BITS = 64  # one subscriber holds as many IPv6 addresses as fit in the rest
PERIODS = {"second": "al secondo", "minute": "al minuto", "hour": "all'ora", "day": "al giorno"}


class Pace:
    """Counts requests a caller: a key, or without one an address; each process counts for itself."""

    def __init__(self, settings: Settings) -> None:
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limits = {
            Role.CITIZEN: parse_many(settings.api_limit_citizen),
            Role.OFFICER: parse_many(settings.api_limit_officer),
            Role.STAFF: parse_many(settings.api_limit_staff),
        }

    async def count(self, caller: Caller, address: str) -> None:
        """
        Count one request.

        Raises:
            TooOften: the caller made as many as allowed.
        """
        whose = caller.key or address
        for limit in self._limits[caller.role]:
            if not await self._counter.hit(limit, caller.role.value, whose):
                window = await self._counter.get_window_stats(limit, caller.role.value, whose)
                wait_s = max(1, math.ceil(window.reset_time - time.time()))
                raise TooOften(_sentence(limit, caller, wait_s), wait_s)


class Turnstile:
    """
    The middleware that lets callers in, each at its pace; sets scope["state"]["caller"].

    Guests know by themselves who may reach their paths.
    """

    def __init__(self, app: ASGIApp, *, porter: Porter, pace: Pace, guest_paths: frozenset[str] = frozenset()) -> None:
        self.app = app
        self._guest_paths = guest_paths
        self._porter = porter
        self._pace = pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it with what is wrong."""
        if scope["type"] != "http" or scope["path"].startswith(FREE_PATHS) or scope["path"] in self._guest_paths:
            await self.app(scope, receive, send)
            return
        if scope.get(GUEST):
            scope.setdefault("state", {})["caller"] = CITIZEN
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            scope.setdefault("state", {})["caller"] = await self._let_in(request)
        except BussolaError as error:
            await answer_error(request, error)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _let_in(self, request: Request) -> Caller:
        address = network_of(request.client.host if request.client else "")
        try:
            caller = await self._porter.know(request.headers.get("authorization"))
        except UnknownKey:
            await self._pace.count(CITIZEN, address)  # so that keys can't be tried without end
            raise
        await self._pace.count(caller, address)
        return caller


def as_guest(app: ASGIApp) -> ASGIApp:
    """The application as a guest of its process reaches it."""

    async def reach(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, GUEST: True}, receive, send)

    return reach


def network_of(host: str) -> str:
    """The address that requests are counted by: an IPv4 address whole, of an IPv6 address its first 64 bits."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False).network_address)


def _sentence(limit: RateLimitItem, caller: Caller, wait_s: int) -> str:
    of = f"la chiave «{caller.name}»" if caller.key else "questo indirizzo"
    period = PERIODS[limit.GRANULARITY.name]
    remedy = "" if caller.key else " o chiedi una chiave"
    return f"Troppe richieste: {of} ne può fare {limit.amount} {period}. Riprova tra {wait_s} secondi{remedy}."
