"""Before a request goes in: who makes it, and whether it comes too often."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import math
import time
from functools import partial

from limits import RateLimitItem, WindowStats, parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.strategies import SlidingWindowCounterRateLimiter as SharedLimiter
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import CITIZEN, Caller, Porter
from api.counts import SharedCounts, counts_url
from api.faults import answer_error
from api.home_secret import SECRET_FILE, read_secret
from api.problems import TooOften, UnknownKey
from kb.errors import BussolaError
from kb.keys import Role
from kb.settings import Settings

logger = logging.getLogger("bussola.api")

FREE_PATHS = ("/static/", "/italia/", "/healthz", "/readyz")
"""Files that a page loads, and what a watchman asks for: not counted."""

GUEST = "bussola.guest"
"""Set in a scope, where no request from outside can set it: a guest of this process asks, whose own limits count."""

NETWORK_BITS = 64  # one subscriber holds as many IPv6 addresses as fit in the rest
ALONE_S = 10.0  # how long a database that failed is left alone
PERIODS = {"second": "al secondo", "minute": "al minuto", "hour": "all'ora", "day": "al giorno"}


class Pace:
    """
    Counts requests a caller: a key, or without one an address; all processes of a home, or of a database, together.

    Where the shared counts can't be used nobody is kept out for it: the process counts for itself for a while.
    """

    def __init__(self, settings: Settings) -> None:
        self._shared = SharedCounts(
            counts_url(settings.home, settings.database_url), secret=partial(_secret_of, settings)
        )
        self._together = SharedLimiter(self._shared)
        self._alone = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._alone_until = 0.0
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
        who = (caller.role.value, caller.key or address)
        for limit in self._limits[caller.role]:
            if wait_s := await self._take(limit, who):
                raise TooOften(_sentence(limit, caller, wait_s), wait_s)

    def close(self) -> None:
        """Let the database of the counts go."""
        self._shared.close()

    async def _take(self, limit: RateLimitItem, who: tuple[str, str]) -> int:
        """0 for a request that was counted, else the seconds to wait."""
        if time.monotonic() >= self._alone_until:
            try:
                if self._shared.is_file:
                    return self._take_together(limit, who)  # quicker than another thread would be
                return await run_in_threadpool(self._take_together, limit, who)
            except (SQLAlchemyError, OSError, ImportError, BussolaError) as error:
                self._alone_until = time.monotonic() + ALONE_S
                cause = str(getattr(error, "orig", None) or error).splitlines()[0]  # without the statement's values
                logger.warning("le richieste non si contano insieme (%s): ogni processo le conta da sé", cause)
        if await self._alone.hit(limit, *who):
            return 0
        return _wait_s(await self._alone.get_window_stats(limit, *who))

    def _take_together(self, limit: RateLimitItem, who: tuple[str, str]) -> int:
        return 0 if self._together.hit(limit, *who) else _wait_s(self._together.get_window_stats(limit, *who))


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


def _secret_of(settings: Settings) -> bytes:
    """What the fingerprints of callers are made with: known to whoever counts in the same place, written in no row."""
    if settings.database_url:
        return hashlib.sha256(settings.database_url.encode()).digest()
    return read_secret(settings.home / SECRET_FILE)


def _wait_s(window: WindowStats) -> int:
    return max(1, math.ceil(window.reset_time - time.time()))


def _sentence(limit: RateLimitItem, caller: Caller, wait_s: int) -> str:
    of = f"la chiave «{caller.name}»" if caller.key else "questo indirizzo"
    period = PERIODS[limit.GRANULARITY.name]
    remedy = "" if caller.key else " o chiedi una chiave"
    return f"Troppe richieste: {of} ne può fare {limit.amount} {period}. Riprova tra {wait_s} secondi{remedy}."
