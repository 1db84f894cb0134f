"""A staff member's session: a signed cookie for who showed a staff key, and the token that every form repeats."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from api.home_secret import SECRET_FILE, read_secret
from api.problems import Forbidden
from api.web.forms import check_same_site
from api.web.language import ENGLISH, ITALIAN, in_language
from api.web.staff.ended import EndedSessions
from kb.errors import BussolaError
from kb.keys import Key, KeyRing, Role

COOKIE = "bussola_personale"
PATH = "/personale"
PATHS = tuple(in_language(PATH, language) for language in (ITALIAN, ENGLISH))
"""Where the cookie goes: a wider path would show it to pages that need no login."""

LASTS_S = 8 * 3600  # a working day; the key may end it sooner


class LoggedOut(BussolaError):
    """Nobody is logged in, or no longer; the login page is shown."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who works here."""

    key: Key
    token: str  # what each form repeats
    signed: str  # what its cookie says, before the signature

    @property
    def name(self) -> str:
        """The key's name."""
        return self.key.name


class Sessions:
    """Gives and reads cookies; the secret lies in the home folder, so that every process of the service knows it."""

    def __init__(self, home: Path, keys: KeyRing) -> None:
        self._file = home / SECRET_FILE
        self._keys = keys
        self._ended = EndedSessions(home)
        self._secret: bytes | None = None

    async def log_in(self, text: str) -> tuple[Session, str]:
        """
        The session of who holds that staff key, and its cookie.

        Raises:
            Forbidden: it is no staff key that opens now.
            StoreError: the keys can't be read or the secret can't be kept.
        """
        key = await run_in_threadpool(self._keys.find, text.strip())
        if key is None or not key.role.covers(Role.STAFF):
            raise Forbidden("La chiave non è di una persona del personale, è scaduta o è stata revocata.")
        payload = f"{key.id}.{int(time.time()) + LASTS_S}.{secrets.token_urlsafe(12)}"
        cookie = f"{payload}.{self._sign('session', payload)}"
        return Session(key, self._sign("form", payload), payload), cookie

    async def log_out(self, session: Session) -> None:
        """The session opens nothing any more, whoever holds its cookie."""
        until = int(session.signed.split(".")[1])
        await run_in_threadpool(self._ended.add, session.signed, until)

    async def read(self, request: Request) -> Session:
        """
        The session of a request's cookie.

        Raises:
            LoggedOut: it has none, it is over, or its key opens no longer.
        """
        payload, _, signature = request.cookies.get(COOKIE, "").rpartition(".")
        key_id, _, rest = payload.partition(".")
        until = rest.partition(".")[0]
        if not payload or not hmac.compare_digest(signature.encode(), self._sign("session", payload).encode()):
            raise LoggedOut("Per entrare serve una chiave del personale.")
        is_over = int(until) <= time.time() or payload in self._ended
        key = None if is_over else await run_in_threadpool(self._valid, key_id)
        if key is None:
            raise LoggedOut("La sessione è finita: entra di nuovo.")
        return Session(key, self._sign("form", payload), payload)

    def _valid(self, key_id: str) -> Key | None:
        found = next((key for key in self._keys.listed() if key.id == key_id), None)
        return found if found and found.state() == "valid" and found.role.covers(Role.STAFF) else None

    def _sign(self, purpose: str, payload: str) -> str:
        if self._secret is None:
            self._secret = read_secret(self._file)
        return hmac.new(self._secret, f"{purpose}:{payload}".encode(), hashlib.sha256).hexdigest()


def set_cookie(response: Response, request: Request, cookie: str) -> None:
    """Send the cookie: for this area alone, out of scripts' reach, never from another site's page."""
    secure = request.url.scheme == "https"
    for path in PATHS:
        response.set_cookie(COOKIE, cookie, max_age=LASTS_S, path=path, httponly=True, samesite="strict", secure=secure)


def forget_cookie(response: Response) -> None:
    """Take the cookie back."""
    for path in PATHS:
        response.delete_cookie(COOKIE, path=path, httponly=True, samesite="strict")


def is_in_area(path: str) -> bool:
    """Whether an address is of this area."""
    return any(path == root or path.startswith(f"{root}/") for root in PATHS)


async def session_of(request: Request) -> Session:
    """
    The session of a request: a dependency of every page of this area.

    Raises:
        LoggedOut: nobody is logged in.
    """
    sessions: Sessions = request.app.state.sessions
    return await sessions.read(request)


def check_token(request: Request, form: FormData, session: Session) -> None:
    """
    Nothing, when the form was given to whoever is logged in now.

    Raises:
        Forbidden: it comes from elsewhere, or from an earlier login.
    """
    check_same_site(request)
    if not hmac.compare_digest(str(form.get("token", "")).encode(), session.token.encode()):
        raise Forbidden("Il modulo è di un'altra sessione: torna indietro, ricarica la pagina e invialo di nuovo.")
